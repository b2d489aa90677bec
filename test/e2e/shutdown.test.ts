import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Driver, drive } from './driver.ts';
import { describeKilled } from './killed.ts';
import { describePlatform } from './platform.ts';

/** Processes that carry this folder in their environment or their words; none where there is no /proc. */
async function processesOf(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const read = (name: string) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '');
      const words = `${await read('environ')}\0${await read('cmdline')}`;
      return words.includes(folder) ? `${id} ${(await read('cmdline')).replaceAll('\0', ' ')}` : '';
    }),
  );
  return found.filter((line) => line !== '');
}

let one: Driver;
let other: Driver;
beforeAll(async () => {
  [one, other] = await Promise.all([drive(), drive()]);
});
afterAll(() => Promise.all([one?.close(), other?.close()]));

describe('the one', () => describeKilled(() => one));
describe('the other', () => describePlatform(() => other));

test('a bot that is told to end in the middle of a change lets another go on', async () => {
  const card = await one.say('omar', '/d2 stop dev');
  one.press('omar', card, 'Stop dev');
  await one.until('its first step', async () => (await one.changes(card.id)).length > 0);
  await one.sandbox.bot().stop('SIGTERM');
  await one.sandbox.restart();
  await one.turn('2m');
  const ended = await one.message(card.id, 'done', 'partly', 'failed', 'unknown');
  expect(ended.state).toBe('done');
  expect(await one.changes(card.id)).toEqual(['d2-pm2-stop', 'StopInstances', 'StopDBInstance']);
});

test('two side by side don’t see each other', async () => {
  expect(await other.changes()).toEqual([]);
  expect((await other.say('omar', '/d2 status')).text).toMatch(/up and well/);
  expect((await one.say('omar', '/d2 status')).text).toMatch(/asleep/);
});

test('a reset brings everything back, also for the bot', async () => {
  await one.reset();
  expect(await one.messages()).toEqual([]);
  expect((await one.say('omar', '/d2 status')).text).toMatch(/up and well/);
  const again = await one.say('omar', '/d2 stop dev');
  expect(again.state).toBe('waiting');
});

test('they leave no process and no folder: one ends while its instance boots, the other while its bot is gone', async () => {
  const card = await one.say('omar', '/d2 stop bastion');
  await one.click('omar', card, 'Stop bastion in dev');
  await one.message(card.id, 'done');
  if (existsSync('/proc')) expect((await processesOf(other.sandbox.folder)).length).toBeGreaterThan(1);
  await one.say('omar', '@d2 start bastion');
  await other.sandbox.bot().stop('SIGKILL');
  await Promise.all([one.close(), other.close()]);
  for (const { folder } of [one.sandbox, other.sandbox]) {
    expect(existsSync(folder)).toBe(false);
    expect(await processesOf(folder)).toEqual([]);
  }
});
