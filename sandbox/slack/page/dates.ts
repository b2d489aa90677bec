const locale = 'en-GB';
const dayMs = 86_400_000;

const show = (at: Date, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, options).format(at);

const dayOf = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

function relativeDay(at: Date, now: Date): string | undefined {
  const days = Math.round((dayOf(at) - dayOf(now)) / dayMs);
  return new Map([
    [-1, 'yesterday'],
    [0, 'today'],
    [1, 'tomorrow'],
  ]).get(days);
}

/** `4 s`, `12 min`, `3 h`, `2 d`: how long, in one unit. */
export function showSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export const showTime = (at: Date) => show(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const showClock = (at: Date) =>
  show(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
export const showMoment = (at: Date) =>
  show(at, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export function showDay(at: Date, now: Date): string {
  const near = relativeDay(at, now);
  if (near) return `${near.charAt(0).toUpperCase()}${near.slice(1)}`;
  return show(at, { weekday: 'long', day: 'numeric', month: 'long' });
}

const long = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
const middle = { day: 'numeric', month: 'long', year: 'numeric' } as const;
const short = { day: 'numeric', month: 'short', year: 'numeric' } as const;

/** The tokens of Slack's date formatting, in the reader's zone. */
type Token = (at: Date, now: Date) => string;
const tokens = new Map<string, Token>([
  ['date', (at) => show(at, middle)],
  [
    'date_num',
    (at) =>
      `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`,
  ],
  ['date_slash', (at) => show(at, { day: '2-digit', month: '2-digit', year: 'numeric' })],
  ['date_long', (at) => show(at, long)],
  ['date_short', (at) => show(at, short)],
  ['date_pretty', (at, now) => relativeDay(at, now) ?? show(at, middle)],
  ['date_long_pretty', (at, now) => relativeDay(at, now) ?? show(at, long)],
  ['date_short_pretty', (at, now) => relativeDay(at, now) ?? show(at, short)],
  ['day_divider_pretty', (at, now) => relativeDay(at, now) ?? show(at, long)],
  ['time', showTime],
  ['time_secs', showClock],
  [
    'ago',
    (at, now) =>
      now >= at
        ? `${showSpan(now.getTime() - at.getTime())} ago`
        : `in ${showSpan(at.getTime() - now.getTime())}`,
  ],
]);

/** Slack's `{date_short_pretty} at {time}`; the fallback when a token is not one of Slack's. `timestamp` in seconds. */
export function showSlackDate(timestamp: number, format: string, fallback: string, now: Date): string {
  const at = new Date(timestamp * 1000);
  if (Number.isNaN(at.getTime())) return fallback || format;
  let unknown = false;
  const shown = format.replace(/\{(\w+)\}/g, (whole, token: string) => {
    const act = tokens.get(token);
    if (!act) unknown = true;
    return act?.(at, now) ?? whole;
  });
  return unknown && fallback ? fallback : shown;
}
