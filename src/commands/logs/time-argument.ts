import { argument } from '../../core/command/arguments.ts';
import { readDuration } from '../../core/command/kinds.ts';

// Narrower than ISO 8601, which has offsets, week dates and a 60th second too.
const date = /^\d{4}-\d\d-\d\d(?:t\d\d:\d\d(?::[0-5]\d(?:\.\d{1,3})?)?z?)?$/;
export const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** How long ago, or when: `30m`, `09:30`, `yesterday`, `2026-11-22`, `2026-11-22T09:30`. */
export const timeArgument = argument<string>({
  name: 'time',
  closed: true,
  distinct: true,
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
  const [day = '', time = '00:00'] = word.replace('z', '').split('t');
  const at = new Date(`${day}T${time}Z`);
  // What is not on the calendar becomes another day, or none.
  return Number.isFinite(at.getTime()) && at.toISOString().startsWith(`${day}T${time.slice(0, 5)}`);
}
