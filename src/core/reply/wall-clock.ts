const made = new Map<string, Intl.DateTimeFormat>();

/** How times are written in a zone; each made once, since that takes a hundred times as long as a time takes to be written. */
export function zonedFormat(
  locale: 'en' | 'en-GB',
  timeZone: string,
  look: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, look]);
  const known = made.get(key) ?? new Intl.DateTimeFormat(locale, { ...look, timeZone });
  made.set(key, known);
  return known;
}

const day = { day: 'numeric', month: 'short' } as const;
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const looks = { clock, day, both: { ...day, ...clock }, seconds: { ...clock, second: '2-digit' } } as const;

/** A time as a zone's wall clock shows it: `14:05`, `23 Nov`, `23 Nov, 14:05`, `14:05:09`. Throws `RangeError` for what is no time. */
export const wallClock = (at: Date, timeZone: string, as: keyof typeof looks): string =>
  zonedFormat('en-GB', timeZone, looks[as]).format(at);
