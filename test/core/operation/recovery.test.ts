import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/core/access/caller.ts';
import type { Answer } from '../../../src/core/reply/answer.ts';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import type { OperationStore } from '../../../src/stores/operations.ts';
import type { Stores } from '../../../src/stores/stores.ts';
import { ada } from '../../commands/world.ts';
import { createBotProcess, wordsOf } from '../bot.ts';
import { omar, wrapStores } from '../in-memory.ts';

const gone = () => new UserError('unavailable', 'The table does not answer.');

/** A store that stops answering once `breaks` says so, until it is mended. */
function createFlaky(stores: Stores) {
  const state = { down: false };
  const flaky = wrapStores(
    stores,
    <T extends object>(part: T): T =>
      new Proxy(part, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function' || !['save', 'renew', 'release'].includes(String(name)))
            return value;
          return async (...args: unknown[]) => {
            if (state.down) throw gone();
            return Reflect.apply(value, target, args);
          };
        },
      }),
  );
  return { flaky, state };
}

describe('a store that stops answering in the middle', () => {
  it('leaves nothing open for ever: the same process ends the operation once it answers again', async () => {
    const stage = createBotProcess();
    const { flaky, state } = createFlaky(stage.memory);
    const bot = stage.createBot({
      stores: flaky,
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            await environment.compute.stopInstances(ids, call);
            state.down = true;
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(stage.memory.records()[0]?.state).toBe('running');
    state.down = false;
    stage.clock.advance(120_000);
    await bot.lookForOrphans();
    expect(stage.memory.records()[0]).toMatchObject({ state: 'done', delivered: true });
    expect(stage.world.mutations.filter((line) => line.startsWith('ec2:'))).toHaveLength(1);
    expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['done']);
    expect(await stage.memory.locks.holder({ env: 'dev' })).toBeUndefined();
  });

  it('frees the environment that was claimed for a change which never began', async () => {
    const stage = createBotProcess();
    const { flaky, state } = createFlaky(stage.memory);
    const bot = stage.createBot({
      stores: {
        ...flaky,
        locks: {
          ...flaky.locks,
          async claim(...claim) {
            const won = await stage.memory.locks.claim(...claim);
            state.down = true;
            return won;
          },
        },
      },
    });
    const { id } = (await bot.say('stop dev')).last();
    expect((await bot.press(id, 'confirm')).last().state).toBe('failed');
    state.down = false;
    stage.clock.advance(120_000);
    await bot.lookForOrphans();
    expect(await stage.memory.locks.holder({ env: 'dev' })).toBeUndefined();
    expect(stage.world.mutations).toEqual([]);
  });
});

describe('a run that another took over', () => {
  it('says no last word: only who ends it tells the outcome', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    const bot = stage.createBot();
    const { record } = stage.audit;
    let slow = true;
    bot.bot.audit = {
      async record(event) {
        await record.call(stage.audit, event);
        if (event.event !== 'outcome' || !slow) return;
        slow = false;
        stage.clock.advance(120_000);
        await other.lookForOrphans();
      },
    };
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(stage.progress.final(id)).toHaveLength(1);
    expect(wordsOf(stage.progress.final(id)[0] ?? stage.progress.final(id)[1] ?? never())).toContain(
      'asleep',
    );
  });
});

const never = () => {
  throw new Error('nothing was told');
};

describe('a call that was refused after one whose answer was lost', () => {
  const losingThenRefused = (environment: Environment): Environment => {
    let calls = 0;
    return {
      ...environment,
      databases: {
        ...environment.databases,
        async stopDatabase() {
          calls += 1;
          if (calls === 1) throw new OutcomeUnknown('The answer of RDS was lost.');
          throw new UserError('conflict', 'RDS is not in a state to be stopped.');
        },
      },
    };
  };

  it('is never called a failure that changed nothing', async () => {
    const stage = createBotProcess();
    const bot = stage.createBot({ wrap: losingThenRefused });
    const { id } = (await bot.say('stop dev rds')).last();
    await bot.press(id, 'confirm');
    expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['partly']);
  });

  it('nor when the lost one was of a process that died', async () => {
    const stage = createBotProcess();
    const dead = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        databases: { ...environment.databases, stopDatabase: () => new Promise<never>(() => undefined) },
      }),
    });
    const { id } = (await dead.say('stop dev rds')).last();
    void dead.press(id, 'confirm');
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    const hold = await stage.memory.locks.holder({ env: 'dev' });
    if (!hold) throw new Error('nothing was claimed');
    const next = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        databases: {
          ...environment.databases,
          async stopDatabase() {
            throw new UserError('conflict', 'RDS is not in a state to be stopped.');
          },
        },
      }),
    });
    stage.clock.advance(hold.until + 120_000 - stage.clock.now().getTime());
    await next.lookForOrphans();
    expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['partly']);
  });
});

describe('what was queued', () => {
  it('begins also when another process ends the first', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    let died: () => void = () => undefined;
    const death = new Promise<void>((resolve) => {
      died = resolve;
    });
    const dying = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            await other.press(call.operation, 'follow', ada);
            await environment.compute.stopInstances(ids, call);
            died();
            return new Promise<never>(() => undefined);
          },
        },
      }),
    });
    const { id } = (await dying.say('stop dev')).last();
    void dying.press(id, 'confirm');
    await death;
    const hold = await stage.memory.locks.holder({ env: 'dev' });
    stage.clock.advance((hold?.until ?? 0) + 120_000 - stage.clock.now().getTime());
    await other.lookForOrphans();
    expect(stage.world.mutations.filter((line) => line.startsWith('ec2:'))).toEqual([
      expect.stringContaining('Stop'),
      expect.stringContaining('Start'),
    ]);
  });

  it('is answered in the thread of the first when somebody else was faster', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    const bot = stage.createBot({
      stores: {
        ...stage.memory,
        locks: {
          ...stage.memory.locks,
          async release(...release) {
            await stage.memory.locks.release(...release);
            await stage.memory.locks.claim(
              { env: 'dev' },
              {
                operation: 'somebody-elses',
                command: 'stop',
                caller: { id: 'U0AMIR', name: 'amir' },
                since: 0,
                owner: 'other',
                until: Number.MAX_SAFE_INTEGER,
              },
              0,
            );
          },
        },
      },
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            await other.press(call.operation, 'follow', ada);
            await environment.compute.stopInstances(ids, call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(stage.world.mutations.some((line) => line.includes('Start'))).toBe(false);
    const told = stage.progress.told.filter(({ people }) => people.includes('U0ADA'));
    expect(told.map(({ answer }) => plain(answer.reply.title))).toEqual([
      expect.stringContaining('dev is held by amir’s stop'),
    ]);
  });
});

describe('an operation that was interrupted before its message stood', () => {
  it('gets one that says so', async () => {
    const stage = createBotProcess();
    const dying = stage.createBot();
    dying.bot.progress = { ...stage.progress, open: () => new Promise<never>(() => undefined) };
    const { id } = (await dying.say('stop dev')).last();
    void dying.press(id, 'confirm');
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    const hold = await stage.memory.locks.holder({ env: 'dev' });
    stage.clock.advance((hold?.until ?? 0) + 120_000 - stage.clock.now().getTime());
    await stage.createBot().lookForOrphans();
    expect(stage.progress.final(id).map(({ state, reply }) => [state, plain(reply.title)])).toEqual([
      ['failed', 'stop dev: interrupted before anything was changed'],
    ]);
    expect(stage.world.mutations).toEqual([]);
  });
});

describe('a message that was posted while another took the operation over', () => {
  type Save = OperationStore['save'];

  /** Presses Confirm in a bot whose write of its message goes as `noting` says, then lets another bot look. */
  async function press(
    noting: (stage: ReturnType<typeof createBotProcess>, look: () => Promise<void>, save: Save) => Save,
    surface: Caller['surface'] = 'slack',
  ) {
    const stage = createBotProcess();
    const other = stage.createBot();
    const look = async () => {
      stage.clock.advance(120_000);
      await other.lookForOrphans();
    };
    const note = noting(stage, look, stage.memory.operations.save);
    let noted = false;
    const bot = stage.createBot({
      stores: {
        ...stage.memory,
        operations: {
          ...stage.memory.operations,
          save(record, rev) {
            if (noted || !record.message) return stage.memory.operations.save(record, rev);
            noted = true;
            return note(record, rev);
          },
        },
      },
    });
    const caller = { ...omar, surface };
    const { id } = (await bot.say('stop dev', caller)).last();
    await bot.press(id, 'confirm', caller);
    await turns();
    const before = stage.progress.messages(id).map((answers) => answers.at(-1));
    await look();
    await turns();
    return { stage, id, before, after: stage.progress.messages(id).map((answers) => answers.at(-1)) };
  }
  const turns = async () => {
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const states = (answers: (Answer | undefined)[]) => answers.map((answer) => answer?.state);

  it('says so and has no buttons, and the other’s tells the outcome', async () => {
    const { stage, id, after } = await press((_, look, save) => async (record, rev) => {
      await look();
      return save(record, rev);
    });
    const [stray, ours] = after;
    expect(stage.memory.records()[0]).toMatchObject({ message: { ts: `${id}/2` }, delivered: true });
    expect(stray?.reply).toMatchObject({ title: 'Stopping dev', actions: [] });
    expect(stray && wordsOf(stray)).toMatch(/Taken over .*archives\/C0OPS\/p.*\/2/);
    expect(stray?.state).toBe('done');
    expect(ours && plain(ours.reply.title)).toContain('interrupted before anything was changed');
  });

  it('says so also where the store did not take it and nobody has taken over yet', async () => {
    let down = true;
    const { before, after } = await press((stage) => {
      const { find, save } = stage.memory.operations;
      stage.memory.operations.save = async (record, rev) =>
        down && record.message ? fail() : save(record, rev);
      stage.memory.operations.find = async (id) => {
        // Back only when it has been asked in vain.
        if (down && stage.progress.messages(id).length > 0) {
          down = false;
          return fail();
        }
        return find(id);
      };
      return () => fail();
    });
    expect(before.map((answer) => answer && wordsOf(answer))).toEqual([
      expect.stringContaining('it goes on in '),
    ]);
    expect(states(after)).toEqual(['done', 'failed']);
  });

  it('stays the operation’s own where only the answer to the write was lost', async () => {
    const { before, after, stage, id } = await press((_, _look, save) => async (record, rev) => {
      await save(record, rev);
      return undefined;
    });
    expect(states(before)).toEqual(['working']);
    expect(states(after)).toEqual(['failed']);
    expect(stage.progress.messages(id).flat().map(wordsOf).join()).not.toContain('another message');
  });

  it('is closed however late the run learns that it lost its lease, and also where Slack refuses once', async () => {
    const { after } = await press((stage, look) => async () => {
      const { close } = stage.progress;
      let refused = false;
      stage.progress.close = async (message, answer) => {
        if (!refused && wordsOf(answer).includes('another message')) {
          refused = true;
          throw gone();
        }
        return close(message, answer);
      };
      await look();
      throw gone();
    });
    expect(states(after)).toEqual(['done', 'failed']);
  });

  it('gives a terminal no last word: its exit code would call the change done', async () => {
    const { before } = await press(
      (_, look, save) => async (record, rev) => {
        await look();
        return save(record, rev);
      },
      'terminal',
    );
    expect(before[0]?.state).toBe('working');
  });
});

const fail = async () => {
  throw gone();
};
