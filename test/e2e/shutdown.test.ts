import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drive } from './driver.ts';

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

test('two side by side don’t see each other, and leave no process and no folder', async () => {
  const [one, other] = await Promise.all([drive(), drive()]);
  const folders = [one.sandbox.folder, other.sandbox.folder];
  try {
    const card = await one.say('omar', '/d2 stop dev');
    await one.click('omar', card, 'Stop dev');
    await one.message(card.id, 'done');
    expect(await other.changes()).toEqual([]);
    expect((await other.say('omar', '/d2 status')).text).toMatch(/up and well/);
    expect((await one.say('omar', '/d2 status')).text).toMatch(/asleep/);
    if (existsSync('/proc')) expect((await processesOf(other.sandbox.folder)).length).toBeGreaterThan(1);
    // One ends while its instance boots, the other while its bot is gone.
    await one.say('omar', '@d2 start bastion');
    await other.sandbox.bot().stop('SIGKILL');
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
  for (const folder of folders) {
    expect(existsSync(folder)).toBe(false);
    expect(await processesOf(folder)).toEqual([]);
  }
});

test('a bot that is told to end in the middle of a change lets another go on', async () => {
  const d = await drive();
  try {
    const card = await d.say('omar', '/d2 stop dev');
    d.press('omar', card, 'Stop dev');
    await d.until('its first step', async () => (await d.changes(card.id)).length > 0);
    await d.sandbox.bot().stop('SIGTERM');
    await d.sandbox.restart();
    await d.turn('2m');
    const ended = await d.message(card.id, 'done', 'partly', 'failed', 'unknown');
    expect(ended.state).toBe('done');
    expect(await d.changes(card.id)).toEqual(['d2-pm2-stop', 'StopInstances', 'StopDBInstance']);
  } finally {
    await d.close();
  }
});

test('a reset brings everything back, also for the bot', async () => {
  const d = await drive();
  try {
    const card = await d.say('omar', '/d2 stop dev');
    await d.click('omar', card, 'Stop dev');
    await d.message(card.id, 'done');
    await d.reset();
    expect(await d.messages()).toEqual([]);
    expect((await d.say('omar', '/d2 status')).text).toMatch(/up and well/);
    const again = await d.say('omar', '/d2 stop dev');
    expect(again.state).toBe('waiting');
  } finally {
    await d.close();
  }
});
