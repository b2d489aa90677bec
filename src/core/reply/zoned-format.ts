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
