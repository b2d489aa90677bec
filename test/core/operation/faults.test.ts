import { describe, expect, it } from 'vitest';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { rounds, sampled, seed } from '../../rounds.ts';
import { createBotProcess } from '../bot.ts';
import { wrapStores } from '../in-memory.ts';

const changing = /^(start|stop)(Instances|Database)$|^pm2|^createUser$|^addToGroup$|^keepPassword$/;
type Phase = 'before' | 'after';

/** Everything around the bot, of which the calls in `at` go wrong once: refused before they are carried out, or carried out with their answer lost. */
function createTrouble(at: ReadonlySet<number>, phase: Phase) {
  let calls = 0;
  const troubled = <T extends object>(part: T, storing = false): T =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        // `update` never throws, by its contract; a lost answer of the store is the store's own affair.
        if (typeof value !== 'function' || name === 'update') return value;
        return async (...args: unknown[]) => {
          calls += 1;
          if (!at.has(calls)) return Reflect.apply(value, target, args);
          if (phase === 'before' || storing)
            throw new UserError('unavailable', 'It does not answer just now.');
          await Reflect.apply(value, target, args);
          throw changing.test(String(name))
            ? new OutcomeUnknown('The answer was lost.')
            : new UserError('unavailable', 'The answer was lost.');
        };
      },
    });
  return { troubled, calls: () => calls };
}

async function run(line: string, asleep: boolean, at: ReadonlySet<number>, phase: Phase) {
  const stage = createBotProcess();
  if (asleep)
    for (const list of [stage.world.instances, stage.world.databases])
      if (!(list instanceof Error)) for (const one of list) one.state = 'stopped';
  const trouble = createTrouble(at, phase);
  const bot = stage.createBot({
    stores: wrapStores(stage.memory, (part) => trouble.troubled(part, true)),
    wrap: (environment: Environment): Environment => {
      const shell: Environment['instances'] = {
        ...environment.instances,
        findSentCommand: async ({ verb }) =>
          stage.world.mutations.some((done) => done.includes(`d2-pm2-${verb}`))
            ? { id: 'c1', status: 'Success' }
            : undefined,
      };
      return {
        ...environment,
        compute: trouble.troubled(environment.compute),
        databases: trouble.troubled(environment.databases),
        instances: trouble.troubled(shell),
        users: trouble.troubled(environment.users),
      };
    },
  });
  bot.bot.audit = trouble.troubled(stage.audit);
  bot.bot.progress = trouble.troubled(stage.progress);
  const asked = (await bot.say(line)).last();
  if (asked.state === 'waiting') await bot.press(asked.id, 'confirm');
  for (let look = 0; look < 4; look++) {
    stage.clock.advance(120_000);
    await bot.lookForOrphans();
  }
  return { stage, calls: trouble.calls() };
}

type Stage = Awaited<ReturnType<typeof run>>['stage'];

/** What is held or open still; a card that was planned and never began is let go only when it has run out. */
const left = (memory: Stage['memory']): string[] =>
  memory.left().filter((id) => memory.records().find((record) => record.id === id)?.state !== 'planned');

/** What holds whatever went wrong. */
async function judge({ world, memory, progress, audit }: Stage, where: string) {
  expect(new Set(world.mutations).size, `${where}: ${world.mutations.join()}`).toBe(world.mutations.length);
  for (const record of memory.records()) {
    if (record.state === 'planned') continue;
    expect(record.state, where).not.toBe('running');
    if (record.state === 'failed' || record.state === 'refused') expect(world.mutations, where).toEqual([]);
    const finals = new Set(progress.final(record.id).map(({ state }) => state));
    if (record.message) expect([...finals], where).toEqual([record.state]);
    if (record.state === 'done')
      expect(
        record.steps.filter(({ state }) => state !== 'done' && state !== 'already'),
        where,
      ).toEqual([]);
  }
  expect(left(memory), where).toEqual([]);
  if (world.mutations.length > 0)
    expect(
      audit.events.some(({ event }) => event === 'intent'),
      where,
    ).toBe(true);
}

const cases = [
  { line: 'stop dev', asleep: false },
  { line: 'start dev', asleep: true },
  { line: 'restart', asleep: false },
  { line: 'pm2 save', asleep: false },
  { line: 'cognito add-user ana@example.com --role admin --no-email', asleep: false },
];

describe.each(cases)('"$line" with one call gone wrong, whichever', ({ line, asleep }) => {
  it.each(['before', 'after'] as const)(
    '%s it was carried out, ends once, tells what is so and does nothing twice',
    async (phase) => {
      const { calls } = await run(line, asleep, new Set(), phase);
      expect(calls).toBeGreaterThan(10);
      const all = Array.from({ length: calls + 5 }, (_, before) => before + 1);
      // Of the calls that one phase leaves out the other has half.
      for (const at of sampled(phase === 'before' ? all : all.slice(1), 5)) {
        const { stage } = await run(line, asleep, new Set([at]), phase);
        await judge(stage, `call ${at} ${phase}`);
      }
    },
  );
});

describe('many calls gone wrong', () => {
  it(`end once all the same (seed ${seed}, D2_SEED repeats it)`, async () => {
    const dice = createDice(seed);
    for (let round = 0; round < rounds(25); round++) {
      const one = cases[Math.floor(dice() * cases.length)] ?? { line: 'stop dev', asleep: false };
      const phase = dice() < 0.5 ? 'before' : 'after';
      const rate = 0.05 + dice() * 0.25;
      // Trouble passes: an outage without end leaves nothing to be told.
      const at = new Set(Array.from({ length: 150 }, (_, call) => call + 1).filter(() => dice() < rate));
      const { stage } = await run(one.line, one.asleep, at, phase);
      for (let look = 0; look < 4; look++) {
        stage.clock.advance(120_000);
        await stage.createBot().lookForOrphans();
      }
      await judge(stage, `round ${round} of seed ${seed}: ${one.line} ${phase}`);
    }
  });
});

/** A number from 0 to 1, the same row for the same seed (mulberry32). */
function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
