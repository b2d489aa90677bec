import { expect, test } from 'vitest';
import { compilePattern } from '../../sandbox/aws/logs/filter-pattern.ts';
import { createFilter } from '../../src/platform/log-filter.ts';
import { isAtLeast, type Level, levels } from '../../src/platform/log-lines/levels.ts';
import type { LogEvent } from '../../src/platform/logs.ts';
import { rounds, seed } from '../rounds.ts';
import { type Writer, writers } from './log-writers.ts';
import { ask, createWorld, now } from './world.ts';

const esc = '\u001b';
const passed: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => `2026-11-23 09:00:00.123 +08:00: ${line}`,
  (line) => `2026-11-23T01:00:00: ${line}`,
  (line) => `0|backend-api  | ${line}`,
  (line) => `2026-11-23T01:00:00.123456789Z stdout F ${line}`,
  (line) => `Nov 23 01:00:00 ip-10-0-1-7 backend-api[812]: ${line}`,
  (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-11-23T01:00:00.123Z' }),
  (line) => `${esc}[36m${line}${esc}[39m`,
];
// Words that have misled: none of them says a level here.
const messages = [
  'no fare',
  'GET /error',
  'errors: 0',
  'warned 3 riders',
  'fatal accidents 500',
  'critical info',
  'took 503 ms',
];

/** Numbers from a seed, each below 1. */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

interface Line {
  level: Level;
  message: string;
}

function lineOf(random: () => number, index: number): Line {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  for (;;) {
    const { words, write }: Writer = pick(writers);
    const level = pick(levels);
    const word = words[level].length > 0 ? pick(words[level]) : undefined;
    if (word !== undefined)
      return { level, message: pick(passed)(write(word, `${pick(messages)} n${index}`)) };
  }
}

test('each line of any writer shows the level that it was written with, and errors finds those and no others, in CloudWatch and in PM2’s files', async () => {
  const random = generator(seed);
  const count = rounds(1_000);
  for (let done = 0; done < count; done += 200) {
    const lines = Array.from({ length: 200 }, (_, index) => lineOf(random, index));
    const events = lines.map(
      ({ message }, index): LogEvent => ({
        at: new Date(now.getTime() - (400 - index) * 1_000),
        stream: `i-1/${index}-out`,
        message,
      }),
    );
    const files = { out: lines.map(({ message }) => message), err: [] };
    const world = createWorld({ events, files });
    const read = async (line: string) => {
      const { reply } = await ask(`${line} --lines 200`, world);
      const { lines: shown } = reply.data as { lines: { level: string; text: string }[] };
      return shown.map(({ level, text }) => `${/n\d+/.exec(text)?.[0]} ${level}`).sort();
    };
    const meant = (least: Level) =>
      lines.flatMap(({ level }, index) => (isAtLeast(level, least) ? [`n${index} ${level}`] : [])).sort();
    for (const from of ['cloudwatch', 'pm2']) {
      const since = `--since 2026-01-01 --from ${from}`;
      expect([seed, await read(`logs ${since}`)]).toEqual([seed, meant('debug')]);
      for (const least of ['error', 'warn'] as const) {
        expect([seed, await read(`logs ${least} ${since}`)]).toEqual([seed, meant(least)]);
      }
    }
    for (const least of ['error', 'warn'] as const) {
      const sieve = compilePattern(createFilter({ level: least }).pattern ?? '');
      expect(lines.filter(({ level, message }) => isAtLeast(level, least) && !sieve(message))).toEqual([]);
    }
  }
});
