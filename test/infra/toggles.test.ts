import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSoaking } from '../rounds.ts';
import { region, startTestAccount, type TestAccount } from '../sandbox/aws/test-account.ts';
import { devRounds } from './dev-rounds.ts';
import { createWorkspace, hasTerraform, type Resource, type Workspace } from './terraform.ts';
import type { Run } from './terraform-test.ts';
import { madeWith, type Toggle, toggles, warnings, warningsOf } from './toggle-table.ts';

const dev = 'envs/dev';
const without = (all: readonly Toggle[], some: readonly Toggle[]) => all.filter((one) => !some.includes(one));
const alone: Toggle[][] = toggles.map((toggle) => [toggle]);
const pairs: Toggle[][] = toggles.flatMap((one, i) => toggles.slice(i + 1).map((other) => [one, other]));

const standing = toggles.filter((_, i) => i % 2 === 0);
const inRows = (...rows: number[]) => toggles.filter((_, i) => rows.includes(Math.floor(i / 3)));
const inColumns = (...columns: number[]) => toggles.filter((_, i) => columns.includes(i % 3));
/**
 * What is on, and what is switched over from there: a plan each. Every toggle is switched, one this way and its neighbour
 * the other, and no two are in the same plans: what one makes can't pass for another's. Each alone, both ways, and every
 * pair are for `npm run soak`.
 */
const plans: { standing: readonly Toggle[]; switched: Toggle[][] }[] = [
  { standing, switched: [inRows(0, 2), inRows(1, 2), inColumns(0, 1), inColumns(1, 2)] },
  ...(isSoaking ? [[], toggles].map((all) => ({ standing: all, switched: [...alone, ...pairs] })) : []),
];
const cases = plans.flatMap(({ standing, switched }) =>
  switched.map((some) => ({
    from: standing.join(' ') || 'nothing',
    off: some.filter((one) => standing.includes(one)),
    on: without(some, standing),
    before: standing,
    after: [...without(standing, some), ...without(some, standing)],
  })),
);

const vars = (on: readonly Toggle[]) => toggles.map((toggle) => `-var=${toggle}=${on.includes(toggle)}`);

/** The lines of `terraform plan -json` that are read here. */
type Line =
  | { type: 'planned_change'; change: { action: string; resource: { addr: string } } }
  | { type: 'diagnostic'; diagnostic: { severity: string; detail: string; snippet?: { context: string } } }
  | { type: 'other' };

async function planned({ must }: Workspace, on: readonly Toggle[]) {
  const text = await must(dev, ['plan', '-json', '-input=false', '-refresh=false', ...vars(on)]);
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Line => JSON.parse(line));
  const changes = lines.flatMap((line) => (line.type === 'planned_change' ? [line.change] : []));
  const addresses = (action: string) =>
    changes.flatMap((change) => (change.action === action ? [change.resource.addr] : [])).sort();
  return {
    create: addresses('create'),
    delete: addresses('delete'),
    // Data is read when what it waits for is there.
    otherwise: changes.filter(({ action }) => !/^(create|delete|read)$/.test(action)),
    warnings: lines.flatMap((line) => (line.type === 'diagnostic' ? [line.diagnostic] : [])),
  };
}

describe.skipIf(!hasTerraform)('the toggles of dev', () => {
  let account: TestAccount;
  let workspace: Workspace;
  let rounds: Map<string, Run>;
  const found = new Map<object, Awaited<ReturnType<typeof planned>>>();

  beforeAll(async () => {
    account = await startTestAccount();
    await account.clients.ssm.changing.send(
      new PutParameterCommand({ Name: '/d2/dev/toggles', Type: 'String', Value: '{}' }),
    );
    workspace = createWorkspace({
      env: {
        AWS_ENDPOINT_URL: account.endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
      },
    });
    await workspace.init(dev);
    for (const { standing } of plans) {
      await workspace.apply(dev, vars(standing));
      for (const one of cases.filter(({ before }) => before === standing))
        found.set(one, await planned(workspace, one.after));
    }
    rounds = await devRounds();
  }, 900_000);
  afterAll(async () => {
    workspace?.close();
    await account?.close();
  });

  it.each(cases)('make and destroy just what is theirs: on $on, off $off, from $from', (one) => {
    const [before, after] = [madeWith(one.before), madeWith(one.after)];
    expect(found.get(one)).toMatchObject({
      create: after.filter((address) => !before.includes(address)),
      delete: before.filter((address) => !after.includes(address)),
      otherwise: [],
    });
  });

  it.each(cases)('warn of what is of no use: on $on, off $off, from $from', (one) => {
    const given = found.get(one)?.warnings ?? [];
    const names = warningsOf(one.after);
    expect(given.map(({ snippet }) => snippet?.context).sort()).toEqual(
      names.map((name) => `check "${name}"`).sort(),
    );
    for (const name of names)
      expect(given.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(warnings[name]));
  });

  it('give each warning at some time, and at another none', () => {
    const given = cases.map(({ after }) => warningsOf(after));
    expect(new Set(given.flat())).toEqual(new Set(Object.keys(warnings)));
    expect(warningsOf(toggles)).toEqual([]);
  });

  const managed = (run: string): Resource[] =>
    (rounds.get(run)?.resources ?? []).filter(({ mode }) => mode === 'managed');

  it('leave nothing that is billed when all are off', () => {
    const resources = managed('off');
    expect(resources.length).toBeGreaterThan(0);
    expect([...new Set(resources.map(({ type }) => type))].filter((type) => !free.has(type))).toEqual([]);
    const endpoints = resources.filter(({ type }) => type === 'aws_vpc_endpoint');
    expect(endpoints.map(({ values }) => values.vpc_endpoint_type)).toEqual(['Gateway']);
  });

  it('never make or destroy rights, security groups or log groups', () => {
    const touched = [...found.values()].flatMap((one) => [...one.create, ...one.delete]);
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((address) => /iam|security_group|log_group/.test(address))).toEqual([]);
  });

  it('stand beside the same things whether on or off', () => {
    const always = managed('off').map(({ address }) => address);
    const everything = managed('on').map(({ address }) => address);
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
