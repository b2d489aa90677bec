import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commands } from '../../src/commands/index.ts';
import { createBotProcess } from '../core/bot.ts';
import { ask, createWorld, now, type World } from './world.ts';

const ana = {
  username: 'ana',
  email: 'ana@example.com',
  status: 'CONFIRMED',
  enabled: true,
  createdAt: now,
  groups: ['ADMIN'],
};

// The catalog of the tests holds every reply to its command's schema; here is one line at least for each.
const reads: Record<string, [line: string, data: object]> = {
  status: ['status', { state: 'up', services: [{ name: 'backend-api', state: 'healthy' }], unknown: [] }],
  health: ['health', { state: 'healthy', instances: [{ health: { healthy: true, httpStatus: 200 } }] }],
  logs: ['logs', { service: 'backend-api', lines: [], more: false }],
  'pm2 list': ['pm2 list', { instances: [{ processes: [{ name: 'backend-api', status: 'online' }] }] }],
  'pm2 show': [
    'pm2 show',
    { instances: [{ processes: [{ name: 'backend-api', memoryBytes: 130_023_424 }] }] },
  ],
  'cognito list': ['cognito list', { users: [{ email: ana.email, roles: ['ADMIN'] }], more: false }],
  'cognito show': ['cognito show ana@example.com', { email: ana.email, createdAt: now.toISOString() }],
  'cognito config': ['cognito config', { pool: { name: 'd2-ride-booking-dev' }, users: 3 }],
  whoami: ['whoami', { id: 'U0OMAR', environments: [{ name: 'dev', role: 'operator' }, { name: 'prod' }] }],
  help: ['help', { commands: expect.arrayContaining([expect.objectContaining({ name: 'status' })]) }],
  menu: ['menu', { commands: expect.arrayContaining(['status', 'logs']) }],
};
const changes: Record<string, [line: string, data: object]> = {
  stop: [
    'stop dev',
    {
      changed: [
        { kind: 'EC2', before: 'running', after: 'stopped' },
        { kind: 'EC2', before: 'running', after: 'stopped' },
        { kind: 'RDS', before: 'available', after: 'stopped' },
      ],
      stillRunning: [],
    },
  ],
  start: ['start dev', { changed: [] }],
  'pm2 restart': ['pm2 restart', { changed: [{ after: 'restarted' }], processes: [{ pidBefore: 4711 }] }],
  'pm2 reload': ['pm2 reload', { processes: [{ statusAfter: 'online', saved: true }] }],
  'pm2 stop': ['pm2 stop', { changed: [{ kind: 'PM2', after: 'stopped' }] }],
  'pm2 start': ['pm2 start', { changed: [], processes: [] }],
  'pm2 save': ['pm2 save', { saved: [{ home: '/root/.pm2', processes: 1 }] }],
  'pm2 flush': ['pm2 flush', { freedBytes: 2_048 }],
  'cognito add-user': [
    'cognito add-user bob@example.com --role driver --no-email',
    { changed: [{ kind: 'Cognito', before: 'absent', after: 'present' }], role: 'DRIVER', mailed: false },
  ],
};

describe('the data of a command', () => {
  it('is tried for each of them, but for cancel, which needs something that runs', () => {
    const tried = [...Object.keys(reads), ...Object.keys(changes), 'cancel'];
    expect(tried.sort()).toEqual(commands.map(({ name }) => name).sort());
  });

  it.each(Object.entries(reads))('%s says what it shows', async (_, [line, data]) => {
    const { reply } = await ask(line, createWorld({ users: [ana] }));
    expect(reply.data).toMatchObject(data);
  });

  it.each(Object.entries(changes))('%s says what it changed', async (_, [line, data]) => {
    const stage = createBotProcess({ users: [ana] });
    const bot = stage.createBot();
    const { id, state, reply } = (await bot.say(line)).last();
    if (state === 'waiting') await bot.press(id, 'confirm');
    const last = stage.progress.final(id).at(-1);
    expect((last?.reply ?? reply).data).toMatchObject(data);
    if (last)
      expect(last.steps?.every((step) => step.state === 'done' || step.state === 'already')).toBe(true);
  });

  it('names what could not be read, instead of leaving it out', async () => {
    const silent: Partial<World> = { instances: new Error('x'), databases: new Error('x') };
    const { reply } = await ask('status', createWorld(silent));
    expect(reply.data).toMatchObject({
      state: 'unknown',
      services: [{ state: 'unknown', instances: [] }],
      unknown: [{ source: 'instances' }, { source: 'databases' }],
    });
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    '%s has a schema that editors can read',
    (_, { output }) => {
      expect(z.toJSONSchema(output)).toMatchObject({ type: 'object' });
    },
  );
});
