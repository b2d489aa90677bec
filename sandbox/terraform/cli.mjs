// terraform-offline: starts the stand-in provider, runs terraform attached to it, and passes on its exit code.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROVIDER = 'registry.terraform.io/hashicorp/aws';
const terraform = process.env.TERRAFORM_BIN || 'terraform';
const args = process.argv.slice(2);

/** Does `version` meet constraints such as ">= 5.0, < 7.0" or "~> 6.4"? */
export function meets(version, constraints) {
  const parts = (v) => v.split('.').map(Number);
  const order = (a, b) => [0, 1, 2].map((i) => (a[i] ?? 0) - (b[i] ?? 0)).find((d) => d) ?? 0;
  const v = parts(version);
  return constraints.split(',').every((one) => {
    const [, sign, text] = one.trim().match(/^(~>|>=|<=|!=|=|>|<)?\s*v?([\d.]+)/) ?? [];
    if (!text) return true;
    const d = order(v, parts(text));
    if (sign === '~>')
      return (
        d >= 0 &&
        parts(text)
          .slice(0, -1)
          .every((n, i) => n === v[i])
      );
    return { '>=': d >= 0, '<=': d <= 0, '>': d > 0, '<': d < 0, '!=': d !== 0 }[sign] ?? d === 0;
  });
}

/** Settings that keep terraform off the network: only a local folder is asked for providers. */
function writeCliConfig(file, mirror) {
  fs.mkdirSync(mirror, { recursive: true });
  fs.writeFileSync(
    file,
    `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
}

function writeMirror(folder, version) {
  const root = path.resolve(folder);
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch] ?? process.arch;
  const home = path.join(root, 'mirror', PROVIDER, version, `${process.platform}_${arch}`);
  fs.mkdirSync(home, { recursive: true });
  const plugin = path.join(home, `terraform-provider-aws_v${version}`);
  fs.writeFileSync(
    plugin,
    `#!/bin/sh\nexec '${process.execPath}' '${fileURLToPath(new URL('plugin.mjs', import.meta.url))}'\n`,
  );
  fs.chmodSync(plugin, 0o755);
  const file = path.join(root, 'terraformrc');
  writeCliConfig(file, path.join(root, 'mirror'));
  console.log(`export TF_CLI_CONFIG_FILE='${file}' TF_DISABLE_PLUGIN_TLS=1`);
}

/** After `init`: does every module's version constraint allow the schema's version? */
function checkConstraints(env, version) {
  const chdir = args.filter((a) => a.startsWith('-chdir='));
  const out = spawnSync(terraform, [...chdir, 'providers'], { env, encoding: 'utf8' }).stdout ?? '';
  const asked = [...out.matchAll(/provider\[registry\.terraform\.io\/hashicorp\/aws\] +([^\n]+)/g)].map(
    (m) => m[1],
  );
  const unmet = [...new Set(asked)].filter((c) => !meets(version, c));
  if (!unmet.length) return 0;
  console.error(
    `\nterraform-offline: the kit describes hashicorp/aws ${version}, which "${unmet.join('", "')}" does not allow.`,
  );
  return process.env.TERRAFORM_OFFLINE_ANY_VERSION ? 0 : 1;
}

async function main() {
  const { schema, serve } = await import('./provider.mjs');
  if (args[0] === '--mirror') return writeMirror(args[1] ?? '.terraform-offline', schema.provider_version);
  const { port } = await serve();
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    TF_REATTACH_PROVIDERS: JSON.stringify({
      [PROVIDER]: {
        Protocol: 'grpc',
        ProtocolVersion: 6,
        Pid: process.pid,
        Test: true,
        Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
      },
    }),
  };
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'terraform-offline-'));
  if (!fs.existsSync(env.TF_CLI_CONFIG_FILE ?? '')) {
    env.TF_CLI_CONFIG_FILE = path.join(temp, 'terraformrc');
    writeCliConfig(env.TF_CLI_CONFIG_FILE, path.join(temp, 'mirror'));
  }
  const child = spawn(terraform, args, { env, stdio: 'inherit' });
  process.on('SIGINT', () => {}); // the terminal tells terraform itself
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  let code = await new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`terraform-offline: ${error.message}`);
      resolve(127);
    });
    child.on('close', (status, signal) => resolve(signal ? 128 + os.constants.signals[signal] : status));
  });
  if (code === 0 && args.find((a) => !a.startsWith('-')) === 'init')
    code = checkConstraints(env, schema.provider_version);
  fs.rmSync(temp, { recursive: true, force: true });
  process.exit(code);
}

await main();
