import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { meets } from '../../../sandbox/terraform/version.ts';
import { mustSucceed } from '../../run-program.ts';
import { hasTerraform } from './test-terraform.ts';

const command = fileURLToPath(new URL('../../../sandbox/terraform/terraform-offline', import.meta.url));

test.each([
  ['6.47.0', '~> 6.0', true],
  ['6.47.0', '~> 6.47.0', true],
  ['6.47.0', '~> 6.46.0', false],
  ['6.47.0', '>= 5.0, < 7.0', true],
  ['6.47.0', '>= 5.0, != 6.47.0', false],
  ['6.47.0', '6.47', true],
  ['6.47.0', '> 6.47', false],
  ['6.47.0', '<= 6.46.9', false],
])('%s meets %s: %s', (version, constraints, isMet) => {
  expect(meets(version, constraints)).toBe(isMet);
});

describe.skipIf(!hasTerraform)('terraform-offline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'd2-terraform-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (configuration: string) => writeFileSync(join(folder, 'main.tf'), configuration);
  async function run(args: string[], env: Record<string, string> = {}) {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, TF_CLI_ARGS: '-no-color', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    // As one line: terraform breaks its lines where they happen to end.
    return { code, stdout, stderr: stderr.replace(/[\s│]+/g, ' ') };
  }
  const wanting = (version: string) =>
    `terraform {\n required_providers {\n aws = {\n source = "hashicorp/aws"\n version = "${version}"\n }\n }\n }\n`;

  test('needs no network for init, locks nothing, and ends as terraform does', async () => {
    write(`${wanting('~> 6.0')} resource "aws_sns_topic" "this" {}`);
    expect(await run(['init'])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['plan', '-detailed-exitcode'])).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('aws_sns_topic.this will be created'),
    });
    expect(existsSync(join(folder, '.terraform.lock.hcl'))).toBe(false);
  });

  const backend = 'terraform {\n backend "s3" {\n bucket = "b"\n key = "k"\n region = "eu-west-1"\n }\n }\n';
  function writeBoth(root: string, module: string): void {
    mkdirSync(join(folder, 'one'), { recursive: true });
    write(`${wanting(root)}${backend}module "one" {\n source = "./one"\n }\n`);
    writeFileSync(join(folder, 'one', 'main.tf'), wanting(module));
  }

  test('refuses a version of the provider that it does not describe, unless it is told to go on', async () => {
    writeBoth('~> 5.0', '~> 6.0');
    const refused = await run(['init', '-backend=false']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/it describes hashicorp\/aws 6\.47\.0, which "~> 5\.0" does not allow/);
    const allowed = await run(['init', '-backend=false'], { TERRAFORM_OFFLINE_ANY_VERSION: '1' });
    expect(allowed).toMatchObject({ code: 0, stderr: expect.stringContaining('does not allow') });
  });

  test('refuses it in a module before there is a backend, which validate does without', async () => {
    writeBoth('~> 6.0', '~> 5.0');
    const refused = await run(['init', '-backend=false'], { TF_DATA_DIR: join(folder, 'data') });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('which "~> 5.0" does not allow');
    writeBoth('~> 6.0', '~> 6.0');
    expect(await run(['init', '-backend=false'])).toMatchObject({ code: 0, stderr: '' });
    mustSucceed(await run(['validate']));
  });

  test('says that terraform is missing, where it is', async () => {
    const { code, stderr } = await run(['version'], { TERRAFORM_BIN: join(folder, 'terraform') });
    expect(code).toBe(127);
    expect(stderr).toContain('Install terraform, or name it in TERRAFORM_BIN');
  });
});
