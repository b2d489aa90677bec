import { afterEach, expect, test, vi } from 'vitest';
import { createAws } from '../../../src/aws/aws.ts';
import type { EnvironmentSettings } from '../../../src/platform/settings.ts';
import { settingsOf } from '../../environment-settings.ts';
import { type Answer, type Seen, startWire } from '../wire.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const end of endings.splice(0)) end();
});

const role = 'arn:aws:iam::999911112222:role/d2-chatops';
const minutes = 60_000;
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const where = (path: string) => `d2.yaml:12 environments.prod.${path}`;

/** The nth credentials of the role, good for so many minutes. */
const taken = (nth: number, goodFor: number, account = '999911112222'): Answer => ({
  body: `<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::${account}:assumed-role/d2-chatops/d2-chatops-prod</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIATAKEN${nth}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token${nth}</SessionToken><Expiration>${new Date(Date.now() + goodFor * minutes).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
});
const refused: Answer = {
  status: 403,
  body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>',
};

/** A bot in Singapore whose prod is in Ireland, and what it sends. */
async function startProd(
  take: (nth: number) => Answer = (nth) => taken(nth, 60),
  settings: Partial<EnvironmentSettings> = {},
) {
  let times = 0;
  const wire = await startWire(({ action }) =>
    action === 'AssumeRole' ? take(++times) : { body: `<${action}Response/>` },
  );
  const aws = createAws({
    region: 'ap-southeast-1',
    endpoint: wire.url,
    credentials: { accessKeyId: 'AKIAOWN', secretAccessKey: 'own' },
  });
  endings.push(wire.close, aws.close);
  const prod = aws.environment(
    settingsOf('prod', { region: 'eu-west-1', assume: role, account: '999911112222', where, ...settings }),
  );
  return { aws, prod, sent: () => wire.seen.map(signerOf), wire };
}

/** `StopInstances ASIATAKEN1 eu-west-1 token1` */
function signerOf({ action, headers }: Seen): string {
  const [, key, region] = /Credential=(\w+)\/\d+\/([\w-]+)\//.exec(headers.authorization ?? '') ?? [];
  return [action, key, region, headers['x-amz-security-token']].filter(Boolean).join(' ');
}

test('an environment’s calls are made with its role and in its region, the bot’s own with its own', async () => {
  const { aws, prod, sent, wire } = await startProd();
  await prod.compute.listInstances(call());
  await prod.databases.listDatabases(call());
  await prod.compute.stopInstances(['i-1'], { ...call(), operation: '01JD2Q4B8ZC0FFEE0000000000' });
  await aws.findIdentity(call());
  expect(sent()).toEqual([
    'AssumeRole AKIAOWN ap-southeast-1',
    'DescribeInstances ASIATAKEN1 eu-west-1 token1',
    'DescribeDBInstances ASIATAKEN1 eu-west-1 token1',
    'StopInstances ASIATAKEN1 eu-west-1 token1',
    'GetCallerIdentity AKIAOWN ap-southeast-1',
  ]);
  expect(wire.seen[0]?.body).toContain('RoleSessionName=d2-chatops-prod');
});

test('an environment of another region alone keeps the bot’s credentials', async () => {
  const { prod, sent } = await startProd(undefined, { assume: undefined, account: undefined });
  await prod.compute.listInstances(call());
  expect(sent()).toEqual(['DescribeInstances AKIAOWN eu-west-1']);
});

test('the role is taken once for all services at once, and anew shortly before its credentials expire', async () => {
  const { prod, sent } = await startProd();
  const seen = async () => {
    const before = sent().length;
    await Promise.all([
      prod.compute.listInstances(call()),
      prod.databases.listDatabases(call()),
      prod.network.listNatGateways(call()),
    ]);
    return sent().slice(before).sort();
  };
  const taking = 'AssumeRole AKIAOWN ap-southeast-1';
  const calls = (nth: number) =>
    ['DBInstances', 'Instances', 'NatGateways'].map(
      (what) => `Describe${what} ASIATAKEN${nth} eu-west-1 token${nth}`,
    );
  expect(await seen()).toEqual([taking, ...calls(1)]);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 50 * minutes });
  expect(await seen()).toEqual(calls(1));
  vi.setSystemTime(Date.now() + 6 * minutes);
  expect(await seen()).toEqual([taking, ...calls(2)]);
  expect(await seen()).toEqual(calls(2));
});

test('a role that may not be taken is named, with its line', async () => {
  const { prod, sent } = await startProd(() => refused);
  await expect(prod.compute.listInstances(call())).rejects.toMatchObject({
    code: 'forbidden',
    message: `The bot may not take the role ${role}, so prod can’t be reached.`,
    hint: 'd2.yaml:12 environments.prod.assume names it. Its trust policy must name the bot’s own role, and the bot’s policy must allow sts:AssumeRole on it.',
  });
  expect(sent()).toEqual(['AssumeRole AKIAOWN ap-southeast-1']);
});

test('a role that leads to another account is used for nothing, and both lines are named', async () => {
  const { prod, sent } = await startProd((nth) => taken(nth, 60, '000011112222'));
  const stopped = prod.compute.stopInstances(['i-1'], { ...call(), operation: '01JD2Q4B8ZC0FFEE0000000000' });
  await expect(stopped).rejects.toMatchObject({
    code: 'forbidden',
    message: 'The role of prod leads to account 000011112222, not to 999911112222.',
    hint: 'One of them is wrong: d2.yaml:12 environments.prod.account, d2.yaml:12 environments.prod.assume.',
  });
  expect(sent()).toEqual(['AssumeRole AKIAOWN ap-southeast-1']);
});

test('once a role may be taken, the next call goes through', async () => {
  const { prod, sent } = await startProd((nth) => (nth === 1 ? refused : taken(nth, 60)));
  await expect(prod.compute.listInstances(call())).rejects.toMatchObject({ code: 'forbidden' });
  await prod.compute.listInstances(call());
  expect(sent().at(-1)).toBe('DescribeInstances ASIATAKEN2 eu-west-1 token2');
});
