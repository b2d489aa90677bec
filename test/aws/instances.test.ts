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
  lastStart: 1_795_000_000_000,
  lastLine: null,
  restarts: 0,
  unstableRestarts: 0,
  crashes: 0,
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
  const output = { ...verb, before: [process], after: [{ ...process, pid: 200, restarts: 1 }] };
  const { shell, wire } = await startShell({
    looks: [jsonError('InvocationDoesNotExist'), json({ Status: 'InProgress' }), printed(output)],
  });
  const result = await shell.pm2(instance, 'restart', 'backend-api', change());
  expect(result).toMatchObject({ service: 'backend-api', after: [{ pid: 200 }], saved: true });
  expect(bodyOf(wire.seen, 'SendCommand')).toEqual({
    DocumentName: 'd2-pm2-restart',
    InstanceIds: [instance],
    Parameters: { service: ['backend-api'], homes: ['/root/.pm2=root,/home/app/.pm2=app'] },
    Comment: `d2 ${operation} restart`,
    TimeoutSeconds: 30,
  });
});

test('what d2.yaml says of homes, folders, ports and paths is sent', async () => {
  const service = serviceOf('backend-api', { pm2: 'api', port: 3000, health: '/up', ready: '/up/ready' });
  const layout = { homes: [{ home: '/home/a/.pm2', user: 'a' }], apps: '/srv', logs: 'shared/logs' };
  const { shell, wire } = await startShell({}, { pm2: layout, services: [service] });
  // Nothing comes of them: only what they send is looked at.
  const leave = new AbortController();
  const { signal } = leave;
  const all = Promise.allSettled([
    shell.checkHealth(instance, 'backend-api', { signal }),
    shell.tail(instance, 'backend-api', 'out', 5, { signal }),
    shell.pm2(instance, 'start', 'backend-api', { signal, operation }),
  ]);
  const commands = () =>
    wire.seen
      .filter(({ action }) => action === 'SendCommand')
      .map(({ body }) => JSON.parse(body) as { DocumentName: string; Parameters: object });
  await expect.poll(() => commands().length).toBe(3);
  leave.abort();
  await all;
  const sent = commands();
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

test('whether a service can serve is asked at its own path', async () => {
  const output = { service: 'api', port: 3000, httpStatus: 503, latencyMs: 9, body: '{}', copies: [] };
  const service = serviceOf('backend-api', { ready: '/up/ready' });
  const { shell, wire } = await startShell({ looks: [printed(output)] }, { services: [service] });
  expect(await shell.checkReady(instance, 'backend-api', call())).toMatchObject({ status: 503 });
  expect(bodyOf(wire.seen, 'SendCommand')).toMatchObject({ Parameters: { path: ['/up/ready'] } });
});

test('a stop before the instance stops leaves PM2’s saved list alone', async () => {
  const output = {
    ...verb,
    saved: false,
    before: [process],
    after: [{ ...process, pid: null, status: 'stopped' }],
  };
  const { shell, wire } = await startShell({ looks: [printed(output)] });
  const result = await shell.pm2(instance, 'stop', 'backend-api', { ...change(), keep: true });
  expect(result.after).toMatchObject([{ status: 'stopped', pid: 0 }]);
  expect(bodyOf(wire.seen, 'SendCommand')).toMatchObject({ Parameters: { save: ['no'] } });
});

test('a process that came back unwell is a result, not a failure', async () => {
  const output = {
    ...verb,
    saved: false,
    error: 'the process is errored',
    before: [process],
    after: [{ ...process, status: 'errored', restarts: 16 }],
  };
  const { shell } = await startShell({ looks: [printed(output)] });
  const result = await shell.pm2(instance, 'restart', 'backend-api', change());
  expect(result.after).toMatchObject([{ status: 'errored' }]);
});

test('what PM2 refused to do is a failure', async () => {
  const output = { ...verb, saved: false, error: '[PM2][ERROR] busy', before: [process], after: [process] };
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
  [
    { service: 'backend-api', error: 'no pm2' },
    'unavailable',
    'PM2 is not on root’s PATH',
    'as bin in d2.yaml environments.dev.pm2.homes',
  ],
  [{ error: 'no node' }, 'unavailable', 'Node.js is not on root’s PATH', 'cloud-init'],
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

const reporting = (AgentVersion?: string) =>
  json({ InstanceInformationList: [{ InstanceId: instance, PingStatus: 'Online', AgentVersion }] });

test.each(['3.3.2745.9', '3.2.2303.0', '2.3.978.0', '3.3.987.0'])(
  'an agent of %s is too old for the documents, and is told apart from one that is offline',
  async (version) => {
    const { shell, wire } = await startShell({ agent: reporting(version) });
    const error = await userErrorOf(shell.pm2(instance, 'restart', 'backend-api', change()));
    expect(error.message).toBe(
      `The SSM agent on ${instance} is ${version}: too old for d2-pm2-restart, which needs at least 3.3.2746.`,
    );
    expect(JSON.stringify(error.hint)).toContain('AWS-UpdateSSMAgent');
    expect(countOf(wire.seen, 'SendCommand')).toBe(0);
    expect((await userErrorOf(shell.listProcesses(instance, call()))).message).toContain('too old');
  },
);

test.each(['3.3.2746', '3.3.2746.0', '3.3.3050.0', '3.4.0.0', '4.0.1.0', undefined, 'latest'])(
  'an agent of %s is new enough',
  async (version) => {
    const looks = [printed({ homes: [] })];
    const { shell } = await startShell({ agent: reporting(version), looks });
    expect(await shell.listProcesses(instance, call())).toEqual([]);
  },
);

test.each([
  ['ThrottlingException', 'AWS is throttling ssm:DescribeInstanceInformation.'],
  ['AccessDeniedException', 'The bot lacks the IAM permission ssm:DescribeInstanceInformation.'],
])('SSM that could not be asked is no agent that is offline: %s', async (name, message) => {
  const { shell } = await startShell({ agent: jsonError(name) });
  expect((await userErrorOf(shell.listProcesses(instance, call()))).message).toBe(message);
  expect((await userErrorOf(shell.pm2(instance, 'stop', 'backend-api', change()))).message).toBe(message);
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
    copies: [{ home: '/root/.pm2', statuses: ['online'] }],
    latencyMs: null,
    body: null,
    error: 'refused',
  };
  const { shell } = await startShell({ looks: [printed(output)] });
  expect(await shell.checkHealth(instance, 'backend-api', call())).toEqual({
    service: 'backend-api',
    copies: [{ home: '/root/.pm2', statuses: ['online'] }],
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

const purpose = { operation, verb: 'restart', instance, service: 'backend-api' };
/** A command of this operation's restart in ListCommands, but for what is said. */
const listed = (CommandId: string, more: object = {}) => ({
  CommandId,
  Comment: `d2 ${operation} restart`,
  InstanceIds: [instance],
  Parameters: { service: ['backend-api'] },
  Status: 'Success',
  ...more,
});

test('what was sent is found on a later page by its whole comment', async () => {
  const { shell, wire } = await startShell({
    list: [
      json({ Commands: [listed('c-8', { Comment: `d2 ${operation} restarted` })], NextToken: 'two' }),
      json({ Commands: [listed('c-9')] }),
    ],
  });
  const since = new Date('2026-11-23T02:00:00.900Z');
  expect(await shell.findSentCommand(purpose, since, call())).toEqual({ id: 'c-9', status: 'Success' });
  expect(bodyOf(wire.seen, 'ListCommands')).toMatchObject({
    InstanceId: instance,
    Filters: [
      { key: 'DocumentName', value: 'd2-pm2-restart' },
      { key: 'InvokedAfter', value: '2026-11-23T01:59:59Z' },
    ],
  });
});

test.each([
  ['another operation', listed('c-8', { Comment: 'd2 other restart' })],
  ['another verb of the operation', listed('c-8', { Comment: `d2 ${operation} reload` })],
  ['the operation on another instance', listed('c-8', { InstanceIds: ['i-0second'] })],
  [
    'the operation for another service',
    listed('c-8', { Parameters: { service: ['web-driver'], homes: ['/root/.pm2=root'] } }),
  ],
])('what %s sent is not taken for its own', async (_, command) => {
  const { shell } = await startShell({ list: [json({ Commands: [command] })] });
  expect(await shell.findSentCommand(purpose, new Date(), call())).toBeUndefined();
});

test('what was sent for all services is found by its instance', async () => {
  const save = { operation, verb: 'save', instance };
  const comment = `d2 ${operation} save`;
  const Parameters = { homes: ['/root/.pm2=root'] };
  const other = listed('c-1', { Comment: comment, Parameters, InstanceIds: ['i-0second'] });
  const own = listed('c-2', { Comment: comment, Parameters });
  const { shell } = await startShell({ list: [json({ Commands: [other, own] })] });
  expect(await shell.findSentCommand(save, new Date(), call())).toMatchObject({ id: 'c-2' });
});

test('a home that the plan named is sent, and the document’s refusal of another says both', async () => {
  const output = { service: 'backend-api', error: 'another home', where: ['/root/.pm2', '/home/app/.pm2'] };
  const { shell, wire } = await startShell({ looks: [printed(output)] });
  await expect(
    shell.pm2(instance, 'stop', 'backend-api', { ...change(), home: '/root/.pm2' }),
  ).rejects.toMatchObject({
    name: 'UserError',
    code: 'conflict',
    message: expect.stringContaining('/root/.pm2, now /home/app/.pm2'),
  });
  expect(bodyOf(wire.seen, 'SendCommand')).toMatchObject({ Parameters: { home: ['/root/.pm2'] } });
});

test('two homes that run a service are both named, and nothing was done', async () => {
  const output = { service: 'backend-api', error: 'several homes', where: ['/root/.pm2', '/home/app/.pm2'] };
  const { shell } = await startShell({ looks: [printed(output)] });
  await expect(shell.pm2Flush(instance, 'backend-api', change())).rejects.toMatchObject({
    name: 'UserError',
    code: 'conflict',
    message: expect.stringContaining('/root/.pm2, /home/app/.pm2'),
  });
});

test('the folder of node and pm2 is sent with its home, and the services’ processes are left out last', async () => {
  const bin = '/home/app/.nvm/versions/node/v20.20.0/bin';
  const layout = {
    homes: [{ home: '/home/app/.pm2', user: 'app', bin }],
    apps: '/opt/apps',
    logs: undefined,
  };
  const services = [serviceOf('backend-api', { pm2: 'api' }), serviceOf('web-driver')];
  const { shell, wire } = await startShell({ looks: [printed({ homes: [] })] }, { pm2: layout, services });
  await shell.listProcesses(instance, call());
  expect(bodyOf(wire.seen, 'SendCommand')).toMatchObject({
    Parameters: { homes: [`/home/app/.pm2=app=${bin}`], services: ['api,web-driver'] },
  });
});
