// The command: serves the provider, runs terraform attached to it, and ends with terraform's exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve as pathOf } from 'node:path';
import { serveProvider, version } from './serve.ts';
import { meets } from './version.ts';
import { versionConstraints } from './version-constraints.ts';

const program = process.env.TERRAFORM_BIN || 'terraform';
const args = process.argv.slice(2);

function run(env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { env, stdio: 'inherit' });
  // The terminal sends it to terraform itself.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', ({ message }) => {
      process.stderr.write(
        `terraform-offline: ${message}. Install terraform, or name it in TERRAFORM_BIN.\n`,
      );
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });
}

/** After `init`, which does not ask an attached provider for its version. */
function checkConstraints(env: NodeJS.ProcessEnv): number {
  const folder = args.find((arg) => arg.startsWith('-chdir='))?.slice('-chdir='.length);
  let asked: string[];
  try {
    asked = versionConstraints(program, pathOf(folder ?? '.'), env);
  } catch (error) {
    process.stderr.write(`\nterraform-offline: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
  const unmet = asked.filter((constraints) => !meets(version, constraints));
  if (unmet.length === 0) return 0;
  process.stderr.write(
    `\nterraform-offline: it describes hashicorp/aws ${version}, which "${unmet.join('", "')}" does not allow. ` +
      'Allow it in required_providers, or set TERRAFORM_OFFLINE_ANY_VERSION to go on.\n',
  );
  return process.env.TERRAFORM_OFFLINE_ANY_VERSION ? 0 : 1;
}

const provider = await serveProvider();
const env = { ...process.env, ...provider.env };
const code = await run(env);
const isInit = args.find((arg) => !arg.startsWith('-')) === 'init';
process.exit(code === 0 && isInit ? checkConstraints(env) : code);
