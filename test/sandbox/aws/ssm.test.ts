import { createHash } from 'node:crypto';
import {
  CancelCommandCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetParameterCommand,
  ListCommandsCommand,
  PutParameterCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backend, bastion, startTestAccount, type TestAccount } from './test-account.ts';

const echo = `schemaVersion: '2.2'
description: Says what it was given
parameters:
  word: { type: String, allowedPattern: '^[a-z]{1,20}$', interpolationType: ENV_VAR }
  pasted: { type: String, default: plain }
  level: { type: String, default: low, allowedValues: [low, high] }
  count: { type: Integer, default: '1' }
mainSteps:
  - action: aws:runShellScript
    name: run
    inputs:
      timeoutSeconds: '20'
      runCommand: ['echo "$SSM_word {{ pasted }} {{level}} {{ word }}"; echo bad >&2']
`;
const shell = (seconds: string, command: string) => `schemaVersion: '2.2'
mainSteps:
  - action: aws:runShellScript
    name: run
    inputs: { timeoutSeconds: '${seconds}', runCommand: ['${command}'] }
`;

let s: TestAccount;
beforeAll(async () => {
  s = await startTestAccount({
    echo,
    long: shell('30', 'exec sleep 30'),
    short: shell('1', 'exec sleep 30'),
    fails: shell('9', 'echo no; exit 3'),
    huge: shell('9', 'head -c 60000 /dev/zero | tr "\\0" x'),
  });
});
afterAll(() => s?.close());

const send = async (DocumentName: string, more: Partial<SendCommandCommandInput> = {}) => {
  const sent = await s.clients.ssm.changing.send(
    new SendCommandCommand({ DocumentName, InstanceIds: [backend], ...more }),
  );
  return sent.Command?.CommandId ?? '';
};
const look = (CommandId: string) =>
  s.clients.ssm.changing.send(new GetCommandInvocationCommand({ CommandId, InstanceId: backend }));
const statusOf = async (id: string) => (await look(id).catch(() => undefined))?.Status ?? 'Pending';
const ended = async (id: string) => {
  await expect.poll(() => statusOf(id), { timeout: 15_000 }).not.toMatch(/Pending|InProgress/);
  return look(id);
};
const named = (name: string) => expect.objectContaining({ name });

describe('a document', () => {
  test('gets ENV_VAR values as variables and the others pasted, and says nothing until it ended', async () => {
    // What is pasted is not read again: it could name another parameter.
    const id = await send('echo', { Parameters: { word: ['hello'], pasted: ['{{ level }}'] } });
    expect(await ended(id)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: 'hello {{ level }} low {{ word }}\n',
      StandardErrorContent: 'bad\n',
      ResponseCode: 0,
    });
  });

  test('that fails, runs out of its time, is cancelled or loses its instance says which', async () => {
    const fails = await ended(await send('fails'));
    expect(fails).toMatchObject({ Status: 'Failed', ResponseCode: 3, StandardOutputContent: 'no\n' });
    const short = await ended(await send('short'));
    expect(short).toMatchObject({ Status: 'TimedOut', StatusDetails: 'Execution Timed Out' });
    const long = await send('long');
    await expect.poll(() => statusOf(long)).toBe('InProgress');
    await s.clients.ssm.changing.send(new CancelCommandCommand({ CommandId: long }));
    expect(await ended(long)).toMatchObject({ Status: 'Cancelled' });
    const orphan = await send('long');
    await expect.poll(() => statusOf(orphan)).toBe('InProgress');
    s.account.disturb({ what: 'instance-terminated', instance: backend });
    expect(await ended(orphan)).toMatchObject({ Status: 'Failed', StatusDetails: 'Terminated' });
    await s.account.reset();
  });

  test('is not known of in the moment after it was sent', async () => {
    const askAtOnce = async () => look(await send('fails')).then(String, (error: Error) => error.name);
    await expect.poll(askAtOnce).toBe('InvocationDoesNotExist');
  });

  test('is heard 24,000 characters long', async () => {
    expect((await ended(await send('huge'))).StandardOutputContent).toHaveLength(24_000);
  });

  test.each([
    ['InvalidDocument', 'other', {}],
    ['InvalidParameters', 'echo', {}],
    ['InvalidParameters', 'echo', { Parameters: { word: ['UPPER'] } }],
    ['InvalidParameters', 'echo', { Parameters: { word: ['a', 'b'] } }],
    ['InvalidParameters', 'echo', { Parameters: { word: ['a'], level: ['middle'] } }],
    ['InvalidParameters', 'echo', { Parameters: { word: ['a'], count: ['two'] } }],
    ['InvalidParameters', 'echo', { Parameters: { word: ['a'], toString: ['x'] } }],
    ['InvalidInstanceId', 'fails', { InstanceIds: ['i-00000000'] }],
    ['DuplicateInstanceId', 'fails', { InstanceIds: [backend, backend] }],
    ['InvalidDocumentVersion', 'fails', { DocumentVersion: '7' }],
    ['InvalidDocument', 'fails', { DocumentHash: '0'.repeat(64), DocumentHashType: 'Sha256' }],
    ['ValidationException', 'fails', { Comment: 'x'.repeat(101) }],
    ['ValidationException', 'fails', { TimeoutSeconds: 29 }],
  ] as const)('is refused by %s: %s %j, and never run', async (name, document, more) => {
    const before = s.account.ledger().length;
    await expect(send(document, more as Partial<SendCommandCommandInput>)).rejects.toEqual(named(name));
    expect(s.account.ledger()).toHaveLength(before);
  });

  test('can be pinned to its hash', async () => {
    const { Document } = await s.clients.ssm.reading.send(new DescribeDocumentCommand({ Name: 'echo' }));
    expect(Document?.Hash).toBe(createHash('sha256').update(echo).digest('hex'));
    const pinned = {
      DocumentHash: Document?.Hash,
      DocumentHashType: 'Sha256' as const,
      DocumentVersion: '1',
    };
    await send('echo', { Parameters: { word: ['a'] }, ...pinned });
  });
});

test('commands are listed newest first, page by page, by document, time and state', async () => {
  await s.account.reset();
  const ids = [await send('fails'), await send('fails'), await send('echo', { Parameters: { word: ['a'] } })];
  for (const id of ids) await ended(id);
  const list = (
    Filters: { key: 'DocumentName' | 'Status' | 'InvokedAfter'; value: string }[],
    NextToken?: string,
  ) => s.clients.ssm.reading.send(new ListCommandsCommand({ Filters, MaxResults: 1, NextToken }));
  const first = await list([{ key: 'DocumentName', value: 'fails' }]);
  expect(first.Commands?.[0]?.CommandId).toBe(ids[1]);
  const second = await list([{ key: 'DocumentName', value: 'fails' }], first.NextToken);
  expect(second.Commands?.[0]?.CommandId).toBe(ids[0]);
  expect(second.NextToken).toBeUndefined();
  expect((await list([{ key: 'Status', value: 'Success' }])).Commands?.[0]?.CommandId).toBe(ids[2]);
  expect((await list([{ key: 'InvokedAfter', value: '2099-01-01T00:00:00Z' }])).Commands).toEqual([]);
});

test('an agent that was heard of is lost, one of a stopped instance is not listed', async () => {
  s.account.disturb({ what: 'agent-offline', instance: backend });
  s.account.disturb({ what: 'instance-terminated', instance: bastion });
  const { InstanceInformationList } = await s.clients.ssm.reading.send(
    new DescribeInstanceInformationCommand({}),
  );
  expect(InstanceInformationList).toEqual([
    expect.objectContaining({
      InstanceId: backend,
      PingStatus: 'ConnectionLost',
      AgentVersion: '3.3.2958.0',
    }),
  ]);
  await expect(send('fails')).rejects.toEqual(named('InvalidInstanceId'));
  await s.account.reset();
});

test('a parameter keeps its versions', async () => {
  const { ssm } = s.clients;
  const put = (Value: string, Overwrite?: boolean) =>
    ssm.changing.send(new PutParameterCommand({ Name: '/d2/dev/toggles', Value, Type: 'String', Overwrite }));
  await put('{}');
  await expect(put('{"a":1}')).rejects.toEqual(named('ParameterAlreadyExists'));
  expect((await put('{"a":1}', true)).Version).toBe(2);
  const get = async (Name: string) => (await ssm.reading.send(new GetParameterCommand({ Name }))).Parameter;
  expect(await get('/d2/dev/toggles')).toMatchObject({ Value: '{"a":1}', Version: 2 });
  expect(await get('/d2/dev/toggles:1')).toMatchObject({ Value: '{}', Version: 1 });
  await expect(get('/d2/none')).rejects.toEqual(named('ParameterNotFound'));
});
