import { describe, expect, it } from 'vitest';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import type { Part } from '../../../src/core/reply/parts.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import type { Instances } from '../../../src/platform/instances.ts';
import { ada, screen } from '../../commands/world.ts';
import { createBotProcess, wordsOf } from '../bot.ts';
import { wrapStores } from '../in-memory.ts';

type Look = Instances['findSentCommand'];
type Stage = ReturnType<typeof createBotProcess>;

const sent: Awaited<ReturnType<Look>> = { id: 'c1', status: 'Success' };
const silent = () => new UserError('unavailable', 'SSM does not answer.');
const minutes = (count: number) => count * 60_000;

/** A bot whose restart loses its answer, and what looking for it says so many ms later. */
function createStage(say: (ms: number, stage: Stage) => ReturnType<Look> | Awaited<ReturnType<Look>>) {
  const stage = createBotProcess();
  const restarts: string[] = [];
  let lostAt = 0;
  const wrap = (environment: Environment): Environment => ({
    ...environment,
    instances: {
      ...environment.instances,
      async pm2(instance, verb) {
        restarts.push(`${verb} ${instance}`);
        lostAt = stage.clock.now().getTime();
        throw new OutcomeUnknown('ssm:SendCommand was sent, and its answer never came.');
      },
      findSentCommand: async () => say(stage.clock.now().getTime() - lostAt, stage),
    },
  });
  return { stage, restarts, wrap, lookedFor: () => stage.clock.now().getTime() - lostAt };
}

async function restart(
  say: Parameters<typeof createStage>[0],
  bots: (stage: Stage) => Parameters<Stage['createBot']>[0] = () => ({}),
) {
  const { stage, restarts, wrap, lookedFor } = createStage(say);
  const bot = stage.createBot({ ...bots(stage), wrap });
  const { id } = (await bot.say('restart')).last();
  await bot.press(id, 'confirm');
  const [end] = stage.progress.final(id);
  if (!end) throw new Error('it did not end');
  return { stage, restarts, end, id, lookedFor };
}

describe('a restart whose answer was lost', () => {
  it('is looked for ten minutes, and failed with nothing changed where it is not found', async () => {
    const { end, restarts, lookedFor, stage } = await restart(() => undefined);
    expect(end.state).toBe('failed');
    expect(plain(end.reply.title)).toBe('pm2 restart dev: failed, nothing changed');
    expect(wordsOf(end)).toContain('nothing of it was found');
    expect(lookedFor()).toBeGreaterThanOrEqual(minutes(10));
    expect(restarts).toHaveLength(1);
    expect(stage.audit.events.map(({ event, outcome }) => outcome ?? event)).toEqual(['intent', 'failed']);
    expect(stage.memory.left()).toEqual([]);
  });

  it.each([1, 8])('is done where it shows %s min later', async (late) => {
    const { end, restarts } = await restart((ms) => (ms > minutes(late) ? sent : undefined));
    expect(end.state).toBe('done');
    expect(restarts).toHaveLength(1);
  });

  it('is unknown where no look ever succeeds', async () => {
    const { end, lookedFor } = await restart(() => Promise.reject(silent()));
    expect(end.state).toBe('unknown');
    expect(wordsOf(end)).toContain('could not be seen');
    expect(lookedFor()).toBeGreaterThanOrEqual(minutes(10));
  });

  it('is what the look says at the end, however long no look succeeded before', async () => {
    const late = (found: Awaited<ReturnType<Look>>) => (ms: number) =>
      ms > minutes(9) ? found : Promise.reject(silent());
    expect((await restart(late(undefined))).end.state).toBe('failed');
    expect((await restart(late(sent))).end.state).toBe('done');
  });

  it('is unknown where looks succeeded only before it could have shown', async () => {
    const { end } = await restart((ms) => (ms < 5_000 ? undefined : Promise.reject(silent())));
    expect(end.state).toBe('unknown');
  });

  it.each(['Pending', 'InProgress', 'Delayed'])('is never called undone while it is %s', async (status) => {
    const { end, lookedFor } = await restart(() => ({ id: 'c1', status }));
    expect(end.state).toBe('unknown');
    expect(lookedFor()).toBeGreaterThanOrEqual(minutes(10));
  });

  it.each(['Failed', 'TimedOut', 'Cancelled'])('is unknown at once where it ended as %s', async (status) => {
    const { end, lookedFor } = await restart(() => ({ id: 'c1', status }));
    expect(end.state).toBe('unknown');
    expect(lookedFor()).toBeLessThan(minutes(1));
  });

  it('shows what is looked for, and since when', async () => {
    const shown: string[] = [];
    await restart((_, stage) => {
      const [{ id } = { id: '' }] = stage.memory.records();
      const latest = stage.progress.messages(id).at(-1)?.at(-1);
      if (latest) shown.push(...latest.reply.parts.flatMap(notesOf));
      return undefined;
    });
    expect(shown).toContainEqual(
      expect.stringMatching(/^its answer was lost; looking whether it happened, since 2026-11-23T01:1/),
    );
    expect(new Set(shown).size).toBe(1);
  });

  it('keeps its lease meanwhile', async () => {
    const held: boolean[] = [];
    await restart(async (_, stage) => {
      const lock = await stage.memory.locks.holder({ env: 'dev' });
      held.push(lock !== undefined && lock.until > stage.clock.now().getTime());
      return undefined;
    });
    expect(new Set(held)).toEqual(new Set([true]));
  });

  it('is looked for also while the table does not answer', async () => {
    let down = false;
    const { end } = await restart(
      (ms) => {
        down = ms > minutes(2) && ms < minutes(7);
        return ms > minutes(8) ? sent : undefined;
      },
      (stage) => ({
        stores: wrapStores(
          stage.memory,
          <T extends object>(part: T): T =>
            new Proxy(part, {
              get(target, name) {
                const value: unknown = Reflect.get(target, name);
                if (typeof value !== 'function') return value;
                return async (...args: unknown[]) => {
                  if (down) throw new UserError('unavailable', 'The table does not answer.');
                  return Reflect.apply(value, target, args);
                };
              },
            }),
        ),
      }),
    );
    expect(end.state).toBe('done');
  });

  it('ends a minute after Cancel, nothing changed where nothing was found', async () => {
    let pressed: Promise<unknown> | undefined;
    const { end, restarts, lookedFor } = await restart((ms, stage) => {
      const [record] = stage.memory.records();
      if (record && ms > 5_000) pressed ??= stage.createBot().press(record.id, 'cancel', ada);
      return undefined;
    });
    await pressed;
    expect(end.state).toBe('failed');
    expect(plain(end.reply.title)).toBe('pm2 restart dev: cancelled, nothing changed');
    expect(lookedFor()).toBeLessThan(minutes(2));
    expect(restarts).toHaveLength(1);
  });
});

describe('what may be sent twice', () => {
  it('is not sent again after Cancel', async () => {
    const stage = createBotProcess();
    let calls = 0;
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        databases: {
          ...environment.databases,
          async stopDatabase(_, call) {
            calls += 1;
            await stage.createBot().press(call.operation, 'cancel', ada);
            throw new OutcomeUnknown('The answer of RDS was lost.');
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev rds')).last();
    await bot.press(id, 'confirm');
    expect(calls).toBe(1);
    expect(stage.progress.final(id).map(({ reply }) => plain(reply.title))).toEqual([
      'stop dev: cancelled, nothing changed',
    ]);
  });

  it('and is lost twice without a trace did not happen', async () => {
    const stage = createBotProcess();
    let calls = 0;
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        databases: {
          ...environment.databases,
          async stopDatabase() {
            calls += 1;
            throw new OutcomeUnknown('The answer of RDS was lost.');
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev rds')).last();
    await bot.press(id, 'confirm');
    expect(calls).toBe(2);
    expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['failed']);
  });
});

describe('a process that died while it looked', () => {
  it.each([
    ['done', sent],
    ['failed', undefined],
  ] as const)('is followed by one that looks on, and ends as %s', async (state, found) => {
    const { stage, restarts, wrap } = createStage((ms) => (ms > minutes(4) ? found : undefined));
    const dying = stage.createBot({
      wrap: (environment) => {
        const lossy = wrap(environment);
        return {
          ...lossy,
          instances: {
            ...lossy.instances,
            findSentCommand: async (...asked) =>
              restarts.length > 0
                ? new Promise<never>(() => undefined)
                : lossy.instances.findSentCommand(...asked),
          },
        };
      },
    });
    const { id } = (await dying.say('restart')).last();
    void dying.press(id, 'confirm');
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    const since = stage.memory.records()[0]?.steps[0]?.lookingSince;
    expect(since).toBeTypeOf('number');
    const lock = await stage.memory.locks.holder({ env: 'dev' });
    stage.clock.advance((lock?.until ?? 0) + minutes(2) - stage.clock.now().getTime());
    const shown: string[] = [];
    const next = stage.createBot({
      wrap: (environment) => {
        const lossy = wrap(environment);
        return {
          ...lossy,
          instances: {
            ...lossy.instances,
            async findSentCommand(...asked) {
              shown.push(String(stage.memory.records()[0]?.steps[0]?.lookingSince));
              return lossy.instances.findSentCommand(...asked);
            },
          },
        };
      },
    });
    await next.lookForOrphans();
    expect(stage.progress.final(id).map((answer) => answer.state)).toEqual([state]);
    expect(restarts).toHaveLength(1);
    expect(new Set(shown)).toEqual(new Set([String(since)]));
  });
});

describe('an operation that sent nothing', () => {
  it('failed with nothing changed, whichever write of the table was refused', async () => {
    for (const refused of ['sent', 'renew'] as const) {
      const stage = createBotProcess();
      let left = 1;
      const refuse = () => {
        left -= 1;
        throw new UserError('unavailable', 'The table does not answer.');
      };
      const bot = stage.createBot({
        stores: {
          ...stage.memory,
          operations: {
            ...stage.memory.operations,
            save: async (record, rev) =>
              refused === 'sent' && left > 0 && record.steps.some((step) => step.sent)
                ? refuse()
                : stage.memory.operations.save(record, rev),
          },
          locks: {
            ...stage.memory.locks,
            renew: async (...renewal) =>
              refused === 'renew' && left > 0 && stage.memory.records()[0]?.steps.some((step) => step.sent)
                ? refuse()
                : stage.memory.locks.renew(...renewal),
          },
        },
      });
      const { id } = (await bot.say('stop dev rds')).last();
      await bot.press(id, 'confirm');
      expect(left, refused).toBe(0);
      expect(stage.world.mutations, refused).toEqual([]);
      expect(stage.progress.final(id).map(({ reply }) => plain(reply.title))).toEqual([
        'stop dev: failed, nothing changed',
      ]);
    }
  });

  it('failed with nothing changed, where its first step was left out and its second refused', async () => {
    const stage = createBotProcess();
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        instances: {
          ...environment.instances,
          async pm2() {
            throw new UserError('unavailable', 'The SSM agent is offline.');
          },
        },
        compute: {
          ...environment.compute,
          async stopInstances() {
            throw new UserError('forbidden', 'The bot may not call ec2:StopInstances.');
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    const [end] = stage.progress.final(id);
    expect(end && plain(end.reply.title)).toBe('stop dev: failed, nothing changed');
    expect(end && screen(end.reply)).toContain('skipped PM2 stopped');
    expect(end?.steps?.map(({ state }) => state)).toEqual(['skipped', 'failed', 'skipped']);
  });
});

const notesOf = (part: Part): string[] =>
  part.kind === 'checklist'
    ? part.checks.flatMap(({ note }) => (note === undefined ? [] : [plain(note)]))
    : [];

it('a change that arrived only after it was looked for, and has nothing left to send, is a change', async () => {
  const stage = createBotProcess();
  let calls = 0;
  let lostAt = 0;
  let late = 0;
  const bot = stage.createBot({
    wrap: (environment) => ({
      ...environment,
      compute: {
        ...environment.compute,
        async stopInstances() {
          calls += 1;
          lostAt = stage.clock.now().getTime();
          throw new OutcomeUnknown('The answer of EC2 was lost.');
        },
        async listInstances(call) {
          // EC2 carries it out after the last look, when the second call is about to be made.
          if (calls === 1 && stage.clock.now().getTime() - lostAt >= minutes(1)) late += 1;
          if (late === 2)
            await environment.compute.stopInstances(
              (await environment.compute.listInstances(call)).map(({ id }) => id),
              { ...call, operation: 'late' },
            );
          return environment.compute.listInstances(call);
        },
      },
      databases: {
        ...environment.databases,
        async stopDatabase() {
          throw new UserError('forbidden', 'The bot may not call rds:StopDBInstance.');
        },
      },
      instances: {
        ...environment.instances,
        async pm2() {
          throw new UserError('unavailable', 'The SSM agent is offline.');
        },
      },
    }),
  });
  const { id } = (await bot.say('stop dev')).last();
  await bot.press(id, 'confirm');
  expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['partly']);
});
