import { afterEach, expect, test } from 'vitest';
import { createInstances } from '../../src/aws/instances.ts';
import { OutcomeUnknown } from '../../src/core/reply/errors.ts';
import type { EnvironmentSettings } from '../../src/platform/settings.ts';
import { serviceOf, settingsOf } from '../environment-settings.ts';
import { type Answer, clientsOf, json, jsonError, type Seen, startWire, userErrorOf } from './wire.ts';

const instance = 'i-080c218b1eb3925ee';
const operation = '01JD2Q4B8ZC0FFEE0000000000';
const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const call = () => ({ signal: AbortSignal.timeout(20_000) });
const change = () => ({ ...call(), operation });
const online = json({ InstanceInformationList: [{ InstanceId: instance, PingStatus: 'Online' }] });
const sent = json({ Command: { CommandId: 'c-1', Status: 'Pending' } });

/** SSM as far as a command's life goes; each look at the invocation takes the next answer, the last one again. */
async function startShell(
  script: { agent?: Answer; send?: Answer; looks?: Answer[]; list?: Answer[] },
  changes: Partial<EnvironmentSettings> = {},
) {
  const { agent = online, send = sent, looks = [], list = [] } = script;
  const wire = await startWire(({ action }) => {
    if (action === 'DescribeInstanceInformation') return agent;
    if (action === 'SendCommand') return send;
    const rest = action === 'ListCommands' ? list : looks;
    return (rest.length > 1 ? rest.shift() : rest[0]) ?? jsonError('InvocationDoesNotExist');
  });
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  const shell = createInstances({
    clients,
    settings: settingsOf('dev', {
      pm2: {
        homes: [
          { home: '/root/.pm2', user: 'root' },
          { home: '/home/app/.pm2', user: 'app' },
        ],
        apps: '/opt/apps',
        logs: undefined,
      },
      ...changes,
    }),
  });
  return { shell, wire };
}

const countOf = (seen: readonly Seen[], action: string) => seen.filter((one) => one.action === action).length;
const bodyOf = (seen: readonly Seen[], action: string): unknown =>
  JSON.parse(seen.find((one) => one.action === action)?.body ?? 'null');
const printed = (output: unknown) =>
  json({ Status: 'Success', StatusDetails: 'Success', StandardOutputContent: `${JSON.stringify(output)}\n` });
const ended = (StatusDetails: string, more = {}) => json({ Status: 'Failed', StatusDetails, ...more });

const process = {
  name: 'backend-api',
  id: 0,
  pid: 100,
  status: 'online',
  startedAt: 1_795_000_000_000,
  restarts: 0,
  unstableRestarts: 0,
  cpu: 1,
  memory: 50_000_000,
  version: '1.0.0',
  mode: 'cluster',
  instances: 1,
  cwd: '/opt/apps/backend-api/current',
  script: 'dist/main.js',
  node: '20.20.2',
  outLog: '/home/app/.pm2/logs/backend-api-out.log',
  errLog: '/home/app/.pm2/logs/backend-api-error.log',
  port: 3000,
  release: 'r42',
};
const verb = { service: 'backend-api', home: '/home/app/.pm2', saved: true, error: null };

test('a verb is sent to one instance with its operation in the comment, and its result comes back', async () => {
  const output = { ...verb, before: process, after: { ...process, pid: 200, restarts: 1 } };
  const { shell, wire } = await startShell({
    looks: [jsonError('InvocationDoesNotExist'), json({ Status: 'InProgress' }), printed(output)],
  });
  const result = await shell.pm2(instance, 'restart', 'backend-api', change());
  expect(result).toMatchObject({ service: 'backend-api', after: { pid: 200 }, saved: true });
  expect(bodyOf(wire.seen, 'SendCommand')).toEqual({
    DocumentName: 'd2-pm2-restart',
    InstanceIds: [instance],
    Parameters: { service: ['backend-api'], homes: ['/root/.pm2=root,/home/app/.pm2=app'] },
    Comment: `d2 ${operation} restart`,
    TimeoutSeconds: 30,
  });
});

test('what d2.yaml says of homes, folders, ports and paths is sent', async () => {
  const service = serviceOf('backend-api', { pm2: 'api', port: 3000, health: '/up' });
  const layout = { homes: [{ home: '/home/a/.pm2', user: 'a' }], apps: '/srv', logs: 'shared/logs' };
  const { shell, wire } = await startShell({}, { pm2: layout, services: [service] });
  // Nothing comes of them: only what they send is looked at.
  const signal = AbortSignal.timeout(1_000);
  await Promise.allSettled([
    shell.checkHealth(instance, 'backend-api', { signal }),
    shell.tail(instance, 'backend-api', 'out', 5, { signal }),
    shell.pm2(instance, 'start', 'backend-api', { signal, operation }),
  ]);
  const sent = wire.seen
    .filter(({ action }) => action === 'SendCommand')
    .map(({ body }) => JSON.parse(body) as { DocumentName: string; Parameters: object });
  expect(Object.fromEntries(sent.map((one) => [one.DocumentName, one.Parameters]))).toEqual({
    'd2-health': { homes: ['/home/a/.pm2=a'], service: ['api'], port: ['3000'], path: ['/up'] },
    'd2-pm2-logs': {
      homes: ['/home/a/.pm2=a'],
      service: ['api'],
      stream: ['out'],
      lines: ['5'],
      logs: ['/srv/backend-api/shared/logs'],
    },
    'd2-pm2-start': { homes: ['/home/a/.pm2=a'], service: ['api'], folder: ['/srv/backend-api'] },
  });
});

test('a stop before the instance stops leaves PM2’s saved list alone', async () => {
  const output = {
    ...verb,
    saved: false,
    before: process,
    after: { ...process, pid: null, status: 'stopped' },
  };
  const { shell, wire } = await startShell({ looks: [printed(output)] });
  const result = await shell.pm2(instance, 'stop', 'backend-api', { ...change(), keep: true });
  expect(result.after).toMatchObject({ status: 'stopped', pid: 0 });
  expect(bodyOf(wire.seen, 'SendCommand')).toMatchObject({ Parameters: { save: ['no'] } });
});

test('a process that came back unwell is a result, not a failure', async () => {
  const output = {
    ...verb,
    saved: false,
    error: 'the process is errored',
    before: process,
    after: { ...process, status: 'errored', restarts: 16 },
  };
  const { shell } = await startShell({ looks: [printed(output)] });
  const result = await shell.pm2(instance, 'restart', 'backend-api', change());
  expect(result.after?.status).toBe('errored');
});

test('what PM2 refused to do is a failure', async () => {
  const output = { ...verb, saved: false, error: '[PM2][ERROR] busy', before: process, after: process };
  const { shell } = await startShell({ looks: [printed(output)] });
  await expect(shell.pm2(instance, 'restart', 'backend-api', change())).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('busy'),
  });
});

const refusals: [object, string, string, string][] = [
  [
    { service: 'backend-api', error: 'not found', known: ['web-driver'] },
    'not-found',
    'no process backend-api',
    'It has web-driver.',
  ],
  [{ service: 'backend-api', error: 'no pm2' }, 'unavailable', 'PM2 is not installed', 'cloud-init'],
  [{ error: 'no node' }, 'unavailable', 'Node.js is not installed', 'cloud-init'],
];

test.each(refusals)('%j is said in words', async (output, code, message, hint) => {
  const { shell } = await startShell({ looks: [printed(output)] });
  expect(await userErrorOf(shell.pm2(instance, 'restart', 'backend-api', change()))).toEqual({
    code,
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});

const undelivered: [string, Answer, string][] = [
  ['Delivery Timed Out', ended('Delivery Timed Out'), 'offline'],
  ['Undeliverable', ended('Undeliverable'), 'offline'],
  ['Access Denied', ended('Access Denied'), 'may not run d2-pm2-restart'],
];

test.each(undelivered)('%s means that nothing was run, and names the command', async (_, look, words) => {
  const { shell } = await startShell({ looks: [look] });
  await expect(shell.pm2(instance, 'restart', 'backend-api', change())).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(words),
    hint: expect.stringContaining('c-1'),
  });
});

const open: [string, Answer, string][] = [
  ['ran out of its time', ended('Execution Timed Out'), 'ran out of its time'],
  ['was cancelled', ended('Cancelled'), 'was cancelled'],
  ['failed', ended('Failed', { StandardErrorContent: '\nboom\nstack', ResponseCode: 1 }), 'boom'],
  ['printed no JSON', json({ Status: 'Success', StandardOutputContent: 'hello\n' }), 'unreadable'],
  ['could not be asked about', jsonError('AccessDeniedException'), 'ssm:GetCommandInvocation'],
];

test.each(open)('a change that %s has an unknown outcome', async (_, look, words) => {
  const { shell, wire } = await startShell({ looks: [look] });
  const error: unknown = await shell
    .pm2(instance, 'restart', 'backend-api', change())
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutcomeUnknown);
  expect(error).toMatchObject({ message: expect.stringContaining(words) });
  expect(countOf(wire.seen, 'SendCommand')).toBe(1);
});

test('a change whose sending was not answered is not sent again', async () => {
  const { shell, wire } = await startShell({ send: 'reset' });
  await expect(shell.pm2(instance, 'restart', 'backend-api', change())).rejects.toBeInstanceOf(
    OutcomeUnknown,
  );
  expect(countOf(wire.seen, 'SendCommand')).toBe(1);
});

test('a change is not sent to an instance whose agent is offline', async () => {
  for (const agent of [
    json({ InstanceInformationList: [] }),
    json({ InstanceInformationList: [{ InstanceId: instance, PingStatus: 'ConnectionLost' }] }),
  ]) {
    const { shell, wire } = await startShell({ agent });
    await expect(shell.pm2(instance, 'restart', 'backend-api', change())).rejects.toMatchObject({
      code: 'unavailable',
      message: `The SSM agent on ${instance} is offline.`,
    });
    expect(countOf(wire.seen, 'SendCommand')).toBe(0);
  }
});

test('a read from an offline instance ends at once', async () => {
  const { shell } = await startShell({
    agent: json({ InstanceInformationList: [] }),
    send: jsonError('InvalidInstanceId'),
  });
  await expect(shell.listProcesses(instance, call())).rejects.toMatchObject({
    message: `The SSM agent on ${instance} is offline.`,
  });
});

test('a read that fails on the instance says why', async () => {
  const { shell } = await startShell({ looks: [ended('Failed', { StandardErrorContent: 'boom' })] });
  await expect(shell.listProcesses(instance, call())).rejects.toMatchObject({
    name: 'UserError',
    message: `d2-pm2-list failed on ${instance}: boom`,
  });
});

test('both PM2 homes are listed', async () => {
  const homes = [
    { home: '/root/.pm2', owner: null, state: 'absent', processes: [], more: 0 },
    { home: '/home/app/.pm2', owner: 'app', state: 'ok', processes: [process], more: 0 },
  ];
  const { shell } = await startShell({ looks: [printed({ homes })] });
  expect(await shell.listProcesses(instance, call())).toEqual([
    { home: '/root/.pm2', owner: '', state: 'absent', processes: [] },
    { home: '/home/app/.pm2', owner: 'app', state: 'ok', processes: [process] },
  ]);
});

test('a PM2 that does not answer is never an empty list', async () => {
  const homes = [{ home: '/root/.pm2', owner: 'root', state: 'failed: timed out', processes: [] }];
  const { shell } = await startShell({ looks: [printed({ homes })] });
  expect(await userErrorOf(shell.listProcesses(instance, call()))).toEqual({
    code: 'unavailable',
    message: `PM2 in /root/.pm2 on ${instance} does not answer: timed out.`,
    hint: expect.stringContaining('d2.yaml environments.dev.pm2.homes'),
  });
});

test('a service that refuses the connection is an answer about its health', async () => {
  const output = {
    service: 'backend-api',
    port: 3000,
    httpStatus: null,
    latencyMs: null,
    body: null,
    error: 'refused',
  };
  const { shell } = await startShell({ looks: [printed(output)] });
  expect(await shell.checkHealth(instance, 'backend-api', call())).toEqual({
    service: 'backend-api',
    port: 3000,
    status: undefined,
    latencyMs: 0,
    body: '',
    error: 'refused',
  });
});

test('saving, flushing and tailing answer what they found', async () => {
  const homes = [
    { home: '/root/.pm2', state: 'not running', saved: 0 },
    { home: '/home/app/.pm2', state: 'ok', saved: 1 },
  ];
  const save = await startShell({ looks: [printed({ homes })] });
  expect(await save.shell.pm2Save(instance, change())).toEqual([{ home: '/home/app/.pm2', saved: 1 }]);

  const flushed = {
    service: 'backend-api',
    home: '/home/app/.pm2',
    flushed: ['/a', '/b'],
    bytes: 9,
    error: null,
  };
  const flush = await startShell({ looks: [printed(flushed)] });
  expect(await flush.shell.pm2Flush(instance, 'backend-api', change())).toEqual({
    paths: ['/a', '/b'],
    bytes: 9,
  });

  const since = new Date('2026-11-23T02:00:00Z');
  const found = {
    service: 'backend-api',
    home: '/h',
    stream: 'err',
    files: [
      { path: '/e-0', worker: 0, lines: ['x'], truncated: false, writtenAt: since.getTime(), unread: null },
      { path: '/e-1', worker: null, lines: [], truncated: true, writtenAt: null, unread: 'why' },
    ],
    error: null,
  };
  const tail = await startShell({ looks: [printed(found)] });
  expect(await tail.shell.tail(instance, 'backend-api', 'err', 20, call())).toEqual([
    { path: '/e-0', worker: 0, lines: ['x'], truncated: false, writtenAt: since, unread: undefined },
    { path: '/e-1', worker: undefined, lines: [], truncated: true, writtenAt: undefined, unread: 'why' },
  ]);
  expect(bodyOf(tail.wire.seen, 'SendCommand')).toMatchObject({
    Parameters: { stream: ['err'], lines: ['20'] },
  });
});

test('what was sent is found on a later page by its whole comment', async () => {
  const { shell, wire } = await startShell({
    list: [
      json({ Commands: [{ CommandId: 'c-8', Comment: `d2 ${operation} restarted` }], NextToken: 'two' }),
      json({ Commands: [{ CommandId: 'c-9', Comment: `d2 ${operation} restart`, Status: 'Success' }] }),
    ],
  });
  const since = new Date('2026-11-23T02:00:00.900Z');
  expect(await shell.findSentCommand(operation, 'restart', since, call())).toEqual({
    id: 'c-9',
    status: 'Success',
  });
  expect(bodyOf(wire.seen, 'ListCommands')).toMatchObject({
    Filters: [
      { key: 'DocumentName', value: 'd2-pm2-restart' },
      { key: 'InvokedAfter', value: '2026-11-23T01:59:59Z' },
    ],
  });
});

test('what was never sent is not found', async () => {
  const { shell } = await startShell({
    list: [json({ Commands: [{ CommandId: 'c-8', Comment: 'd2 other restart' }] })],
  });
  expect(await shell.findSentCommand(operation, 'restart', new Date(), call())).toBeUndefined();
});
