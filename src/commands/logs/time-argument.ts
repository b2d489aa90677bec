import { Temporal } from 'temporal-polyfill';
import { argument } from '../../core/command/arguments.ts';
import { readDuration } from '../../core/command/kinds.ts';

// Narrower than Temporal's own reading, which takes offsets, week dates and a 60th second too.
const date = /^\d{4}-\d\d-\d\d(?:t\d\d:\d\d(?::[0-5]\d(?:\.\d{1,3})?)?z?)?$/;
const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** How long ago, or when: `30m`, `09:30`, `yesterday`, `2026-11-22`, `2026-11-22T09:30`. */
export const timeArgument = argument<string>({
  name: 'time',
  closed: true,
  expected: 'how long ago (30m, 2h, 1d, up to 30d) or when (09:30, yesterday, 2026-11-22, 2026-11-22T09:30)',
  read(word) {
    if (word === 'today' || word === 'yesterday' || clock.test(word)) return word;
    if (readDuration(word) !== undefined) return word;
    return isDate(word) ? word : undefined;
  },
});

/** Shaped like one, and on the calendar: not 31 February, not 25:00. */
function isDate(word: string): boolean {
  if (!date.test(word)) return false;
  try {
    Temporal.PlainDateTime.from(word.replace('z', ''));
    return true;
  } catch {
    return false;
  }
}

/** A time argument as a time. Typed dates and clock times are the team’s; a date alone means its first or last instant. */
export function resolveTime(word: string, now: Date, timeZone: string, edge: 'from' | 'to'): Date {
  const ago = readDuration(word);
  if (ago !== undefined) return new Date(now.getTime() - ago);
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const today = here.toPlainDate();
  const whole = (day: Temporal.PlainDate) =>
    dateOf(day.add({ days: edge === 'to' ? 1 : 0 }).toZonedDateTime(timeZone));
  if (word === 'today') return whole(today);
  if (word === 'yesterday') return whole(today.subtract({ days: 1 }));
  if (clock.test(word)) {
    const plainTime = Temporal.PlainTime.from(word.padStart(5, '0'));
    const at = (day: Temporal.PlainDate) => dateOf(day.toZonedDateTime({ timeZone, plainTime }));
    // The last time that the clock said so.
    return at(today) <= now ? at(today) : at(today.subtract({ days: 1 }));
  }
  if (!word.includes('t')) return whole(Temporal.PlainDate.from(word));
  if (word.endsWith('z')) return dateOf(Temporal.Instant.from(word));
  return dateOf(Temporal.PlainDateTime.from(word).toZonedDateTime(timeZone));
}

const dateOf = ({ epochMilliseconds }: { epochMilliseconds: number }): Date => new Date(epochMilliseconds);
