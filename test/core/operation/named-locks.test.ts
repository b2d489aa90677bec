import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/core/reply/text.ts';
import { createLog } from '../../../src/logging.ts';
import { logOldestOperation } from '../../../src/watch/oldest-operation.ts';
import { ada } from '../../commands/world.ts';
import { createBotProcess, wordsOf } from '../bot.ts';

const add = (name: string) => `cognito add-user ${name}@example.com --role admin`;

/** Begins an operation and lets `meanwhile` happen while its user is being created. */
async function addAna(meanwhile: (stage: ReturnType<typeof createBotProcess>) => Promise<unknown>) {
  const stage = createBotProcess();
  let first = true;
  const bot = stage.createBot({
    wrap: (environment) => ({
      ...environment,
      users: {
        ...environment.users,
        async createUser(...call) {
          if (first) {
            first = false;
            await meanwhile(stage);
          }
          return environment.users.createUser(...call);
        },
      },
    }),
  });
  const { id } = (await bot.say(add('ana'))).last();
  await bot.press(id, 'confirm');
  return { stage, id };
}

async function run(stage: ReturnType<typeof createBotProcess>, line: string) {
  const bot = stage.createBot();
  const card = (await bot.say(line, ada)).last();
  if (card.state === 'waiting') await bot.press(card.id, 'confirm', ada);
  return card;
}

/** A process that dies before it sends anything: nothing that it says comes through after that. */
async function dieAdding(stage: ReturnType<typeof createBotProcess>, name: string): Promise<string> {
  const { locks } = stage.memory;
  let begun = false;
  const renew: typeof locks.renew = (...lock) => {
    if (begun) return new Promise<never>(() => undefined);
    begun = true;
    return locks.renew(...lock);
  };
  const bot = stage.createBot({ stores: { ...stage.memory, locks: { ...locks, renew } } });
  const { id } = (await bot.say(add(name))).last();
  void bot.press(id, 'confirm');
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  return id;
}

describe('a change that locks a thing of its own', () => {
  it('stands in nobody’s way: neither of another such, nor of the environment', async () => {
    const { stage } = await addAna(async (stage) => {
      await run(stage, add('bob'));
      await run(stage, 'stop dev bastion');
    });
    expect(stage.memory.records().map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(stage.memory.left()).toEqual([]);
  });

  it('is under way already for who asks for the same, and says for what', async () => {
    let said = '';
    await addAna(async (stage) => {
      said = wordsOf((await stage.createBot().say(add('ana'), ada)).last());
    });
    expect(said).toContain('cognito add-user user ana@example.com in dev is under way already');
  });

  it('begins also while the environment is being changed', async () => {
    const stage = createBotProcess();
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            await run(stage, add('ana'));
            await environment.compute.stopInstances(ids, call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev bastion')).last();
    await bot.press(id, 'confirm');
    expect(stage.memory.records().map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('is taken over and told when its process dies, and is the environment’s last change', async () => {
    const stage = createBotProcess();
    const ids = [await dieAdding(stage, 'ana'), await dieAdding(stage, 'bob')];
    stage.clock.advance(120_000);
    await stage.createBot().lookForOrphans();
    for (const id of ids) expect(stage.progress.final(id)).toHaveLength(1);
    expect(stage.memory.left()).toEqual([]);
    expect(await stage.memory.locks.last('dev')).toMatchObject({ command: 'cognito add-user' });
  });

  it('whose outcome could not be delivered is told later, though another ended after it', async () => {
    const stage = createBotProcess();
    const { close } = stage.progress;
    stage.progress.close = () => Promise.reject(new Error('Slack is down'));
    await run(stage, add('ana'));
    stage.progress.close = close;
    await run(stage, add('bob'));
    stage.clock.advance(120_000);
    await stage.createBot().lookForOrphans();
    expect(stage.memory.records().map(({ delivered }) => delivered)).toEqual([true, true]);
    expect(stage.memory.left()).toEqual([]);
  });

  it('counts for the age of the oldest open operation', async () => {
    const stage = createBotProcess();
    await dieAdding(stage, 'ana');
    const began = stage.memory.records()[0]?.startedAt ?? Number.NaN;
    stage.clock.advance(600_000);
    const lines: string[] = [];
    const log = createLog({ level: 'info', stream: { write: (line) => lines.push(line) } });
    await logOldestOperation({ ...stage.createBot().bot, log });
    const seconds = Math.round((stage.clock.now().getTime() - began) / 1000);
    expect(lines.join()).toContain(`"oldestOpenSeconds":${seconds}`);
  });

  it('is what cancel means where nothing else runs; of several, cancel asks which', async () => {
    const said: string[] = [];
    const { stage, id } = await addAna(async (stage) => {
      const bot = stage.createBot();
      const other = await dieAdding(stage, 'bob');
      const which = (await bot.say('cancel dev')).last();
      said.push(plain(which.reply.title), ...which.reply.actions.map(({ label }) => label));
      expect(which.reply.actions.map((action) => action.kind === 'move' && action.operation)).toContain(
        other,
      );
      await bot.press(stage.memory.records()[0]?.id ?? '', 'cancel');
    });
    expect(said).toEqual([
      'Several changes run in dev: which one?',
      'Cancel cognito add-user user ana@example.com in dev',
      'Cancel cognito add-user user bob@example.com in dev',
    ]);
    expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['partly']);
    const alone = createBotProcess();
    await dieAdding(alone, 'ana');
    const cancelled = (await alone.createBot().say('cancel dev')).last();
    expect(plain(cancelled.reply.title)).toContain('user ana@example.com in dev: its current step ends');
  });
});
