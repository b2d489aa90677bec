import { describe, expect, it } from 'vitest';
import { plain } from '../../src/core/reply/text.ts';
import type { EnvironmentSettings } from '../../src/platform/settings.ts';
import { createBotProcess } from '../core/bot.ts';
import { serviceOf } from '../environment-settings.ts';
import {
  ask,
  backend,
  bastion,
  createWorld,
  details,
  process,
  rds,
  refusal,
  screen,
  type World,
  well,
} from './world.ts';

const host = {
  ...backend,
  id: 'i-0c5f2e9a71b3d8046',
  name: 'dev-d2-ride-booking-app-host',
  tags: { Service: 'app-host', ServiceBackend: 'backend-api', ServiceDriver: 'web-driver' },
};
const services = [
  serviceOf('backend-api', {
    tag: { key: 'ServiceBackend', value: 'backend-api' },
    url: 'https://api.d2.example.com',
    logGroup: '/dev/backend-api',
    streams: { out: 'stdout', err: 'stderr' },
  }),
  serviceOf('web-driver', {
    tag: { key: 'ServiceDriver', value: 'web-driver' },
    logGroup: '/dev/web-driver',
  }),
];
const processes = [
  { ...process, mode: 'fork' },
  { ...process, id: 1, name: 'web-driver', pid: 4712, port: 3001, mode: 'fork' },
];
const where = (path: string) => `d2.yaml:7 environments.dev.${path}`;

/** One host for two services, names and tags of another team. */
const existing = (
  changes: Partial<World> = {},
  settings: Partial<EnvironmentSettings> = {},
): Partial<World> => ({
  instances: [host, bastion],
  homes: [{ home: '/home/appuser/.pm2', owner: 'appuser', state: 'ok', processes }],
  agents: [host, bastion].map(({ id }) => ({ instance: id, online: true, version: '3.3.2746.0' })),
  balancers: [
    {
      name: 'dev-d2-ride-booking-alb',
      state: 'active',
      url: 'http://dev-alb.example.com:80',
      targets: [3000, 3001].map((port) => ({ id: host.id, port, state: 'healthy', reason: undefined })),
    },
  ],
  settings: { services, where, ...settings },
  ...changes,
});
const asked = async (line: string, changes: Partial<World> = {}) =>
  (await ask(line, createWorld(existing(changes)))).reply;

describe('one host with two services', () => {
  it('has a row for each in status, and each its own process under Details', async () => {
    const reply = await asked('status');
    expect(plain(reply.title)).toBe('dev is up and well');
    expect(screen(reply).match(/^(backend-api|web-driver) {2}ok/gm)).toHaveLength(2);
    expect(details(reply).match(/i-0c5f2e9a71b3d8046 \| running/g)).toHaveLength(1);
    expect(details(reply)).toContain('i-0c5f2e9a71b3d8046:3000 healthy, i-0c5f2e9a71b3d8046:3001 healthy');
    expect(details(reply)).toContain('web-driver PM2  online');
  });

  it('is one instance in pm2 list, and one process in pm2 show', async () => {
    const list = await asked('pm2 list');
    expect(plain(list.title)).toBe('dev: 2 of 2 PM2 processes online');
    expect(screen(list).match(/^web-driver/gm)).toHaveLength(1);
    expect(details(await asked('pm2 show web-driver'))).toContain('port  3001');
  });

  it('is started and stopped once, each step naming its service', async () => {
    const stage = createBotProcess(existing());
    const bot = stage.createBot();
    const card = (await bot.say('stop dev')).last();
    await bot.press(card.id, 'confirm');
    const end = stage.progress.final(card.id).at(-1);
    expect(stage.world.mutations).toEqual([
      `ssm:SendCommand d2-pm2-stop ${host.id} backend-api`,
      `ssm:SendCommand d2-pm2-stop ${host.id} web-driver`,
      `ec2:StopInstances ${host.id} ${bastion.id}`,
      `rds:StopDBInstance ${rds.id}`,
    ]);
    expect(end && screen(end.reply)).toContain('done PM2 stopped · web-driver');
    expect(end && plain(end.reply.title)).toContain('dev is asleep');
  });

  it('is refused where both services have one name in PM2, with the lines that say so', async () => {
    const twins = services.map((service) => ({ ...service, pm2: 'app' }));
    const world = createWorld(existing({}, { services: twins }));
    const { message, hint } = await refusal('pm2 show web-driver', world);
    expect(message).toBe(
      'web-driver and backend-api are both on dev-d2-ride-booking-app-host, and both are app in PM2.',
    );
    expect(hint).toContain('d2.yaml:7 environments.dev.services.web-driver.pm2');
    const status = (await ask('status', world)).reply;
    expect(plain(status.title)).toContain('backend-api unknown');
    expect(screen(status)).toContain('web-driver has the same name in PM2, see d2.yaml:7');
  });
});

describe('what d2.yaml says and AWS does not have', () => {
  it('is told with its line: a service that no instance carries', async () => {
    const { message, hint } = await refusal(
      'health web-driver',
      createWorld(existing({ instances: [bastion] })),
    );
    expect(message).toBe('There is no web-driver instance in dev.');
    expect(hint).toContain('ServiceDriver=web-driver');
    expect(hint).toContain('d2.yaml:7 environments.dev.services.web-driver.tag');
  });
});

describe('an environment of which only unlisted things run', () => {
  const other = { ...host, id: 'i-0other', name: 'worker', tags: { Service: 'worker' } };
  const asleep = {
    instances: [{ ...host, state: 'stopped' }, other],
    databases: [{ ...rds, state: 'stopped' }],
  };

  it('is never said to be asleep: what runs is named with its price', async () => {
    const reply = await asked('status', asleep);
    expect(plain(reply.title)).toBe('dev is asleep but for worker');
    expect(screen(reply)).toContain('Still running  worker (i-0other) $0.03/h');
  });

  it('waits for no agent of theirs when it is started', async () => {
    const stage = createBotProcess(
      existing({
        ...asleep,
        instances: [
          { ...host, state: 'stopped' },
          { ...other, state: 'stopped' },
        ],
      }),
    );
    const card = (await stage.createBot().say('start dev')).last();
    const end = stage.progress.final(card.id).at(-1) ?? card;
    expect(end.state).toBe('done');
    expect(stage.world.mutations).toContain(`ec2:StartInstances ${host.id} i-0other`);
  });
});

describe('health by the addresses of clients', () => {
  it('asks the service’s own', async () => {
    expect(screen(await asked('health backend-api'))).toContain('through api.d2.example.com  ok');
  });

  it('takes a balancer that redirects for no answer, and says where to write the address', async () => {
    const moved = { ...well, status: 301, location: 'https://dev-alb.example.com:443/health' };
    const reply = await asked('health web-driver', { balancerHealth: moved });
    expect(plain(reply.title)).toBe('web-driver is well');
    expect(screen(reply)).toContain('redirects to https://dev-alb.example.com:443/health');
    expect(screen(reply)).toContain('d2.yaml:7 environments.dev.services.web-driver.url');
  });
});

describe('logs of another team', () => {
  const at = new Date('2026-11-23T01:00:00Z');
  it('know the error stream by its configured word', async () => {
    const events = [
      { at, stream: `${host.id}-stderr`, message: 'boom' },
      { at, stream: `${host.id}-stdout`, message: 'fine' },
    ];
    const reply = await asked('logs backend-api', { events });
    expect(screen(reply)).toContain('error boom\nfine');
  });
});
