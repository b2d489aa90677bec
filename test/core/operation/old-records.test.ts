import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/core/reply/text.ts';
import type { Lock } from '../../../src/stores/locks.ts';
import { readRecord, recordVersion } from '../../../src/stores/operation-record.ts';
import { createBotProcess, wordsOf } from '../bot.ts';

/** `stop dev` as version 1 wrote it while it waited for RDS. */
const { record, lock } = JSON.parse(readFileSync(new URL('version-1.json', import.meta.url), 'utf8')) as {
  record: { id: string; v: number; command: string };
  lock: Lock;
};

/** A bot that finds the record of a process which died, its lease long over. */
async function findOrphan(changes: Partial<typeof record> = {}) {
  const stage = createBotProcess();
  for (const list of [stage.world.instances])
    if (!(list instanceof Error)) for (const one of list) one.state = 'stopped';
  stage.memory.put(record.id, JSON.stringify({ ...record, ...changes }));
  await stage.memory.locks.claim(
    { env: 'dev' },
    { ...lock, ...(changes.command && { command: changes.command }) },
    0,
  );
  stage.clock.advance(lock.until + 120_000 - stage.clock.now().getTime());
  const bot = stage.createBot();
  await bot.lookForOrphans();
  return { stage, bot };
}

describe('an operation that version 1 of the record holds', () => {
  it('is read, taken over and finished', async () => {
    expect(record.v).toBe(1);
    const { stage } = await findOrphan();
    expect(stage.world.mutations).toEqual([expect.stringContaining('rds:StopDBInstance')]);
    expect(stage.progress.final(record.id).map(({ state }) => state)).toEqual(['done']);
    expect(stage.memory.records()).toEqual([
      expect.objectContaining({ state: 'done', lock: { env: 'dev' }, takenOver: 1, delivered: true }),
    ]);
  });

  it('is written anew in the version of today', () => {
    const { v, ...upgraded } = { ...readRecord(JSON.stringify(record)), v: recordVersion };
    expect(v).toBeGreaterThan(1);
    expect(upgraded).toMatchObject({ id: record.id, lock: { env: 'dev' } });
  });

  it('is refused in plain words where it is of a version to come', () => {
    expect(() => readRecord(JSON.stringify({ ...record, v: recordVersion + 1 }))).toThrow(
      /written by a newer version of the bot/,
    );
  });
});

describe('an operation whose command is gone', () => {
  it('ends as unknown with its name, frees its environment and is told', async () => {
    const { stage, bot } = await findOrphan({ command: 'hibernate' });
    expect(stage.world.mutations).toEqual([]);
    expect(stage.memory.left()).toEqual([]);
    expect(stage.memory.records()).toEqual([expect.objectContaining({ state: 'unknown' })]);
    expect(stage.audit.events.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['reconciliation', 'unknown'],
    ]);
    const told = stage.progress.final(record.id).map(({ state, reply }) => [state, plain(reply.title)]);
    expect(told).toEqual([['unknown', 'hibernate dev: outcome unknown']]);
    expect(stage.progress.final(record.id).map(wordsOf)).toEqual([
      expect.stringContaining('no command hibernate any more'),
    ]);
    expect((await bot.say('stop dev')).last().state).toBe('waiting');
  });

  it('can’t be confirmed any more either', async () => {
    const stage = createBotProcess();
    const json = JSON.stringify({ ...record, command: 'hibernate', state: 'planned' });
    stage.memory.put(record.id, json);
    const answer = (await stage.createBot().press(record.id, 'confirm')).last();
    expect(answer.state).toBe('refused');
    expect(wordsOf(answer)).toContain('no hibernate any more');
  });
});
