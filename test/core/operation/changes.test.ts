import { describe, expect, it, onTestFinished } from 'vitest';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { ada, vera } from '../../commands/world.ts';
import { createBotProcess, wordsOf } from '../bot.ts';

const stopLines = ['ssm:SendCommand d2-pm2-stop', 'ec2:StopInstances', 'rds:StopDBInstance'];
const sentOf = (mutations: string[]) =>
  mutations.map((line) => stopLines.find((start) => line.startsWith(start)));

describe('a change that its caller confirms', () => {
  it('shows the plan and does nothing until it is confirmed', async () => {
    const { createBot, world, audit } = createBotProcess();
    const card = (await createBot().say('stop dev')).last();
    expect(card.state).toBe('waiting');
    expect(plain(card.reply.title)).toBe('Stop dev?');
    expect(world.mutations).toEqual([]);
    expect(audit.events).toEqual([]);
  });

  it('runs in order once confirmed, with its intent before and its outcome after', async () => {
    const { createBot, world, audit, progress, memory } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(sentOf(world.mutations)).toEqual(stopLines);
    expect(audit.events.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['intent', undefined],
      ['outcome', 'done'],
    ]);
    expect(progress.final(id).map(({ state }) => state)).toEqual(['done']);
    expect(progress.final(id)[0]?.reply.summary).toMatch(/^dev is asleep · /);
    expect(memory.records()[0]).toMatchObject({ state: 'done', delivered: true });
    expect(await memory.locks.holder({ env: 'dev' })).toBeUndefined();
  });

  it('has many things listen to its signal at once, and Node takes none of it for a leak', async () => {
    const warned: string[] = [];
    const hear = ({ message }: Error) => void warned.push(message);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));
    const bot = createBotProcess().createBot({
      wrap: ({ databases, ...environment }) => ({
        ...environment,
        databases: {
          ...databases,
          listDatabases(call) {
            for (let more = 0; more < 20; more++) call.signal.addEventListener('abort', () => undefined);
            return databases.listDatabases(call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    await new Promise((resolve) => setImmediate(resolve));
    expect(warned).toEqual([]);
  });

  it('works once, however often and wherever it is pressed', async () => {
    const { createBot, world } = createBotProcess();
    const [one, other] = [createBot(), createBot()];
    const { id } = (await one.say('stop dev')).last();
    const presses = await Promise.all([
      one.press(id, 'confirm'),
      other.press(id, 'confirm'),
      one.press(id, 'confirm'),
    ]);
    expect(sentOf(world.mutations)).toEqual(stopLines);
    expect(presses.filter((listener) => listener.last().state === 'refused')).toHaveLength(2);
    expect((await other.press(id, 'confirm')).last().state).toBe('refused');
  });

  it('does nothing again for a press that comes through after the first one ended', async () => {
    const { createBot, world, memory } = createBotProcess();
    const one = createBot();
    const { id } = (await one.say('stop dev')).last();
    let ended: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const late = createBot({
      stores: {
        ...memory,
        locks: {
          ...memory.locks,
          async claim(...claim) {
            await first;
            return memory.locks.claim(...claim);
          },
        },
      },
    });
    const second = late.press(id, 'confirm');
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    await one.press(id, 'confirm');
    ended();
    const listener = await second;
    expect(listener.last().state).toBe('refused');
    expect(sentOf(world.mutations)).toEqual(stopLines);
    expect(await memory.locks.holder({ env: 'dev' })).toBeUndefined();
  });

  it('is nobody else’s to confirm', async () => {
    const { createBot, world } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    const refusal = (await bot.press(id, 'confirm', ada)).last();
    expect(refusal.state).toBe('refused');
    expect(plain(refusal.reply.title)).toContain('omar’s to confirm');
    expect(world.mutations).toEqual([]);
  });

  it('looks the role up again at the click', async () => {
    const { createBot, world } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    world.grants.dev = { viewer: ['U0OMAR'] };
    expect((await bot.press(id, 'confirm')).last().state).toBe('refused');
    expect(world.mutations).toEqual([]);
  });

  it('is good for ten minutes', async () => {
    const { createBot, world, clock } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    clock.advance(10 * 60_000 + 1);
    const late = (await bot.press(id, 'confirm')).last();
    expect(plain(late.reply.title)).toContain('older than ten minutes');
    expect(world.mutations).toEqual([]);
  });

  it('is refused when things have changed since', async () => {
    const { createBot, world } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    const [rds] = world.databases instanceof Error ? [] : world.databases;
    if (rds) rds.state = 'backing-up';
    const refused = (await bot.press(id, 'confirm')).last();
    expect(plain(refused.reply.title)).toContain('Things have changed');
    expect(world.mutations).toEqual([]);
  });

  it('can be taken back, and not confirmed after that', async () => {
    const { createBot, world } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    expect((await bot.press(id, 'dismiss')).last().state).toBe('refused');
    expect((await bot.press(id, 'confirm')).last().state).toBe('refused');
    expect(world.mutations).toEqual([]);
  });
});

describe('nothing is changed', () => {
  it('when the trail does not take the intent', async () => {
    const { createBot, world, audit, progress } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    audit.down = true;
    await bot.press(id, 'confirm');
    expect(world.mutations).toEqual([]);
    expect(progress.final(id).map(({ state }) => state)).toEqual(['refused']);
  });

  it('when its message can’t be posted, and the caller hears how to mend that', async () => {
    const { createBot, world, progress, memory } = createBotProcess();
    progress.refuse = true;
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    const answer = (await bot.press(id, 'confirm')).last();
    expect(answer.state).toBe('refused');
    expect(wordsOf(answer)).toContain('/invite');
    expect(world.mutations).toEqual([]);
    expect(await memory.locks.holder({ env: 'dev' })).toBeUndefined();
  });

  it('for a viewer, who hears which role it needs, who has it and what to configure', async () => {
    const { createBot, world, audit } = createBotProcess();
    const refused = (await createBot().say('stop dev', vera)).last();
    expect(refused.state).toBe('refused');
    for (const word of ['operator', 'viewer', 'U0OMAR', 'U0VERA', 'environments.dev.roles.operator.slack'])
      expect(wordsOf(refused)).toContain(word);
    expect(world.mutations).toEqual([]);
    expect(audit.events.map(({ event }) => event)).toEqual(['refusal']);
  });

  it('in a protected environment, which needs a second person', async () => {
    const { createBot, world } = createBotProcess({ grants: { dev: {}, prod: { admin: ['U0OMAR'] } } });
    const refused = (await createBot().say('stop prod')).last();
    expect(wordsOf(refused)).toContain('second person');
    expect(world.mutations).toEqual([]);
  });

  it('when there is nothing to do', async () => {
    const { createBot, world } = createBotProcess();
    const answer = (await createBot().say('start dev')).last();
    expect(plain(answer.reply.title)).toBe('dev is up already');
    expect(world.mutations).toEqual([]);
  });
});

describe('an answer that was lost', () => {
  const losing =
    (name: 'stopDatabase' | 'startDatabase', applied: boolean, times: number) =>
    (environment: Environment): Environment => {
      let left = times;
      return {
        ...environment,
        databases: {
          ...environment.databases,
          async [name](id: string, call: Parameters<Environment['databases']['stopDatabase']>[1]) {
            left -= 1;
            if (left < 0 || applied) await environment.databases[name](id, call);
            if (left >= 0) throw new OutcomeUnknown('The answer of RDS was lost.');
          },
        },
      };
    };

  it('is looked for, and nothing is sent again when it had taken effect', async () => {
    const { createBot, world, progress } = createBotProcess();
    const bot = createBot({ wrap: losing('stopDatabase', true, 1) });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(world.mutations.filter((line) => line.startsWith('rds:'))).toHaveLength(1);
    expect(progress.final(id).map(({ state }) => state)).toEqual(['done']);
  });

  it('is sent once more where that does no harm and it had not taken effect', async () => {
    const { createBot, world, progress } = createBotProcess();
    const bot = createBot({ wrap: losing('stopDatabase', false, 1) });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(world.mutations.filter((line) => line.startsWith('rds:'))).toHaveLength(1);
    expect(progress.final(id).map(({ state }) => state)).toEqual(['done']);
  });

  it('ends as unknown, sent once, where nothing could be looked at: not seen is not undone', async () => {
    const { createBot, world, progress } = createBotProcess();
    let lost = false;
    const bot = createBot({
      wrap: (environment) => ({
        ...environment,
        databases: {
          ...environment.databases,
          async listDatabases(call) {
            if (lost) throw new UserError('unavailable', 'RDS does not answer.');
            return environment.databases.listDatabases(call);
          },
          async stopDatabase(id, call) {
            await environment.databases.stopDatabase(id, call);
            lost = true;
            throw new OutcomeUnknown('The answer of RDS was lost.');
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev rds')).last();
    await bot.press(id, 'confirm');
    expect(world.mutations).toHaveLength(1);
    expect(progress.final(id).map(({ state }) => state)).toEqual(['unknown']);
  });
});

describe('what AWS refuses', () => {
  const refusing = (environment: Environment): Environment => ({
    ...environment,
    compute: {
      ...environment.compute,
      async stopInstances() {
        throw new UserError('forbidden', 'The bot lacks the IAM permission ec2:StopInstances.');
      },
    },
  });

  it('ends as partly done when something was changed before, with the ways on and back', async () => {
    const { createBot, progress, world } = createBotProcess();
    const bot = createBot({ wrap: refusing });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    const [end] = progress.final(id);
    expect(end?.state).toBe('partly');
    expect(end?.reply.actions.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['Go on', 'Start dev']),
    );
    expect(world.mutations.some((line) => line.startsWith('rds:'))).toBe(false);
  });

  it('ends as failed, nothing changed, when nothing was', async () => {
    const { createBot, progress } = createBotProcess();
    const bot = createBot({ wrap: refusing });
    const { id } = (await bot.say('stop bastion')).last();
    await bot.press(id, 'confirm');
    expect(progress.final(id).map(({ state, reply }) => [state, plain(reply.title)])).toEqual([
      ['failed', 'stop dev: failed, nothing changed'],
    ]);
  });
});

describe('waiting', () => {
  it('goes through a backup before it stops RDS, and gives up after half an hour with a button', async () => {
    const { createBot, progress, world, clock } = createBotProcess();
    const bot = createBot();
    const [rds] = world.databases instanceof Error ? [] : world.databases;
    if (!rds) throw new Error('no database');
    rds.state = 'backing-up';
    const { id } = (await bot.say('stop dev rds')).last();
    const began = clock.now().getTime();
    await bot.press(id, 'confirm');
    const [end] = progress.final(id);
    expect(end?.state).toBe('failed');
    expect(clock.now().getTime() - began).toBeGreaterThan(30 * 60_000);
    expect(end?.reply.actions.map(({ label }) => label)).toContain('Stop RDS');
    expect(world.mutations).toEqual([]);
  });

  it('ends between two steps when it is cancelled', async () => {
    const { createBot, progress, world } = createBotProcess();
    const other = createBot();
    const bot = createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            await other.press(call.operation, 'cancel');
            await environment.compute.stopInstances(ids, call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(progress.final(id).map(({ state }) => state)).toEqual(['partly']);
    expect(world.mutations.some((line) => line.startsWith('ec2:'))).toBe(true);
    expect(world.mutations.some((line) => line.startsWith('rds:'))).toBe(false);
  });
});

describe('two at once', () => {
  it('shows the second the live message and begins the opposite after it, once', async () => {
    const { createBot, world, progress } = createBotProcess();
    const second = createBot();
    const seen: string[] = [];
    const bot = createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            const same = (await second.say('stop dev', ada)).last();
            const opposite = (await second.say('start dev', ada)).last();
            const else_ = (await second.say('restart', ada)).last();
            seen.push(...[same, opposite, else_].map(wordsOf));
            await second.press(call.operation, 'tell', ada);
            await second.press(call.operation, 'follow', ada);
            seen.push(wordsOf((await second.press(call.operation, 'follow', ada)).last()));
            await environment.compute.stopInstances(ids, call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(seen[0]).toContain('https://d2-ops.slack.com');
    expect(seen[0]).toContain('Tell me');
    expect(seen[1]).toContain('Then start it');
    expect(seen[2]).toContain('held by omar');
    expect(seen[3]).toContain('follows');
    expect(progress.told.flatMap(({ people }) => people)).toContain('U0ADA');
    expect(world.mutations.filter((line) => line.startsWith('ec2:'))).toEqual([
      expect.stringContaining('Stop'),
      expect.stringContaining('Start'),
    ]);
  });
});

describe('the plan that is made again once the lock is held', () => {
  it('is made behind the claim, so that nobody changes anything between it and the run', async () => {
    const { createBot, memory } = createBotProcess();
    const held: boolean[] = [];
    const bot = createBot({
      wrap: (environment) => ({
        ...environment,
        databases: {
          ...environment.databases,
          async listDatabases(call) {
            if (memory.records().every(({ state }) => state === 'planned'))
              held.push((await memory.locks.holder({ env: 'dev' })) !== undefined);
            return environment.databases.listDatabases(call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev rds')).last();
    await bot.press(id, 'confirm');
    expect(held).toEqual([false, true]);
  });

  it('refuses what changed while the lock was being claimed, frees it, and leaves the card', async () => {
    const { createBot, world, memory } = createBotProcess();
    const [rds] = world.databases instanceof Error ? [] : world.databases;
    if (!rds) throw new Error('no database');
    const bot = createBot({
      stores: {
        ...memory,
        locks: {
          ...memory.locks,
          async claim(...claim) {
            rds.state = 'backing-up';
            return memory.locks.claim(...claim);
          },
        },
      },
    });
    const { id } = (await bot.say('stop dev rds')).last();
    expect(plain((await bot.press(id, 'confirm')).last().reply.title)).toContain('Things have changed');
    expect(world.mutations).toEqual([]);
    expect(memory.left()).toEqual([]);
    expect(memory.records().map(({ state }) => state)).toEqual(['planned']);
    rds.state = 'available';
    await createBot().press(id, 'confirm');
    expect(memory.records().map(({ state }) => state)).toEqual(['done']);
  });
});
