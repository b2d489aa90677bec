import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/platform/environment.ts';
import { isSoaking, seed } from '../../rounds.ts';
import { createBotProcess } from '../bot.ts';
import { wrapStores } from '../in-memory.ts';

/** A process that dies at its n-th call to the outside, before or after the call was carried out: nothing it says comes through after that. */
function createMortal(diesAt: number, phase: 'before' | 'after') {
  let calls = 0;
  const never = () => new Promise<never>(() => undefined);
  const mortal = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          calls += 1;
          if (calls > diesAt) return never();
          if (calls < diesAt) return Reflect.apply(value, target, args);
          if (phase === 'after') await Reflect.apply(value, target, args);
          return never();
        };
      },
    });
  return { mortal, calls: () => calls, isDead: () => calls >= diesAt };
}

/** Every call in `npm run soak`; one in so many in the tests, others each time. */
const apart = isSoaking ? 1 : 4;

const cases = [
  { line: 'stop dev', asleep: false },
  { line: 'start dev', asleep: true },
  { line: 'restart', asleep: false },
  { line: 'cognito add-user ana@example.com --role admin --no-email', asleep: false },
];

async function run(line: string, asleep: boolean, diesAt: number, phase: 'before' | 'after') {
  const stage = createBotProcess();
  if (asleep)
    for (const list of [stage.world.instances, stage.world.databases])
      if (!(list instanceof Error)) for (const one of list) one.state = 'stopped';
  // A restart shows in PM2's own list and in SSM's.
  const seen = (environment: Environment): Environment => ({
    ...environment,
    instances: {
      ...environment.instances,
      findSentCommand: async ({ verb }) =>
        stage.world.mutations.some((done) => done.includes(`d2-pm2-${verb}`))
          ? { id: 'c1', status: 'Success' }
          : undefined,
    },
  });
  const mortality = createMortal(diesAt, phase);
  const wrapParts = (environment: Environment): Environment => {
    const { compute, databases, instances, users } = seen(environment);
    return {
      ...environment,
      compute: mortality.mortal(compute),
      databases: mortality.mortal(databases),
      instances: mortality.mortal(instances),
      users: mortality.mortal(users),
    };
  };
  const stores = wrapStores(stage.memory, mortality.mortal);
  const bot = stage.createBot({ stores, wrap: wrapParts });
  bot.bot.audit = mortality.mortal(stage.audit);
  bot.bot.progress = mortality.mortal(stage.progress);

  const life = (async () => {
    const asked = await bot.say(line);
    const { id, state } = asked.last();
    if (state === 'waiting') await bot.press(id, 'confirm');
  })();
  // What never answers leaves nothing to wait for: the loop is given turns until it is dead or done.
  let over = false;
  void life.finally(() => {
    over = true;
  });
  for (let turn = 0; turn < 3_000 && !over && !mortality.isDead(); turn++)
    await new Promise((resolve) => setImmediate(resolve));

  const next = stage.createBot({ wrap: seen });
  for (let look = 0; look < 3; look++) {
    stage.clock.advance(120_000);
    await next.lookForOrphans();
  }
  return { stage, died: mortality.isDead() };
}

describe.each(cases)('"$line", its process killed at any call', ({ line, asleep }) => {
  it.each(['before', 'after'] as const)(
    '%s it took effect, ends once and does nothing twice',
    async (phase) => {
      let points = 0;
      for (let diesAt = 1 + (seed % apart); diesAt < 400; diesAt += apart) {
        const { stage, died } = await run(line, asleep, diesAt, phase);
        const where = `killed ${phase} call ${diesAt} (D2_SEED=${seed})`;
        const counts = new Map<string, number>();
        for (const mutation of stage.world.mutations) counts.set(mutation, (counts.get(mutation) ?? 0) + 1);
        expect(
          [...counts].filter(([, count]) => count > 1),
          where,
        ).toEqual([]);
        for (const record of stage.memory.records()) {
          if (record.state === 'planned') continue;
          expect(['done', 'failed', 'partly', 'unknown', 'refused'], `${where}: ${record.state}`).toContain(
            record.state,
          );
          if (record.state === 'failed' || record.state === 'refused')
            expect(stage.world.mutations, where).toEqual([]);
          const finals = stage.progress.final(record.id);
          // Whether the last edit reached Slack before the end can't be told: it is made again.
          expect(new Set(finals.map(({ state }) => state)).size, where).toBe(record.message ? 1 : 0);
        }
        const begun = (id: string) =>
          stage.memory.records().find((record) => record.id === id)?.state !== 'planned';
        expect(stage.memory.left().filter(begun), where).toEqual([]);
        const intents = stage.audit.events.filter(({ event }) => event === 'intent').length;
        if (stage.world.mutations.length > 0) expect(intents, where).toBeGreaterThan(0);
        if (!died) break;
        points = diesAt;
      }
      expect(points).toBeGreaterThan(10);
    },
  );
});

describe('a process that was only slow', () => {
  it('begins nothing when it lost its lock while it planned again', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    let looks = 0;
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        databases: {
          ...environment.databases,
          async listDatabases(call) {
            looks += 1;
            if (looks === 2) {
              stage.clock.advance(120_000);
              await other.lookForOrphans();
            }
            return environment.databases.listDatabases(call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev rds')).last();
    expect((await bot.press(id, 'confirm')).last().state).toBe('refused');
    expect(stage.world.mutations).toEqual([]);
    expect(stage.audit.events).toEqual([]);
    expect(stage.memory.records().map(({ state }) => state)).toEqual(['planned']);
  });

  it.each([
    [0, 'failed'],
    [1, 'unknown'],
  ])('is not gone on with by another without its lock: %s sent, %s', async (sent, state) => {
    const stage = createBotProcess();
    let steps = -1;
    const bot = stage.createBot({
      stores: {
        ...stage.memory,
        operations: {
          ...stage.memory.operations,
          async save(record, rev) {
            const saved = await stage.memory.operations.save(record, rev);
            steps = record.intent ? record.steps.filter((step) => step.sent).length : -1;
            if (steps !== sent) return saved;
            // It dies here, and its lock is gone when another looks.
            await stage.memory.locks.release({ env: 'dev' }, record.id);
            return new Promise<never>(() => undefined);
          },
        },
      },
    });
    const { id } = (await bot.say('stop dev rds')).last();
    void bot.press(id, 'confirm');
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    stage.clock.advance(120_000);
    await stage.createBot().lookForOrphans();
    expect(stage.world.mutations).toEqual([]);
    expect(stage.memory.records().map((record) => record.state)).toEqual([state]);
    expect(stage.progress.final(id).map((answer) => answer.state)).toEqual([state]);
    expect(stage.memory.left()).toEqual([]);
  });

  it('touches nothing more once another has taken over', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            await environment.compute.stopInstances(ids, call);
            stage.clock.advance(120_000);
            await other.lookForOrphans();
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(stage.world.mutations.filter((line) => line.startsWith('rds:'))).toHaveLength(1);
    expect(stage.world.mutations.filter((line) => line.startsWith('ec2:'))).toHaveLength(1);
    expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['done']);
    expect(stage.audit.events.map(({ event }) => event)).toEqual(['intent', 'reconciliation']);
  });

  it('is left alone while its lease and its longest request may still run', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            stage.clock.advance(50_000);
            await other.lookForOrphans();
            expect(stage.memory.records()[0]?.takenOver).toBe(0);
            await environment.compute.stopInstances(ids, call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(stage.audit.events.map(({ event }) => event)).toEqual(['intent', 'outcome']);
  });

  it('holds the environment for longer than a request may take whenever it sends one', async () => {
    const stage = createBotProcess();
    const left: number[] = [];
    const bot = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async listInstances(call) {
            stage.clock.advance(40_000);
            return environment.compute.listInstances(call);
          },
          async stopInstances(ids, call) {
            left.push(
              ((await stage.memory.locks.holder({ env: 'dev' }))?.until ?? 0) - stage.clock.now().getTime(),
            );
            await environment.compute.stopInstances(ids, call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop bastion')).last();
    await bot.press(id, 'confirm');
    expect(left).toHaveLength(1);
    // `act` looks at the states once more, which takes its 40 s here; the lease was new before that.
    expect(left[0]).toBeGreaterThanOrEqual(0);
  });
});
