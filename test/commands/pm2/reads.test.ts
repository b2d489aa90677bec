import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/reply/errors.ts';
import type { Pm2Home } from '../../../src/platform/instances.ts';
import {
  appHome,
  ask,
  backend,
  createWorld,
  details,
  labels,
  now,
  process,
  refusal,
  rootHome,
  screen,
} from '../world.ts';

const looping = { ...process, restarts: 12, unstableRestarts: 3, startedAt: now.getTime() - 8_000 };
const homesWith = (...homes: Pm2Home[]) => createWorld({ homes });
const none = { ...rootHome, processes: [] };

describe('pm2 list', () => {
  it('looks at both homes and says which is which', async () => {
    const { reply } = await ask('ps');
    expect(screen(reply)).toBe(
      [
        'dev: 1 of 1 PM2 process online',
        'root’s PM2 (/root/.pm2)',
        'backend-api  online · up 3 h · ↺ 0',
        'ec2-user’s PM2 (/home/ec2-user/.pm2): not there',
      ].join('\n'),
    );
    expect(details(reply)).toContain(
      'root | 0 | backend-api | online | 4711 | 0 | 1 % | 124 MB | 1.0.0 | cluster',
    );
  });

  it('warns of a crash loop', async () => {
    const { reply } = await ask('pm2 list', homesWith({ ...rootHome, processes: [looping] }));
    expect(screen(reply)).toContain('dev: backend-api may be in a crash loop');
    expect(labels(reply)[0]).toBe('Errors');
  });

  it('does not call a fresh restart a crash loop', async () => {
    const fresh = { ...process, restarts: 1, startedAt: now.getTime() - 8_000 };
    const { reply } = await ask('pm2 list', homesWith({ ...rootHome, processes: [fresh] }));
    expect(reply.tone).toBe('good');
  });

  it('tells an empty list, a daemon that is not running and a PM2 that is not installed apart', async () => {
    expect(screen((await ask('pm2 list', homesWith(none))).reply)).toContain(
      'root’s PM2 (/root/.pm2): its list is empty',
    );
    const dead = await ask('pm2 list', homesWith({ ...none, state: 'not running' }, appHome));
    expect(screen(dead.reply)).toContain('no PM2 daemon runs');
    const missing = await ask('pm2 list', homesWith({ ...none, state: 'no pm2' }));
    expect(screen(missing.reply)).toContain('PM2 is not installed');
    expect(missing.reply.tone).toBe('bad');
  });

  it('shows an instance that cannot be asked as unknown', async () => {
    const offline = new UserError('unavailable', 'The SSM agent of i-080c218b1eb3925ee is offline.');
    const { reply } = await ask('pm2 list', createWorld({ homes: offline }));
    expect(screen(reply)).toContain('dev: PM2 unknown');
    expect(screen(reply)).toContain('unknown: The SSM agent of i-080c218b1eb3925ee is offline.');
  });

  it('offers Start when nothing runs', async () => {
    const error = await refusal('pm2 list', createWorld({ instances: [{ ...backend, state: 'stopped' }] }));
    expect(labels(error)).toContain('Start dev');
  });
});

describe('pm2 show', () => {
  it('tells a process whole', async () => {
    const { reply } = await ask('pm2 show backend-api');
    expect(screen(reply)).toContain('backend-api is online in dev');
    expect(screen(reply)).toContain('release  r42');
    expect(screen(reply)).toContain('in  root’s PM2');
    expect(details(reply)).toContain('script  /opt/apps/backend-api/current/dist/main.js');
    expect(details(reply)).toContain('error log  /root/.pm2/logs/backend-api-error.log');
  });

  it('warns of a crash loop with its figures', async () => {
    const { reply } = await ask('pm2 show', homesWith({ ...rootHome, processes: [looping] }));
    expect(screen(reply)).toContain('⚠ 12 restarts, up only 8 s');
    const errored = { ...process, status: 'errored', restarts: 16 };
    const gaveUp = await ask('pm2 show', homesWith({ ...rootHome, processes: [errored] }));
    expect(screen(gaveUp.reply)).toContain('⚠ PM2 gave up on it after 16 restarts.');
  });

  it('warns when both homes run the process', async () => {
    const { reply } = await ask(
      'pm2 show',
      homesWith(rootHome, { ...appHome, state: 'ok', processes: [process] }),
    );
    expect(screen(reply)).toContain('It runs in two PM2 homes');
  });

  it('names the next step when PM2 is absent, stopped, empty, or without that process', async () => {
    const said = async (...homes: Parameters<typeof homesWith>) => {
      const error = await refusal('pm2 show', homesWith(...homes));
      return `${error.message} ${error.hint}`;
    };
    expect(await said({ ...none, state: 'no pm2' })).toContain(
      'PM2 is not on root’s PATH on d2-ride-booking-dev-backend, nor in the login shell of its users. If nvm, volta or the like installed it, say its folder: bin in pm2.homes of d2.yaml.',
    );
    expect(await said({ ...none, state: 'not running' }, appHome)).toContain(
      'Starting backend-api starts PM2 too.',
    );
    expect(await said(none)).toContain('PM2 runs on d2-ride-booking-dev-backend, but its list is empty.');
    const other = { ...rootHome, processes: [{ ...process, name: 'web-driver' }] };
    expect(await said(other)).toContain(
      'PM2 on d2-ride-booking-dev-backend has no process "backend-api". It has web-driver.',
    );
    expect(labels(await refusal('pm2 show', homesWith(none)))).toContain('Start backend-api');
  });

  it('says why the instance cannot be asked, and offers the logs', async () => {
    const offline = new UserError('unavailable', 'The SSM agent of i-080c218b1eb3925ee is offline.');
    const error = await refusal('pm2 show', createWorld({ homes: offline }));
    expect(error.message).toBe('The SSM agent of i-080c218b1eb3925ee is offline.');
    expect(labels(error)).toEqual(['Logs', 'Status']);
  });

  it('does not know a service that is not configured', async () => {
    const error = await refusal('pm2 show backnd-api');
    expect(error.message).toContain('did you mean backend-api');
  });
});
