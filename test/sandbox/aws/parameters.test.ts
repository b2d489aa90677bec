import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestAccount, type TestAccount } from './test-account.ts';

let s: TestAccount;
beforeAll(async () => {
  s = await startTestAccount();
});
afterAll(() => s?.close());
beforeEach(() => s.account.reset());

const Name = '/d2/dev/toggles';
const put = (more: Partial<PutParameterCommandInput> = {}) =>
  s.clients.ssm.changing.send(new PutParameterCommand({ Name, Value: '{}', Type: 'String', ...more }));
const get = async (name = Name, WithDecryption = false) =>
  (await s.clients.ssm.reading.send(new GetParameterCommand({ Name: name, WithDecryption }))).Parameter;
const remove = () => s.clients.ssm.changing.send(new DeleteParameterCommand({ Name }));
const tags = async (ResourceId = Name) => {
  const asked = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId });
  return (await s.clients.ssm.reading.send(asked)).TagList;
};
const named = (name: string) => expect.objectContaining({ name });

test('is put, read by name, version and ARN, and deleted once', async () => {
  expect(await put()).toMatchObject({ Version: 1, Tier: 'Standard' });
  await expect(put()).rejects.toEqual(named('ParameterAlreadyExists'));
  expect(await put({ Value: '{"enable_rds":true}', Overwrite: true })).toMatchObject({ Version: 2 });
  const latest = await get();
  expect(latest).toMatchObject({
    Value: '{"enable_rds":true}',
    Version: 2,
    ARN: 'arn:aws:ssm:ap-southeast-1:000011112222:parameter/d2/dev/toggles',
  });
  expect(await get(latest?.ARN)).toEqual(latest);
  expect(await get(`${Name}:1`)).toMatchObject({ Value: '{}', Version: 1 });
  await expect(get(`${Name}:3`)).rejects.toEqual(named('ParameterVersionNotFound'));
  await remove();
  await expect(get()).rejects.toEqual(named('ParameterNotFound'));
  await expect(remove()).rejects.toEqual(named('ParameterNotFound'));
});

test('starts again at version 1 after it was deleted', async () => {
  await put();
  await put({ Overwrite: true });
  await remove();
  expect(await put()).toMatchObject({ Version: 1 });
});

test('keeps a hundred versions and lets go of the oldest', async () => {
  await put();
  for (let version = 2; version <= 101; version += 1) await put({ Overwrite: true });
  await expect(get(`${Name}:1`)).rejects.toEqual(named('ParameterVersionNotFound'));
  expect(await get(`${Name}:2`)).toMatchObject({ Version: 2 });
  expect(await get()).toMatchObject({ Version: 101 });
});

test('holds a value to the pattern that comes with it', async () => {
  await expect(put({ AllowedPattern: '^\\{.*\\}$', Value: 'no' })).rejects.toEqual(
    named('ParameterPatternMismatchException'),
  );
  await expect(put({ AllowedPattern: '(' })).rejects.toEqual(named('InvalidAllowedPatternException'));
  expect(await put({ AllowedPattern: '^\\{.*\\}$' })).toMatchObject({ Version: 1 });
});

test.each<[string, Partial<PutParameterCommandInput>, string]>([
  ['no value', { Value: '' }, 'ValidationException'],
  ['more than its tier takes', { Value: 'x'.repeat(4097) }, 'ValidationException'],
  ['another parameter inside', { Value: '{{ssm:/d2/other}}' }, 'ValidationException'],
  ['a path without its root', { Name: 'd2/dev/toggles' }, 'ValidationException'],
  ['a name that AWS keeps to itself', { Name: '/aws/d2' }, 'AccessDeniedException'],
  ['a name that begins like one', { Name: 'ssm-toggles' }, 'ValidationException'],
  ['a path of sixteen levels', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException'],
  ['tags besides an overwrite', { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }, 'ValidationException'],
])('refuses %s, and keeps no trace of it', async (_, more, error) => {
  await expect(put(more)).rejects.toEqual(named(error));
  expect(s.account.ledger()).toEqual([]);
});

test('never changes its type, and never goes back from the advanced tier', async () => {
  await put({ Tier: 'Advanced', Value: 'x'.repeat(4097) });
  await expect(put({ Overwrite: true, Type: 'SecureString' })).rejects.toEqual(
    named('HierarchyTypeMismatchException'),
  );
  await expect(put({ Overwrite: true, Tier: 'Standard' })).rejects.toEqual(named('ValidationException'));
  expect(await put({ Overwrite: true })).toMatchObject({ Version: 2, Tier: 'Advanced' });
});

test('shows a SecureString only to whoever asks for it decrypted', async () => {
  await put({ Type: 'SecureString', Value: 'hush' });
  expect((await get())?.Value).not.toContain('hush');
  expect(await get(Name, true)).toMatchObject({ Value: 'hush', Type: 'SecureString' });
});

test('has tags that come and go', async () => {
  const { changing } = s.clients.ssm;
  const where = { ResourceType: 'Parameter' as const, ResourceId: Name };
  await put({ Tags: [{ Key: 'Project', Value: 'd2-ride-booking' }] });
  await changing.send(
    new AddTagsToResourceCommand({ ...where, Tags: [{ Key: 'Environment', Value: 'dev' }] }),
  );
  await changing.send(new RemoveTagsFromResourceCommand({ ...where, TagKeys: ['Project'] }));
  expect(await tags()).toEqual([{ Key: 'Environment', Value: 'dev' }]);
  await put({ Overwrite: true });
  expect(await tags()).toEqual([{ Key: 'Environment', Value: 'dev' }]);
  await expect(tags('/d2/none')).rejects.toEqual(named('InvalidResourceId'));
});

test('is described with all but its value', async () => {
  await put({ Description: 'What is switched on', AllowedPattern: '^\\{' });
  await put({ Name: '/d2/prod/toggles' });
  const describeBy = async (Option: string, Value: string) => {
    const ParameterFilters = [{ Key: 'Name', Option, Values: [Value] }];
    return (await s.clients.ssm.reading.send(new DescribeParametersCommand({ ParameterFilters }))).Parameters;
  };
  expect(await describeBy('Equals', Name)).toEqual([
    expect.objectContaining({ Name, Description: 'What is switched on', AllowedPattern: '^\\{', Version: 1 }),
  ]);
  expect(await describeBy('BeginsWith', '/d2/')).toHaveLength(2);
  await put({ Overwrite: true });
  expect(await describeBy('Equals', Name)).toEqual([
    expect.objectContaining({ Description: 'What is switched on', Version: 2 }),
  ]);
  await put({ Overwrite: true, Description: '' });
  expect((await describeBy('Equals', Name))?.[0]).not.toHaveProperty('Description');
  await expect(describeBy('Contains', 'd2')).rejects.toEqual(named('InvalidFilterOption'));
});

test('leaves each change in the ledger, without the value', async () => {
  await put({ Value: 'not for the ledger' });
  await put({ Overwrite: true });
  await remove();
  const entries = s.account.ledger();
  expect(entries.map(({ action, targets }) => [action, targets])).toEqual([
    ['PutParameter', [Name]],
    ['PutParameter', [Name]],
    ['DeleteParameter', [Name]],
  ]);
  expect(JSON.stringify(entries)).not.toContain('not for');
});

test('takes the cheaper tier that will do where that is left to it', async () => {
  const Tier = 'Intelligent-Tiering';
  expect(await put({ Tier })).toMatchObject({ Tier: 'Standard' });
  expect(await put({ Tier, Overwrite: true, Value: 'x'.repeat(4097) })).toMatchObject({ Tier: 'Advanced' });
  expect(await put({ Tier, Overwrite: true })).toMatchObject({ Tier: 'Advanced' });
});

test('has the images that AWS publishes, of no account, which nobody may overwrite', async () => {
  const image = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
  expect(await get(image)).toMatchObject({
    ARN: `arn:aws:ssm:ap-southeast-1::parameter${image}`,
    Value: expect.stringMatching(/^ami-[0-9a-f]{17}$/),
  });
  const mine = new PutParameterCommand({ Name: image, Value: 'ami-mine', Type: 'String', Overwrite: true });
  await expect(s.clients.ssm.changing.send(mine)).rejects.toEqual(named('AccessDeniedException'));
  expect(await get(`arn:aws:ssm:ap-southeast-1::parameter${image}`)).toMatchObject({ Name: image });
  const gone = new DeleteParameterCommand({ Name: image });
  await expect(s.clients.ssm.changing.send(gone)).rejects.toEqual(named('ParameterNotFound'));
  expect(s.account.ledger()).toEqual([]);
  const listed = await s.clients.ssm.reading.send(new DescribeParametersCommand({}));
  expect(listed.Parameters?.map(({ Name }) => Name)).not.toContain(image);
});
