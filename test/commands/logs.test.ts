import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/reply/errors.ts';
import type { Reply } from '../../src/core/reply/reply.ts';
import { plain } from '../../src/core/reply/text.ts';
import type { LogEvent } from '../../src/platform/logs.ts';
import {
  ask,
  backend,
  createWorld,
  details,
  hoursAgo,
  labels,
  now,
  platformOf,
  pressed,
  refusal,
  screen,
  type World,
} from './world.ts';

const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const line = (minutes: number, fields: Record<string, unknown> | string): LogEvent => ({
  at: minutesAgo(minutes),
  stream: 'i-080c218b1eb3925ee/backend-api-out',
  message: typeof fields === 'string' ? fields : JSON.stringify(fields),
});
const request = (minutes: number, route = '/health', latencyMs = 3) =>
  line(minutes, { level: 'info', msg: 'request', method: 'GET', route, status: 200, latencyMs });
const logs = async (text: string, changes: Partial<World>) => {
  const world = createWorld(changes);
  return { ...(await ask(text, world)), world };
};
const lines = (reply: Reply) => reply.parts.flatMap((part) => (part.kind === 'log' ? part.lines : []));
const linkOf = (reply: Reply): string =>
  reply.parts
    .flatMap((part) => (part.kind === 'note' && typeof part.text !== 'string' ? part.text : []))
    .flatMap((span) => (typeof span !== 'string' && span.kind === 'link' ? [span.url] : []))[0] ?? '';

describe('logs', () => {
  it('picks JSON apart and folds equals in a row, oldest first', async () => {
    const { reply } = await logs('logs', {
      events: [
        request(30),
        request(20),
        line(10, { level: 'error', msg: 'login failed', err: { message: 'connect ECONNREFUSED' } }),
        line(5, { level: 50, msg: 'request', method: 'POST', route: '/rides', status: 500 }),
        line(4, 'plain words'),
      ],
    });
    expect(screen(reply).split('\n').slice(0, 7)).toEqual([
      'backend-api · dev · 1 h',
      '5 lines, folded to 4 · times GMT+8',
      'info GET /health 200 3 ms ×2',
      'error login failed · connect ECONNREFUSED',
      'error POST /rides 500',
      'plain words',
      'None before these since 2026-11-23T00:12:00.000Z',
    ]);
    expect(lines(reply)[0]?.at).toEqual(minutesAgo(30));
  });

  it('folds requests only where method, path, status and time are equal', async () => {
    const completed = (minutes: number, url: string, responseTime: number) =>
      line(minutes, {
        level: 30,
        msg: 'request completed',
        req: { method: 'GET', url },
        res: { statusCode: 200 },
        responseTime,
      });
    const { reply } = await logs('logs', {
      events: [
        completed(5, '/a', 12),
        completed(4, '/a', 12),
        completed(3, '/b', 12),
        completed(2, '/b', 40),
      ],
    });
    expect(screen(reply).split('\n').slice(2, 5)).toEqual([
      'info GET /a 200 12 ms ×2',
      'info GET /b 200 12 ms',
      'info GET /b 200 40 ms',
    ]);
  });

  it('shows a stack behind Details, whether it came in one event or in many', async () => {
    const stack = ['TypeError: no fare', '    at price (/opt/x.js:3:1)', '    at run (/opt/y.js:9:1)'];
    const many = stack.map((text) => line(4, text));
    const { reply } = await logs('errors', { events: [line(5, stack.join('\n')), line(5, 'ok'), ...many] });
    expect(lines(reply).map(({ text }) => text)).toEqual([
      'TypeError: no fare · at price (/opt/x.js:3:1) (+1 line)',
    ]);
    expect(screen(reply)).toContain('×2');
    expect(details(reply)).toContain('at run (/opt/y.js:9:1)');
    expect(reply.data).toMatchObject({ lines: [{ stack: stack.slice(1) }] });
  });

  it('shows what it does not understand as it is, leaves none of it out, and calls none an error', async () => {
    const odd = ['{"level":', '<<<>>>', '  indented', '[]', 'null', '"quoted"', '=-=-=', '%d'];
    const { reply } = await logs('logs', { events: odd.map((text, index) => line(20 - index, text)) });
    expect(lines(reply).map(({ text }) => text)).toEqual(odd.map((text) => text.trim()));
    expect(lines(reply).every(({ level }) => level === undefined)).toBe(true);
  });

  it('shows ten at first, says how many there are, and has the rest behind a button', async () => {
    const events = Array.from({ length: 37 }, (_, index) => line(37 - index, `line ${index + 1}`));
    const { reply } = await logs('logs', { events });
    expect(screen(reply)).toContain('37 lines, 10 shown');
    expect(lines(reply).map(({ text }) => text)).toEqual(
      Array.from({ length: 10 }, (_, index) => `line ${index + 28}`),
    );
    expect(labels(reply)).toEqual(['50', 'Errors', 'Older', 'From PM2’s files', 'Refresh']);
    const all = await ask('logs --lines 50', createWorld({ events }));
    expect(lines(all.reply)).toHaveLength(37);
  });

  it('never says a total that it did not read', async () => {
    const { reply } = await logs('logs', { events: [line(1, 'a')], more: true });
    expect(screen(reply)).toContain('the newest 1 line');
    expect(screen(reply)).toContain('There are older ones since');
  });

  it('says back to when it searched', async () => {
    const { reply } = await logs('logs 1d', { events: [line(1, 'a')], searchedBackTo: hoursAgo(2) });
    expect(screen(reply)).toContain('Searched back to 2026-11-22T23:12:00.000Z only');
  });

  it('gives Older that ends where the shown lines begin', async () => {
    const events = Array.from({ length: 12 }, (_, index) => line(20 - index, `line ${index}`));
    const { reply, world } = await logs('logs errors --filter line', {
      events: events.map((event) => ({ ...event, message: `${event.message} "level":"error"` })),
    });
    const older = pressed(reply, 'Older');
    expect(older.args).toMatchObject({ level: 'error', filter: 'line', until: minutesAgo(18).toISOString() });
    await ask(`logs --since ${older.args.since} --until ${older.args.until}`, world);
    expect(world.searches.at(-1)).toMatchObject({ since: minutesAgo(60), until: minutesAgo(18) });
  });

  it('searches the span before when this one has no more', async () => {
    const { reply } = await logs('logs 2h', { events: [line(1, 'a')] });
    expect(pressed(reply, 'Older').args).toMatchObject({ until: hoursAgo(2).toISOString() });
  });

  it('cuts a huge line where one can see it', async () => {
    const { reply } = await logs('logs', {
      events: [line(1, 'y'.repeat(9_000)), line(1, 'first\nsecond\nthird')],
    });
    expect(lines(reply)[0]?.text).toBe(`${'y'.repeat(200)}… (9,000 characters)`);
    expect(lines(reply)[1]?.text).toBe('first (+2 lines)');
  });

  it('keeps what a line claims as text', async () => {
    const { reply } = await logs('logs', {
      events: [line(1, { msg: '<!channel> *hi*', __proto__: { level: 'x' } }), line(1, '{"broken')],
    });
    expect(lines(reply).map(({ text }) => text)).toEqual(['<!channel> *hi*', '{"broken']);
  });

  it('reads the span, the level and the words as they are typed', async () => {
    const { world } = await logs('errors 30m --stream err --filter fare is NaN', { events: [] });
    expect(world.searches[0]).toEqual({
      group: '/aws/ec2/dev-d2-ride-booking-backend',
      since: minutesAgo(30),
      words: 'fare is NaN',
      level: 'error',
      stream: 'err',
      limit: 200,
    });
  });

  it('reads dates and clock times in the team’s zone', async () => {
    const since = async (text: string) => (await logs(`logs ${text}`, {})).world.searches[0];
    expect(await since('08:30')).toMatchObject({ since: new Date('2026-11-23T00:30:00Z') });
    // 23:00 in Kuala Lumpur is still to come today.
    expect(await since('23:00')).toMatchObject({ since: new Date('2026-11-22T15:00:00Z') });
    expect(await since('--since 2026-11-20 --until 2026-11-20')).toMatchObject({
      since: new Date('2026-11-19T16:00:00Z'),
      until: new Date('2026-11-20T16:00:00Z'),
    });
    expect(await since('yesterday')).toMatchObject({ since: new Date('2026-11-21T16:00:00Z') });
    expect(await since('2026-11-22T09:30')).toMatchObject({ since: new Date('2026-11-22T01:30:00Z') });
  });

  it('reads times by the clock of a zone whose days are not all 24 hours', async () => {
    const since = async (text: string) => {
      const world = createWorld({});
      await ask(`logs ${text}`, world, {
        platform: { ...platformOf(world), timezone: 'America/New_York' },
      });
      return world.searches[0]?.since;
    };
    // Clocks went back on 1 November 2026: before it the zone is 4 hours behind UTC, after it 5.
    expect(await since('2026-10-31')).toEqual(new Date('2026-10-31T04:00:00Z'));
    expect(await since('2026-11-01')).toEqual(new Date('2026-11-01T04:00:00Z'));
    expect(await since('2026-11-02')).toEqual(new Date('2026-11-02T05:00:00Z'));
    expect(await since('2026-11-01T01:30')).toEqual(new Date('2026-11-01T05:30:00Z'));
    // They had gone forward on 8 March: 02:30 was not on the clock, and is read as an hour later.
    expect(await since('2026-03-08T02:30')).toEqual(new Date('2026-03-08T07:30:00Z'));
  });

  it('refuses a span that is empty or still to come, and a time that is none', async () => {
    expect((await refusal('logs --since 1h --until 2h')).message).toContain('That span is empty');
    expect((await refusal('logs --since 2027-01-01')).message).toContain('still to come');
    for (const word of [
      '99y',
      '2025-13-45',
      '2026-02-31',
      '2026-11-22T25:00',
      '2026-11-22T09:30:60',
      '25:00',
    ]) {
      const { message, hint } = await refusal(`logs --since ${word}`);
      expect(message).toContain('how long ago (30m, 2h, 1d');
      expect(plain(hint ?? '')).toContain('For example');
    }
  });

  it('refuses a filter of 201 characters, and more lines than one look reads', async () => {
    expect((await refusal(`logs --filter ${'a'.repeat(201)}`)).message).toContain('up to 200 characters');
    await expect(ask(`logs --filter ${'a'.repeat(200)}`)).resolves.toBeDefined();
    expect((await refusal('logs --lines 201')).message).toContain('a whole number from 1 to 200');
  });

  it('links to the console at that query', async () => {
    const { reply } = await logs('logs --filter fare', { events: [line(1, 'fare')] });
    const url = linkOf(reply);
    expect(url).toContain('log-group/$252Faws$252Fec2$252Fdev-d2-ride-booking-backend/log-events$3F');
    expect(url).toContain(
      `start$3D${hoursAgo(1).getTime()}$26end$3D${now.getTime()}$26filterPattern$3D$2522fare$2522`,
    );
  });

  it('links to the console with the words, or with a pattern for the level', async () => {
    const patternOf = async (text: string) => {
      const { reply } = await logs(`logs ${text}`, { events: [line(1, 'fare')] });
      const [, pattern = ''] = /filterPattern\$3D(.*)$/.exec(linkOf(reply) ?? '') ?? [];
      return decodeURIComponent(decodeURIComponent(pattern.replaceAll('$', '%')));
    };
    expect(await patternOf('--filter fare is NaN')).toBe('"fare is NaN"');
    expect(await patternOf('errors')).toMatch(/^%.*[Ee].*rror\|ERR.*%$/);
    expect((await patternOf('errors')).length).toBeLessThan(150);
  });
});

describe('logs that find nothing', () => {
  it('say when the last line was and offer it', async () => {
    const { reply } = await logs('logs 30m', { lastEventAt: hoursAgo(5) });
    expect(screen(reply)).toContain('backend-api · dev: no line in 30 m');
    expect(screen(reply)).toContain('last line  2026-11-22T20:12:00.000Z');
    expect(pressed(reply, 'The last lines').args).toMatchObject({ since: hoursAgo(6).toISOString() });
  });

  it('say that the environment is asleep and offer Start', async () => {
    const { reply } = await logs('logs', {
      instances: [{ ...backend, state: 'stopped' }],
      lastEventAt: hoursAgo(5),
    });
    expect(screen(reply)).toContain('dev is asleep: the instance is stopped');
    expect(labels(reply)).toContain('Start dev');
  });

  it('say what narrowed the search and offer all lines', async () => {
    const { reply } = await logs('logs errors --filter fare', { lastEventAt: now });
    expect(screen(reply)).toContain('only lines with "fare", capitals as typed, only lines of level error');
    expect(pressed(reply, 'All lines').args).not.toHaveProperty('filter');
  });

  it('say that the group is empty', async () => {
    const { reply } = await logs('logs', {});
    expect(screen(reply)).toContain('last line  never');
    expect(screen(reply)).toContain('the log group is empty');
    expect(labels(reply)).toContain('From PM2’s files');
  });

  it('refuse when the group can’t be searched, and offer PM2’s files', async () => {
    const closed = new UserError('unavailable', 'It is of class INFREQUENT_ACCESS.', {
      hint: 'Use Insights.',
    });
    const refused = await refusal('logs', createWorld({ events: closed }));
    expect(refused).toMatchObject({ code: 'unavailable', message: 'It is of class INFREQUENT_ACCESS.' });
    expect(plain(refused.hint ?? '')).toBe('Use Insights. PM2’s own files can be read with --from pm2.');
    expect(pressed(refused, 'From PM2’s files').args).toMatchObject({ from: 'pm2' });
  });

  it('say back to where they looked, and go on from there', async () => {
    const { reply } = await logs('logs 1d --filter needle', {
      searchedBackTo: hoursAgo(2),
      lastEventAt: now,
    });
    expect(screen(reply)).toContain('Searched back to 2026-11-22T23:12:00.000Z only');
    expect(pressed(reply, 'Older').args).toMatchObject({
      since: hoursAgo(24).toISOString(),
      until: hoursAgo(2).toISOString(),
      filter: 'needle',
    });
  });

  it('refuse when the group is absent or not configured, and offer PM2’s files', async () => {
    const absent = new UserError('not-found', 'There is no log group /aws/x.', { hint: 'Check logGroup.' });
    const missing = await refusal('logs', createWorld({ events: absent }));
    expect(missing.message).toBe('There is no log group /aws/x.');
    expect(plain(missing.hint ?? '')).toContain(
      'd2.yaml environments.dev.services.backend-api.logs names it',
    );
    expect(plain(missing.hint ?? '')).not.toContain('logGroup');
    expect(plain(missing.hint ?? '')).toContain('--from pm2');
    expect(pressed(missing, 'From PM2’s files').args).toMatchObject({ from: 'pm2' });
    const unset = await refusal('logs', createWorld({ logGroup: undefined }));
    expect(plain(unset.hint ?? '')).toContain('Say it in d2.yaml environments.dev.services.backend-api.logs');
  });
});

describe('logs from PM2’s files', () => {
  const at = (minutes: number) => minutesAgo(minutes).toISOString();
  const files = {
    out: [
      JSON.stringify({ time: at(300), level: 'info', msg: 'old' }),
      JSON.stringify({ time: at(9), level: 'info', msg: 'served' }),
    ],
    err: [JSON.stringify({ time: at(8), level: 'error', msg: 'broke' }), '    at stack (main.js:1)'],
  };

  it('merge both files by time', async () => {
    const { reply } = await logs('pm2 logs', { files });
    expect(lines(reply).map(({ text }) => text)).toEqual(['served', 'broke · at stack (main.js:1)']);
    expect(labels(reply)).toContain('From CloudWatch');
    expect(linkOf(reply)).toBe('');
  });

  it('take one stream, a level, and words', async () => {
    const texts = async (text: string) =>
      lines((await logs(text, { files })).reply).map(({ text: said }) => said);
    expect(await texts('logs --from pm2 --stream out')).toEqual(['served']);
    expect(await texts('logs info --from pm2 --filter served')).toEqual(['served']);
    expect(await texts('logs errors --from pm2')).toEqual(['broke · at stack (main.js:1)']);
  });

  it('merge the files of all workers by time, and name the worker', async () => {
    const said = (minutes: number, msg: string) => JSON.stringify({ level: 30, time: at(minutes), msg });
    const out = [0, 1, 2, 3].map((worker) => ({
      path: `/root/.pm2/logs/backend-api-out-${worker}.log`,
      worker,
      lines: [said(20 - worker, `a${worker}`), said(10 - worker, 'same')],
    }));
    const { reply } = await logs('pm2 logs', { files: { out, err: [] } });
    expect(lines(reply).map(({ text }) => text)).toEqual([
      'a0 · worker 0',
      'a1 · worker 1',
      'a2 · worker 2',
      'a3 · worker 3',
      ...[0, 1, 2, 3].map((worker) => `same · worker ${worker}`),
    ]);
  });

  it('take a line without a time for as old as the one before it, and hide none that may be in the span', async () => {
    const texts = async (line: string, file: { lines: string[]; writtenAt?: Date }) =>
      lines(
        (await logs(line, { files: { out: [JSON.stringify({ time: at(2), msg: 'served' })], err: [file] } }))
          .reply,
      ).map(({ text, at: when }) => `${text} ${when?.toISOString() ?? ''}`.trim());
    const date = (minutes: number) => at(minutes).replace('T', ' ').replace('Z', ' +00:00');
    // Nothing was written to the file for ten months.
    expect(await texts('errors 5m --from pm2', { lines: ['old crash'], writtenAt: hoursAgo(7_000) })).toEqual(
      [],
    );
    // What was written just now, after a line of ten months ago, is the newest.
    const crash = { lines: ['2026-01-21 09:00:00 +00:00: old', 'fresh crash'], writtenAt: minutesAgo(1) };
    expect(await texts('errors 5m --from pm2', crash)).toEqual(['fresh crash']);
    expect(await texts('logs 5m --from pm2', crash)).toEqual([`served ${at(2)}`, 'fresh crash']);
    // A mix, and no word of when the file was written to.
    const mix = { lines: ['first', `${date(4)}: second`, 'third', `${date(1)}: fourth`, 'fifth'] };
    expect(await texts('logs 5m --from pm2', mix)).toEqual([
      'first',
      `second ${at(4)}`,
      `third ${at(4)}`,
      `served ${at(2)}`,
      `fourth ${at(1)}`,
      `fifth ${at(1)}`,
    ]);
    expect(await texts('logs --since 3m --from pm2', mix)).toEqual([
      `served ${at(2)}`,
      'third',
      `fourth ${at(1)}`,
      `fifth ${at(1)}`,
    ]);
  });

  it('read a file that both streams go to once', async () => {
    const both = [{ path: '/root/all.log', lines: ['once'] }];
    const { reply } = await logs('pm2 logs', { files: { out: both, err: both } });
    expect(lines(reply)).toEqual([{ text: 'once' }]);
  });

  it('say what a rotation put away', async () => {
    const unread =
      'api-out.log was rotated at 2026-11-23T01:00:00Z, and api-out__x.log.gz could not be read: x';
    const { reply } = await logs('pm2 logs', { files: { ...files, out: [{ lines: ['a'], unread }] } });
    expect(screen(reply)).toContain(`Not read: ${unread}`);
  });

  it('say which file was not read', async () => {
    const { reply } = await logs('logs --from pm2', {
      files: { ...files, err: new UserError('not-found', 'no log file') },
    });
    expect(screen(reply)).toContain('Not read: err of i-080c218b1eb3925ee: no log file');
  });

  it('are refused when the agent is offline, with CloudWatch as the way', async () => {
    const offline = new UserError('unavailable', 'The SSM agent of i-080c218b1eb3925ee is offline.');
    const error = await refusal('logs --from pm2', createWorld({ files: { out: offline, err: offline } }));
    expect(error.message).toContain('The SSM agent of i-080c218b1eb3925ee is offline.');
    expect(labels(error)).toEqual(['From CloudWatch']);
  });
});
