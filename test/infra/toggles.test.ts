import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../rounds.ts';
import { createWorkspace, hasTerraform, type Resource, type Workspace } from './terraform.ts';
import { type Run, runTests } from './terraform-test.ts';
import { madeWith, type Toggle, toggles, warningsOf } from './toggle-table.ts';

const dev = 'envs/dev';
const alone: Toggle[][] = toggles.map((toggle) => [toggle]);
const pairs: Toggle[][] = toggles.flatMap((one, i) => toggles.slice(i + 1).map((other) => [one, other]));
/** A pair makes what each of the two makes: most of them are for `npm run soak`. */
const combinations = [...alone, ...sampled(pairs, 18)].map((switched) => ({
  switched,
  name: switched.join('_and_'),
}));
const without = (switched: readonly Toggle[]) => toggles.filter((toggle) => !switched.includes(toggle));

const parameter =
  'override_data {\n  target = data.aws_ssm_parameter.toggles\n  values = { insecure_value = "{}" }\n}';
const variables = (names: readonly Toggle[], value: boolean) =>
  `  variables {\n${names.map((name) => `    ${name} = ${value}`).join('\n')}\n  }`;

/** A test file that applies `from`, and from there plans every combination switched the other way. */
function matrix(from: boolean): string {
  const run = (name: string, command: string, body: string, on: readonly Toggle[]) =>
    `run "${name}" {\n  command = ${command}\n${body}\n  expect_failures = [${warningsOf(on)
      .map((check) => `check.${check}`)
      .join(', ')}]\n}`;
  return [
    parameter,
    variables(toggles, from).replaceAll(/^ {2}/gm, ''),
    run('start', 'apply', '', from ? toggles : []),
    ...combinations.map(({ name, switched }) =>
      run(
        name,
        'plan',
        `${variables(switched, !from)}\n  plan_options {\n    refresh = false\n  }`,
        from ? without(switched) : switched,
      ),
    ),
  ].join('\n\n');
}

const useless: { on: Toggle[]; warns: RegExp[] }[] = [
  {
    on: ['enable_ec2_backend', 'enable_alb'],
    warns: [/backend .* Session Manager can't reach it: .*enable_ssm_vpc_endpoints/, /can't install itself/],
  },
  {
    on: ['enable_bastion', 'enable_rds'],
    warns: [/bastion .* Session Manager can't reach it/, /Switch NAT on/],
  },
  {
    on: ['enable_bastion', 'enable_nat_gateway'],
    warns: [/no database to forward to: switch on enable_rds/],
  },
  {
    on: ['enable_rds', 'enable_alb', 'enable_nat_gateway', 'enable_ssm_vpc_endpoints'],
    warns: [
      /nothing can connect to it: switch on enable_ec2_backend/,
      /nothing to send requests to.*enable_ec2_backend/,
      /no instance uses it: .*enable_nat_gateway off/,
      /no instance to reach through them: .*enable_ssm_vpc_endpoints off/,
    ],
  },
  { on: ['enable_ec2_backend', 'enable_rds', 'enable_nat_gateway', 'enable_alb'], warns: [] },
];

/** A test file that expects no warning, and so tells of each. */
const unexpecting = (on: readonly Toggle[]) =>
  `${parameter}\n\nrun "${on.join('_and_')}" {\n  command = plan\n${variables(on, true)}\n}`;

const done = (run: Run | undefined, action: string) => ({
  status: run?.status,
  complaints: run?.complaints,
  [action]: run?.changes
    .filter(({ change }) => change.actions.join() === action)
    .map(({ address }) => address)
    .sort(),
  otherwise: run?.changes
    .filter(({ change }) => change.actions.join() !== action)
    .map(({ address, change }) => `${change.actions.join(' and ')} ${address}`),
});

describe.skipIf(!hasTerraform)('the toggles of dev', () => {
  let workspace: Workspace;
  let fromNothing: Map<string, Run>;
  let fromEverything: Map<string, Run>;
  let told: Map<string, Run>;

  beforeAll(async () => {
    workspace = createWorkspace();
    const tests = join(workspace.folder, dev, 'tests');
    mkdirSync(tests, { recursive: true });
    const write = (file: string, text: string) => writeFileSync(join(tests, `${file}.tftest.hcl`), text);
    write('from-nothing', matrix(false));
    write('from-everything', matrix(true));
    // A run that failed ends its file.
    for (const [i, { on }] of useless.entries()) write(`useless-${i}`, unexpecting(on));
    await workspace.init(dev, ['-backend=false']);
    [fromNothing, fromEverything] = await Promise.all([
      runTests(workspace, dev, 'from-nothing'),
      runTests(workspace, dev, 'from-everything'),
    ]);
    told = await runTests(workspace, dev, ...useless.map((_, i) => `useless-${i}`));
  }, 240_000);
  afterAll(() => workspace?.close());

  it.each(combinations)('make just what is theirs when switched on: $name', ({ name, switched }) => {
    expect(done(fromNothing.get(name), 'create')).toEqual({
      status: 'pass',
      complaints: [],
      create: madeWith(switched),
      otherwise: [],
    });
  });

  it.each(combinations)('destroy just what is theirs when switched off: $name', ({ name, switched }) => {
    const stay = madeWith(without(switched));
    expect(done(fromEverything.get(name), 'delete')).toEqual({
      status: 'pass',
      complaints: [],
      delete: madeWith(toggles).filter((address) => !stay.includes(address)),
      otherwise: [],
    });
  });

  const managed = (run: Run | undefined): Resource[] =>
    (run?.resources ?? []).filter(({ mode }) => mode === 'managed');

  it.each(useless)('warn of what is of no use: $on', async ({ on, warns }) => {
    const { complaints = [] } = told.get(on.join('_and_')) ?? {};
    for (const words of warns) expect(complaints).toContainEqual(expect.stringMatching(words));
    expect(complaints).toHaveLength(warns.length);
  });

  it('leave nothing that is billed when all are off', () => {
    const resources = managed(fromNothing.get('start'));
    expect(resources.length).toBeGreaterThan(0);
    expect([...new Set(resources.map(({ type }) => type))].filter((type) => !free.has(type))).toEqual([]);
    const endpoints = resources.filter(({ type }) => type === 'aws_vpc_endpoint');
    expect(endpoints.map(({ values }) => values.vpc_endpoint_type)).toEqual(['Gateway']);
  });

  it('never make or destroy rights, security groups or log groups', () => {
    const touched = [...fromNothing.values(), ...fromEverything.values()].flatMap(({ changes }) => changes);
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter(({ type }) => /iam|security_group|log_group/.test(type))).toEqual([]);
  });

  it('stand beside the same things whether on or off', () => {
    const always = managed(fromNothing.get('start')).map(({ address }) => address);
    const everything = managed(fromEverything.get('start')).map(({ address }) => address);
    expect(everything.sort()).toEqual([...always, ...madeWith(toggles)].sort());
  });
});

// Free whatever their number, or (log groups, the user pool) while nobody uses them.
const free = new Set([
  'aws_cloudwatch_log_group',
  'aws_cognito_user_group',
  'aws_cognito_user_pool',
  'aws_cognito_user_pool_client',
  'aws_default_security_group',
  'aws_iam_instance_profile',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_iam_role_policy_attachment',
  'aws_internet_gateway',
  'aws_route',
  'aws_route_table',
  'aws_route_table_association',
  'aws_security_group',
  'aws_subnet',
  'aws_vpc',
  'aws_vpc_endpoint',
  'aws_vpc_security_group_egress_rule',
  'aws_vpc_security_group_ingress_rule',
]);
