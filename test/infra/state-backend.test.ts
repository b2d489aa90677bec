import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mustSucceed } from '../run-program.ts';
import { region, startTestAccount, type TestAccount } from '../sandbox/aws/test-account.ts';
import { hasTerraform } from './terraform.ts';

// The environments' own backend, and something that takes its time.
const configuration = `terraform {
  backend "s3" {
    key          = "dev/terraform.tfstate"
    region       = "ap-southeast-1"
    encrypt      = true
    use_lockfile = true
  }
}
variable "wait_for" { type = string }
variable "input" {
  type    = string
  default = "one"
}
resource "terraform_data" "this" {
  triggers_replace = [var.input]
  provisioner "local-exec" {
    command = "until [ -e '\${var.wait_for}' ]; do sleep 0.05; done"
  }
}
`;
const state = 'd2-ride-booking-terraform-000011112222/dev/terraform.tfstate';

describe.skipIf(!hasTerraform)('states in the bucket', () => {
  let account: TestAccount;
  let folder: string;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    account = await startTestAccount();
  });
  beforeEach(async () => {
    await account.account.reset();
    folder = mkdtempSync(join(tmpdir(), 'd2-states-'));
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => account?.close());

  /** A laptop of somebody's, with the root checked out. */
  async function laptop(name: string) {
    const cwd = join(folder, name);
    const released = join(folder, `${name}-released`);
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'main.tf'), configuration);
    function start(...args: string[]) {
      const child = spawn('terraform', args, {
        cwd,
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          TF_CLI_CONFIG_FILE: '/dev/null',
          TF_CLI_ARGS_apply: '-no-color',
          TF_VAR_wait_for: released,
          AWS_ENDPOINT_URL: account.endpoint,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.add(child);
      const code = new Promise<number | null>((resolve) => child.on('close', resolve));
      const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(
        ([status, stdout, stderr]) => ({ status, said: `${stdout}${stderr}` }),
      );
      return { child, ended };
    }
    const run = (...args: string[]) => start(...args).ended;
    await run('init', '-input=false', '-backend-config=bucket=d2-ride-booking-terraform-000011112222');
    const apply = ['apply', '-input=false', '-auto-approve'];
    return {
      run,
      apply: (...args: string[]) => start(...apply, ...args),
      release: () => writeFileSync(released, ''),
    };
  }

  const written = (action: string, target: string) =>
    account.account.ledger().filter((entry) => entry.action === action && entry.targets.includes(target))
      .length;

  async function until(met: () => boolean): Promise<void> {
    while (!met()) await delay(20);
  }

  it('are locked while somebody applies, and who comes second is told by whom', async () => {
    const [first, second] = [await laptop('first'), await laptop('second')];
    second.release();
    const slow = first.apply();
    await until(() => written('PutObject', `${state}.tflock`) === 1);
    const refused = await second.apply().ended;
    expect(refused.status).toBe(1);
    expect(refused.said).toMatch(/Error acquiring the state lock[\s\S]*PreconditionFailed/);
    expect(refused.said).toMatch(/Who:\s+\S+@\S+[\s\S]*Created:\s+20\d\d-/);
    first.release();
    mustSucceed(await slow.ended);
    expect(written('DeleteObject', `${state}.tflock`)).toBe(1);
    // What the first one made is what the second one finds.
    mustSucceed(await second.run('plan', '-input=false', '-detailed-exitcode'));
  });

  it('are changed by one of two who apply at once', async () => {
    const both = [await laptop('first'), await laptop('second')];
    const runs = both.map((one) => one.apply());
    await until(() => written('PutObject', `${state}.tflock`) === 1);
    await Promise.race(runs.map(({ ended }) => ended));
    for (const one of both) one.release();
    const ended = await Promise.all(runs.map((one) => one.ended));
    expect(ended.map(({ status }) => status).sort()).toEqual([0, 1]);
    expect(written('PutObject', `${state}.tflock`)).toBe(1);
  });

  it('stay locked when terraform is killed, until somebody says that nobody holds it', async () => {
    const [first, second] = [await laptop('first'), await laptop('second')];
    second.release();
    const killed = first.apply();
    await until(() => written('PutObject', `${state}.tflock`) === 1);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const refused = await second.apply().ended;
    expect(refused.status).toBe(1);
    const [, id = ''] = /^\s*ID:\s+([0-9a-f-]{36})/m.exec(refused.said) ?? [];
    mustSucceed(await second.run('force-unlock', '-force', id));
    mustSucceed(await second.apply().ended);
  });

  it('keep every former version', async () => {
    const one = await laptop('first');
    one.release();
    await one.apply().ended;
    await one.apply('-var=input=two').ended;
    expect(written('PutObject', state)).toBeGreaterThanOrEqual(2);
    expect(await one.run('state', 'list')).toMatchObject({ said: 'terraform_data.this\n' });
  });
});
