import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveProvider } from '../../sandbox/terraform/serve.ts';
import { has } from '../needs.ts';
import { mustSucceed, run, runToEnd, silent } from '../run-program.ts';
import { hasShellcheck, shellcheck } from '../shellcheck.ts';
import { commit, project } from './applied-chatops.ts';
import { hasTerraform } from './terraform.ts';

const script = join(project, 'infra/terraform/modules/chatops/runner.sh');
const operation = '01JD2ZQ8K7X4W9V3T5R6P0N1M2';
/** All that the environments here are made of. */
const types = new Set(['aws_db_instance', 'aws_instance', 'aws_lb_target_group_attachment']);
const laterCommit = 'f'.repeat(40);
const programs = ['bash', 'jq', 'unzip', 'zip'];
const terraform = hasTerraform ? (await run('bash', ['-c', 'command -v terraform'])).trim() : '';
const hasPrograms = programs
  .map((program) => has(program, spawnSync(program, ['--version']).error === undefined))
  .concat(hasShellcheck)
  .every(Boolean);

/** A runner without AWS: S3 is a folder, and releases.hashicorp.com has a zip with a Terraform in it that runs offline. */
async function createRunner() {
  const folder = mkdtempSync(join(tmpdir(), 'd2-runner-'));
  const [bin, s3, made] = ['bin', 's3', 'made'].map((name) => join(folder, name));
  if (!bin || !s3 || !made) throw new Error('unreachable');
  for (const path of [bin, join(s3, 'artifacts/infra'), join(s3, 'states'), made])
    mkdirSync(path, { recursive: true });
  const provider = await serveProvider({}, (name) => !name.startsWith('aws_') || types.has(name));
  const program = (path: string, lines: string[]) =>
    writeFileSync(path, `#!/bin/bash\nset -euo pipefail\n${lines.join('\n')}\n`, { mode: 0o755 });
  program(join(bin, 'curl'), [
    `printf '%s\\n' "\${@: -1}" >>'${folder}/asked'`,
    'while (($#)); do [[ $1 == --output ]] && out=$2; shift; done',
    `cp '${made}/terraform.zip' "$out"`,
  ]);
  program(join(bin, 'aws'), [
    'if [[ $1 == s3 ]]; then',
    `  cp "${s3}/\${4#s3://}" "$5"`,
    'else',
    '  once=',
    '  while (($#)); do',
    '    case $1 in --bucket) bucket=$2 ;; --key) key=$2 ;; --body) body=$2 ;; --if-none-match) once=$2 ;; esac',
    '    shift',
    '  done',
    `  to="${s3}/$bucket/$key"`,
    '  if [[ $once == "*" && -e $to ]]; then echo PreconditionFailed >&2; exit 254; fi',
    '  mkdir -p "$(dirname "$to")"',
    '  cp "$body" "$to"',
    'fi',
  ]);
  // Its state is a file here, which the real one's bucket setting means nothing to.
  program(join(made, 'terraform'), [
    'args=()',
    'for arg; do [[ $arg == -backend-config=* ]] || args+=("$arg"); done',
    `printf '%s\\n' "$*" >>'${folder}/ran'`,
    ...Object.entries(provider.env).map(([name, value]) => `export ${name}='${value}'`),
    `exec '${terraform}' "\${args[@]}"`,
  ]);
  const zip = (to: string, cwd: string, ...paths: string[]) =>
    run('zip', ['-q', '-r', to, ...paths], { cwd });
  await zip(join(made, 'terraform.zip'), made, 'terraform');
  // A root of a toggle, in the place where the environment's is.
  const root = join(folder, 'tree/infra/terraform/envs/dev');
  mkdirSync(root, { recursive: true });
  writeFileSync(
    join(root, 'main.tf'),
    `terraform {
  backend "local" { path = "${folder}/state" }
}
variable "planned_toggles" {
  type    = map(bool)
  default = {}
}
variable "rds_snapshot_identifier" {
  type    = string
  default = "none"
}
resource "terraform_data" "rds" {
  count = lookup(var.planned_toggles, "enable_rds", false) ? 1 : 0
  input = "a value that nobody need see, out of \${var.rds_snapshot_identifier}"
}
`,
  );
  // An environment with what AWS refuses to a stopped machine.
  const qa = join(folder, 'tree/infra/terraform/envs/qa');
  mkdirSync(qa, { recursive: true });
  writeFileSync(
    join(qa, 'main.tf'),
    `terraform {
  backend "local" { path = "${folder}/state-qa" }
}
provider "aws" { region = "ap-southeast-1" }
variable "planned_toggles" { type = map(bool) }
resource "aws_db_instance" "this" {
  count             = lookup(var.planned_toggles, "enable_rds", false) ? 1 : 0
  identifier        = "qa"
  instance_class    = "db.t3.micro"
  engine            = "mysql"
  allocated_storage = 20
}
resource "aws_instance" "backend" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}
resource "aws_lb_target_group_attachment" "this" {
  count            = lookup(var.planned_toggles, "enable_alb", false) ? 1 : 0
  target_group_arn = "arn:aws:elasticloadbalancing:ap-southeast-1:000011112222:targetgroup/qa/0123456789abcdef"
  target_id        = aws_instance.backend.id
}
`,
  );
  for (const one of [commit, laterCommit])
    zip(join(s3, 'artifacts/infra', `${one}.zip`), join(folder, 'tree'), 'infra');
  const settings = {
    ARTIFACT_BUCKET: 'artifacts',
    ENVIRONMENTS: 'dev|qa',
    INFRA_COMMIT: commit,
    PROJECT: 'd2-ride-booking',
    STATE_BUCKET: 'states',
    TERRAFORM: '1.11.4',
    TERRAFORM_SHA256: createHash('sha256')
      .update(readFileSync(join(made, 'terraform.zip')))
      .digest('hex'),
  };
  return {
    folder,
    state: join(folder, 'state'),
    plans: join(s3, 'states/plans', operation),
    async run(input: Record<string, string>) {
      const { status, stdout, stderr } = await runToEnd('bash', [script], {
        env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder, TMPDIR: folder, ...settings, ...input },
      });
      return { status, said: `${stdout}${stderr}` };
    },
    lines: (file: 'asked' | 'ran') =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trimEnd().split('\n') : [],
    leftovers: () => readdirSync(folder).filter((name) => name.startsWith('tmp.')),
    close() {
      provider.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe.skipIf(!hasTerraform || !hasPrograms)('the runner', () => {
  let runner: Awaited<ReturnType<typeof createRunner>>;
  beforeAll(async () => {
    runner = await createRunner();
  });
  afterAll(() => runner?.close());

  const plan = {
    D2_ACTION: 'plan',
    D2_ENVIRONMENT: 'dev',
    D2_OPERATION: operation,
    D2_TOGGLES: '{"enable_rds":true}',
  };
  const snapshot = 'd2-ride-booking-dev-rds-mysql-final-0a1b2c3d';
  const summary = () => JSON.parse(readFileSync(join(runner.plans, 'plan.json'), 'utf8'));

  it('passes shellcheck', async () => {
    expect(await shellcheck(readFileSync(script, 'utf8'))).toEqual(silent);
  });

  it.each([
    ['D2_ACTION', { ...plan, D2_ACTION: 'destroy' }],
    ['D2_ACTION', { ...plan, D2_ACTION: 'plan; id' }],
    ['D2_ENVIRONMENT', { ...plan, D2_ENVIRONMENT: 'prod' }],
    ['D2_ENVIRONMENT', { ...plan, D2_ENVIRONMENT: 'dev/../prod' }],
    ['D2_OPERATION', { ...plan, D2_OPERATION: '../../dev' }],
    ['D2_OPERATION', { ...plan, D2_OPERATION: `${operation}\n` }],
    ['D2_TOGGLES', { ...plan, D2_TOGGLES: '{"enable_rds":"true"}' }],
    ['D2_TOGGLES', { ...plan, D2_TOGGLES: '{"enable_rds":true}" -var="x=1' }],
    ['D2_TOGGLES', { ...plan, D2_TOGGLES: '{"rds_deletion_protection":false}' }],
    ['D2_SNAPSHOT', { ...plan, D2_SNAPSHOT: 'd2-ride-booking-prod-rds-mysql-final-1' }],
    ['D2_SNAPSHOT', { ...plan, D2_SNAPSHOT: 'd2-ride-booking-dev-rds-mysql-final-1 -var=x=1' }],
    ['D2_PLAN_SHA256', { ...plan, D2_ACTION: 'apply' }],
    ['no commit is chosen', { ...plan, INFRA_COMMIT: 'none' }],
  ])('refuses what is wrong about %s, and does nothing', async (name, input) => {
    expect(await runner.run(input)).toEqual({ status: 1, said: expect.stringContaining(name) });
    expect(runner.lines('asked')).toEqual([]);
  });

  it('runs no Terraform but the one whose hash it was given', async () => {
    const { status } = await runner.run({ ...plan, TERRAFORM_SHA256: 'a'.repeat(64) });
    expect(status).toBe(1);
    expect(runner.lines('asked')).toEqual([
      'https://releases.hashicorp.com/terraform/1.11.4/terraform_1.11.4_linux_amd64.zip',
    ]);
    expect(runner.lines('ran')).toEqual([]);
  });

  it('says what to do where that commit’s Terraform was never published', async () => {
    const missing = await runner.run({ ...plan, INFRA_COMMIT: 'd'.repeat(40) });
    expect(missing).toEqual({ status: 1, said: expect.stringContaining('set infra_commit in envs/chatops') });
    expect(runner.lines('ran')).toEqual([]);
  });

  it('keeps the plan, and beside it what may be shown: addresses and actions, and no value', async () => {
    expect(await runner.run({ ...plan, D2_SNAPSHOT: snapshot, TF_CLI_ARGS_plan: '-destroy' })).toMatchObject({
      status: 0,
    });
    expect(runner.lines('ran')[0]).toBe('init -lockfile=readonly -backend-config=bucket=states');
    expect(summary()).toEqual({
      sha256: createHash('sha256')
        .update(readFileSync(join(runner.plans, 'tf.plan')))
        .digest('hex'),
      commit,
      changes: [{ address: 'terraform_data.rds[0]', type: 'terraform_data', actions: ['create'] }],
    });
    expect(runner.leftovers()).toEqual([]);
  });

  it('writes a plan once: what was shown is what there is', async () => {
    const before = summary();
    const { status, said } = await runner.run({ ...plan, D2_TOGGLES: '{}' });
    expect(status).not.toBe(0);
    expect(said).toContain('PreconditionFailed');
    expect(summary()).toEqual(before);
  });

  it('applies the plan that was approved, and no other', async () => {
    const apply = { ...plan, D2_ACTION: 'apply', D2_TOGGLES: '' };
    const later = await runner.run({ ...apply, D2_PLAN_SHA256: summary().sha256, INFRA_COMMIT: laterCommit });
    expect(later).toEqual({ status: 1, said: expect.stringContaining('another commit') });
    const other = await runner.run({ ...apply, D2_PLAN_SHA256: 'b'.repeat(64) });
    expect(other).toEqual({ status: 1, said: expect.stringContaining('not the plan that was approved') });
    expect(await runner.run({ ...apply, D2_PLAN_SHA256: summary().sha256 })).toEqual({
      status: 0,
      said: expect.stringContaining('1 added, 0 changed, 0 destroyed'),
    });
    expect(readFileSync(runner.state, 'utf8')).toContain(`out of ${snapshot}`);
  });

  it('refuses what AWS would refuse in the middle of an apply', async () => {
    const state = `${runner.state}-qa`;
    const id = (last: string) => operation.slice(0, -1) + last;
    const toggle = (last: string, toggles: string) =>
      runner.run({ ...plan, D2_ENVIRONMENT: 'qa', D2_OPERATION: id(last), D2_TOGGLES: toggles });
    const turn = (from: string, to: string) =>
      writeFileSync(state, readFileSync(state, 'utf8').replace(`"${from}"`, `"${to}"`));

    mustSucceed(await toggle('A', '{"enable_rds":true}'));
    const { sha256 } = JSON.parse(readFileSync(join(runner.plans, '..', id('A'), 'plan.json'), 'utf8'));
    const apply = { ...plan, D2_ACTION: 'apply', D2_ENVIRONMENT: 'qa', D2_OPERATION: id('A') };
    mustSucceed(await runner.run({ ...apply, D2_PLAN_SHA256: sha256 }));

    turn('available', 'stopped');
    expect(await toggle('B', '{}')).toEqual({
      status: 1,
      said: expect.stringContaining('the database does not run'),
    });
    mustSucceed(await toggle('C', '{"enable_rds":true,"enable_alb":true}'));
    turn('stopped', 'available');
    mustSucceed(await toggle('D', '{}'));

    turn('running', 'stopped');
    const alb = await toggle('E', '{"enable_rds":true,"enable_alb":true}');
    expect(alb).toEqual({ status: 1, said: expect.stringContaining('the backend is stopped') });
    mustSucceed(await toggle('F', '{"enable_rds":true}'));
  });

  it('applies it once', async () => {
    const again = await runner.run({ ...plan, D2_ACTION: 'apply', D2_PLAN_SHA256: summary().sha256 });
    expect(again).toEqual({ status: 1, said: expect.stringContaining('Saved plan is stale') });
  });
});
