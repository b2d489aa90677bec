import { Temporal } from 'temporal-polyfill';
import { clock } from './time-argument.ts';

/** What `timeArgument` takes, but for how long ago, as a time. Typed dates and clock times are the team’s; a date alone means its first or last instant. */
export function resolveTime(word: string, now: Date, timeZone: string, edge: 'from' | 'to'): Date {
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
