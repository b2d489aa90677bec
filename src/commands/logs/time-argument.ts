import { argument } from '../../core/command/arguments.ts';
import { readDuration } from '../../core/command/kinds.ts';

const date = /^(\d{4})-(\d\d)-(\d\d)(?:t(\d\d):(\d\d)(?::(\d\d)(\.\d{1,3})?)?(z)?)?$/;
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
  const [day, time = '00:00'] = word.toUpperCase().replace('Z', '').split('T');
  const at = new Date(`${day}T${time}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === day;
}

/** A `moment` as a time. Typed dates and clock times are the team’s; a date alone means its first or last instant. */
export function resolveTime(word: string, now: Date, timeZone: string, edge: 'from' | 'to'): Date {
  const ago = readDuration(word);
  if (ago !== undefined) return new Date(now.getTime() - ago);
  const [year = 0, month = 0, day = 0] = wallClock(now, timeZone);
  const time = clock.exec(word);
  if (time) {
    const at = (back: number) =>
      inZone([year, month, day - back, Number(time[1]), Number(time[2]), 0], timeZone);
    // The last time that the clock said so.
    return at(0) <= now ? at(0) : at(1);
  }
  const whole = edge === 'to' ? 1 : 0;
  if (word === 'today') return inZone([year, month, day + whole, 0, 0, 0], timeZone);
  if (word === 'yesterday') return inZone([year, month, day - 1 + whole, 0, 0, 0], timeZone);
  const [, y, m, d, hour, minute, second = '0', fraction = '', utc] = date.exec(word) ?? [];
  const days = [Number(y), Number(m), Number(d)] as const;
  if (hour === undefined) return inZone([days[0], days[1], days[2] + whole, 0, 0, 0], timeZone);
  const wanted = [...days, Number(hour), Number(minute), Number(second)] as const;
  const base = utc ? new Date(utcOf(wanted)) : inZone(wanted, timeZone);
  return new Date(base.getTime() + Math.round(Number(`0${fraction}`) * 1000));
}

type Wall = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number];

const utcOf = ([year, month, day, hour, minute, second]: Wall): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

/** What the clock on the wall of that zone says. */
function wallClock(at: Date, timeZone: string): Wall {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((known) => known.type === type)?.value ?? 0);
  return [part('year'), part('month'), part('day'), part('hour'), part('minute'), part('second')];
}

/** The instant at which that zone's wall clock says so; twice, since the offset may change in between. */
function inZone(wall: Wall, timeZone: string): Date {
  const wanted = utcOf(wall);
  let at = wanted;
  for (let round = 0; round < 2; round++) at = wanted - (utcOf(wallClock(new Date(at), timeZone)) - at);
  return new Date(at);
}
