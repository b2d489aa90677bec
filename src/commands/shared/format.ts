import { wallClock, zonedFormat } from '../../core/reply/wall-clock.ts';

/** `8 s`, `41 m`, `3 h`, `12 d`: the largest unit, rounded down. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `1 line`, `37 lines`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The text, or its beginning with how much was left out: nothing is cut unseen. */
export function cut(value: string, most: number): string {
  const letters = [...value];
  if (letters.length <= most) return value;
  return `${letters.slice(0, most).join('')}… (${letters.length.toLocaleString('en')} characters)`;
}

/** `124 MB` of bytes. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

/** `NAT, bastion` or `nothing`. */
export const listed = (words: readonly string[]): string => [...new Set(words)].join(', ') || 'nothing';

/** For cells, which hold no time spans: `23 Nov 09:12` in the team’s zone. */
export function stamp(at: Date | undefined, timeZone: string): string {
  if (!at) return '–';
  return wallClock(at, timeZone, 'both').replace(',', '');
}

/** `GMT+8`: the zone that `stamp` writes in, for a heading. */
export function zoneName(timeZone: string, at: Date): string {
  return (
    zonedFormat('en', timeZone, { timeZoneName: 'short' })
      .formatToParts(at)
      .find((part) => part.type === 'timeZoneName')?.value ?? timeZone
  );
}

/** `dev-backend (i-080c…)`; the id alone where there is no other name. */
export const withId = (name: string, id: string): string => (name === id ? id : `${name} (${id})`);
