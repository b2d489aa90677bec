import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { type Driver, drive } from '../e2e/driver.ts';
import { sampled } from '../rounds.ts';
import { runToEnd } from '../run-program.ts';

interface Expected {
  /** Every running instance that is neither the bot's nor terminated. */
  instances: string[];
  services: string[];
  pool: string;
  client: string;
  /** A user whose role is found, wherever it is kept. */
  driver: string;
  alarm: string;
  /** What a stop's card says that it saves, and what goes on costing. */
  saves: RegExp;
  /** What stopping changes, in order. */
  stops: string[];
  /** How the health of backend-api is asked from outside. */
  road: RegExp;
  home: string;
  /** What a new driver's `custom:role` is. */
  attribute: string | undefined;
  /** The email of who signs in with an identity provider. */
  federated?: string;
  /** Each a line of d2.yaml, a wrong one for it, and what is answered at its first use. */
  mistakes: readonly Mistake[];
}

interface Mistake {
  what: string;
  line: string;
  wrong: string;
  message: string;
  hint: (place: string) => string;
  code?: string;
}

const own: Expected = {
  instances: ['i-080c218b1eb3925ee', 'i-0123456789abcdef0'],
  services: ['backend-api'],
  pool: 'd2-ride-booking-dev',
  client: '1ak3tj1bn3neor7hgsjr1ml5h3',
  driver: 'driver.amin@example.com',
  alarm: 'd2-ride-booking-dev-rds-cpu',
  saves: /Saves[\s\S]*Still[\s\S]*NAT/,
  stops: ['d2-pm2-stop', 'StopInstances', 'StopDBInstance'],
  road: /through d2-ride-booking-dev-alb[\s\S]*ok/,
  home: 'root/.pm2',
  attribute: undefined,
  mistakes: [],
};
const existing: Expected = {
  instances: ['i-0c5f2e9a71b3d8046', 'i-0e7a4410c2f6b95d3'],
  services: ['backend-api', 'web-driver'],
  pool: 'dev-d2-ride-booking',
  client: '6k0pq4v8d1s7m3x9c2b5n8t4za',
  driver: 'driver.omar@example.com',
  alarm: 'dev-d2-ride-booking-rds-cpu-high',
  saves: /Saves/,
  stops: ['d2-pm2-stop', 'd2-pm2-stop', 'StopInstances', 'StopDBInstance'],
  road: /through localhost:\d+[\s\S]*ok/,
  home: 'home/appuser/.pm2',
  attribute: 'DRIVER',
  federated: 'Lina.Tan@example.com',
  mistakes: [
    {
      what: 'a pool that is not there',
      line: 'pool: dev-d2-ride-booking',
      wrong: 'pool: dev-d2-ride',
      message: 'There is no Cognito pool dev-d2-ride in ap-southeast-1.',
      hint: (place) => `${place} environments.dev.cognito.pool names it. There is dev-d2-ride-booking.`,
    },
    {
      what: 'a client that the pool does not have',
      line: 'client: dev-d2-ride-booking-client',
      wrong: 'client: dev-d2-client',
      message: 'The pool dev-d2-ride-booking has no app client dev-d2-client.',
      hint: (place) =>
        `${place} environments.dev.cognito.client names it. It has dev-d2-ride-booking-client.`,
    },
    {
      what: 'a role that may not be taken',
      line: 'assume: arn:aws:iam::000011112222:role/d2-chatops-dev',
      wrong: 'assume: arn:aws:iam::000011112222:role/d2-chatops',
      code: 'forbidden',
      message:
        'The bot may not take the role arn:aws:iam::000011112222:role/d2-chatops, so dev can’t be reached.',
      hint: (place) =>
        `${place} environments.dev.assume names it. Its trust policy must name the bot’s own role, and the bot’s policy must allow sts:AssumeRole on it.`,
    },
  ],
};
const cli = join(import.meta.dirname, '../../dist/cli.cjs');

/** One row a command: what is typed, what every world answers. `each`: once for each service. */
type Look = readonly [command: string, typed: string, expected: (world: Expected, service: string) => RegExp];
const looks: readonly Look[] = [
  ['status', 'status', ({ services }) => new RegExp(`dev is up[\\s\\S]*${services.join('[\\s\\S]*')}`)],
  ['health', 'health SERVICE', (_, service) => new RegExp(`${service} is well`)],
  [
    'pm2 list',
    'pm2 list',
    ({ services, home }) =>
      new RegExp(`${services.length} of ${services.length} PM2 process(es)? online[\\s\\S]*${home}`),
  ],
  ['pm2 show', 'pm2 show SERVICE', (_, service) => new RegExp(`${service} is online in dev`)],
  ['logs', 'logs SERVICE 2h', (_, service) => new RegExp(`${service} · dev`)],
  ['logs', 'logs SERVICE --from pm2', (_, service) => new RegExp(`${service} · dev[\\s\\S]*PM2’s files`)],
  ['cognito list', 'cognito list', ({ driver }) => new RegExp(`${driver}[\\s\\S]*DRIVER`)],
  ['cognito show', 'cognito show USER', () => /role[\s\S]*DRIVER/],
  ['cognito config', 'cognito config', ({ pool, client }) => new RegExp(`${pool}[\\s\\S]*${client}`)],
  ['whoami', 'whoami', () => /operator in dev/],
  ['help', 'help', () => /status/],
  ['menu', 'menu', () => /dev/],
];

/** Tried further down, since they change something. */
const changes = [
  'start',
  'stop',
  'cancel',
  'pm2 restart',
  'pm2 reload',
  'pm2 stop',
  'pm2 start',
  'pm2 save',
  'pm2 flush',
  'cognito add-user',
];

test('the table has every command', () => {
  const tried = new Set([...looks.map(([command]) => command), ...changes]);
  expect(commands.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
});

describe.each([
  ['own', own],
  ['existing', existing],
] as const)('in the %s world', (name, world) => {
  let d: Driver;
  beforeAll(async () => {
    d = await drive({ world: name });
  });
  afterAll(() => d?.close());

  const rows = looks.flatMap(([, typed, expected]) =>
    typed.includes('SERVICE')
      ? world.services.map(
          (service) => [typed.replace('SERVICE', service), expected(world, service)] as const,
        )
      : [[typed.replace('USER', world.driver), expected(world, '')] as const],
  );
  test.each(rows)('/d2 %s', async (typed, expected) => {
    const answer = await d.say('omar', `/d2 ${typed}`);
    expect(answer).toMatchObject({ state: 'done', ephemeral: 'U0OMAR' });
    expect(answer.words).toMatch(expected);
  });

  test('looking changed nothing', async () => {
    expect(await d.changes()).toEqual([]);
  });

  test('health goes the clients’ way too', async () => {
    expect((await d.say('omar', '/d2 health backend-api')).words).toMatch(world.road);
  });

  test('logs find errors by their level, whatever stands before it', async () => {
    const answer = await d.say('omar', '/d2 logs backend-api errors 24h');
    expect(answer.state).toBe('done');
    expect(answer.words).toMatch(/backend-api · dev/);
  });

  test('logs of one stream have its lines and none of the other’s', async () => {
    const of = async (stream: string) =>
      (await d.say('omar', `/d2 logs backend-api 4d --stream ${stream} --filter fare is NaN`)).words;
    expect(await of('err')).toContain('E unexpected error');
    expect(await of('out')).not.toContain('E unexpected error');
  });

  test('status names the alarm that fires', async () => {
    await d.disturb({ what: 'alarm', name: world.alarm });
    expect((await d.say('omar', '/d2 status')).words).toContain(world.alarm);
  });

  // The documents are the same; `trouble` and `shutdown` restart, stop and start what is in our own world.
  const verbs = ['reload', 'restart', 'flush', 'save', 'stop', 'start'];
  test.each(name === 'own' ? sampled(verbs, 3) : verbs)('pm2 %s touches its one service', async (verb) => {
    const service = world.services.at(-1) ?? '';
    const card = await d.say('omar', `/d2 pm2 ${verb} ${service}`);
    expect(card.state).toBe('waiting');
    await d.click('omar', card, card.buttons[0] ?? '');
    const ended = await d.message(card.id, 'done', 'failed', 'partly', 'unknown');
    expect(ended).toMatchObject({ state: 'done', words: expect.stringContaining('omar') });
    expect(await d.changes(card.id)).toEqual([`d2-pm2-${verb}`]);
  });

  test('a user is added with the role where this pool keeps it', async () => {
    const card = await d.say('omar', "/d2 cognito add-user o'brien@example.com --role driver");
    await d.click('omar', card, card.buttons[0] ?? '');
    const added = await d.message(card.id, 'done', 'failed', 'partly');
    expect(added).toMatchObject({ state: 'done', words: expect.stringContaining('mailed the invitation') });
    expect((await d.say('omar', "/d2 cognito show o'brien@example.com")).words).toMatch(/role[\s\S]*DRIVER/);
    const cognito = new CognitoIdentityProviderClient({
      region: 'ap-southeast-1',
      endpoint: `${d.sandbox.url}/aws`,
      credentials: { accessKeyId: 'AKIASANDBOXADA000000', secretAccessKey: 'sandbox-secret-of-ada' },
    });
    const user = { UserPoolId: d.sandbox.world.pool.id, Username: "o'brien@example.com" };
    const { UserAttributes } = await cognito.send(new AdminGetUserCommand(user));
    expect(UserAttributes?.find(({ Name }) => Name === 'custom:role')?.Value).toBe(world.attribute);
    const { Groups } = await cognito.send(new AdminListGroupsForUserCommand(user));
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['DRIVER']);
    cognito.destroy();
  });

  const federated = world.federated === undefined ? [] : [world.federated];
  test.each(federated)(
    'who signs in with an identity provider is found by their email, and added no second time: %s',
    async (email) => {
      const shown = await d.say('omar', `/d2 cognito show ${email}`);
      expect(shown.words).toMatch(/EXTERNAL_PROVIDER[\s\S]*role[\s\S]*PASSENGER/);
      expect(shown.words).not.toContain('ExistsDev_Google');
      const added = await d.say('omar', `/d2 cognito add-user ${email}`);
      expect(added).toMatchObject({ state: 'refused', words: expect.stringContaining('exists already') });
      expect((await d.say('omar', '/d2 cognito show Google_104382916450917726381')).state).toBe('done');
    },
  );

  test.each(world.mistakes)(
    '$what: its first use is answered with the line of d2.yaml that says so',
    async (mistake) => {
      const { line, wrong, message, hint, code = 'not-found' } = mistake;
      const lines = readFileSync(d.sandbox.terminal.D2_CONFIG ?? '', 'utf8').split('\n');
      const at = lines.findIndex((one) => one.trim() === line);
      const path = join(d.sandbox.folder, 'mistaken.yaml');
      writeFileSync(
        path,
        lines.map((one, index) => (index === at ? one.replace(line, wrong) : one)).join('\n'),
      );
      const { stdout, ...ended } = await runToEnd(
        process.execPath,
        [cli, 'cognito', 'config', '--json', '--config', path],
        { cwd: d.sandbox.folder, env: { ...process.env, ...d.sandbox.terminal } },
      );
      expect(ended).toMatchObject({ status: 1 });
      expect(JSON.parse(stdout)).toMatchObject({
        state: 'refused',
        error: { code, message, hint: hint(`mistaken.yaml:${at + 1}`) },
      });
    },
  );

  test('stop stops whatever has the environment’s tags and its database, and start brings it back', async () => {
    const card = await d.say('omar', '/d2 stop dev');
    expect(card.words).toMatch(world.saves);
    await d.click('omar', card, 'Stop dev');
    const asleep = await d.message(card.id, 'done', 'failed', 'partly', 'unknown');
    expect(asleep).toMatchObject({ state: 'done', text: expect.stringMatching(/^dev is asleep(?! but)/) });
    expect(asleep.buttons).toContain('Start dev');
    expect(await d.changes(card.id)).toEqual(world.stops);
    expect(await d.state('ec2')).toEqual(world.instances.map(() => 'stopped'));
    expect(await d.state('rds')).toEqual(['stopped']);
    expect((await d.say('omar', '/d2 status')).words).toMatch(/dev is asleep(?! but)/);
    expect((await d.say('omar', '/d2 stop dev')).text).toMatch(/asleep already/);
    const woken = await d.say('omar', '/d2 start dev');
    const up = await d.message(woken.id, 'done', 'failed', 'partly', 'unknown');
    expect(up).toMatchObject({ state: 'done', text: expect.stringMatching(/^dev is up/) });
    expect(up.buttons).toContain('Stop dev');
    expect(await d.state('ec2')).toEqual(world.instances.map(() => 'running'));
    expect((await d.say('omar', '/d2 start dev')).text).toMatch(/up already/);
  });

  test('cancel without anything under way says so', async () => {
    expect(await d.say('omar', '/d2 cancel dev')).toMatchObject({ state: 'refused' });
  });
});
