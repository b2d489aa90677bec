const date = String.raw`\d{4}[-/]\d\d[-/]\d\d`;
const clock = String.raw`\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?`;
const zone = String.raw`(?:Z|UTC|GMT|[+-]\d\d:?\d\d)`;
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';

/** How writers begin a line with a time, as the inside of a pattern; `readTime` reads each. */
export const timePattern = [
  `${date}[T ]${clock}(?: ?${zone})?`,
  String.raw`\d\d[-/.]\d\d[-/.]\d{4},?[T ]${clock}(?: ?${zone})?`,
  String.raw`\d\d?/\d\d?/\d{4}, \d\d?:\d\d:\d\d[\s\u202f][AP]M`,
  String.raw`${month} \d\d?, \d{4},? \d\d?:\d\d:\d\d[\s\u202f][AP]M`,
  String.raw`\d\d/${month}/\d{4}[: ]${clock}(?: ${zone})?`,
  String.raw`\d\d? ${month} \d{4} ${clock}`,
  String.raw`${weekday},? ${month} +\d\d? ${clock}(?: ${zone})? \d{4}`,
  String.raw`${weekday}, \d\d ${month} \d{4} ${clock}(?: ${zone})?`,
  String.raw`1\d{12}|1\d{9}\.\d{3,6}`,
].join('|');

/** A time of day alone. */
export const clockPattern = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`;

/** Syslog's, a date without its year. */
export const dayOfMonthPattern = String.raw`${month} [ \d]\d ${clock}`;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time as a logger writes it: text, or seconds, ms, µs or ns since 1970. Without a zone it is taken for UTC, in which servers run. */
export function readTime(value: unknown): Date | undefined {
  if (typeof value === 'number') return timeOfNumber(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return timeOfNumber(Number(text));
  const [day, rest] = dayOf(text) ?? [];
  if (day === undefined || rest === undefined) return undefined;
  const time = /(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?/.exec(rest);
  if (!time) return undefined;
  const [, hour = '', minute = '', second = '00', fraction = '0'] = time;
  const after = rest.slice(time.index + time[0].length);
  const half = /^[\s\u202f]?([AP])M/.exec(after)?.[1];
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  const offset = /[+-]\d\d:?\d\d/.exec(after)?.[0] ?? 'Z';
  return dateOf(`${day}T${two(hours)}:${minute}:${second}.${fraction.slice(0, 3)}${offset}`);
}

/** The day as `2026-01-21`, and what stands after it. */
function dayOf(text: string): [day: string, rest: string] | undefined {
  const iso = /^(\d{4})[-/](\d\d)[-/](\d\d)/.exec(text);
  if (iso) return [`${iso[1]}-${iso[2]}-${iso[3]}`, text.slice(iso[0].length)];
  const numbers = /^(\d\d?)([-/.])(\d\d?)[-/.](\d{4})/.exec(text);
  if (numbers) {
    const [all, one = '', sign, other = '', year] = numbers;
    // With slashes the month comes first, as in America, unless it can't be one.
    const monthFirst = Number(one) <= 12 && (sign === '/' || Number(other) > 12);
    const [monthNumber, dayNumber] = monthFirst ? [one, other] : [other, one];
    return [`${year}-${two(monthNumber)}-${two(dayNumber)}`, text.slice(all.length)];
  }
  const named = new RegExp(`(?:(\\d\\d?)[ /])?(${month})(?: +(\\d\\d?))?`).exec(text);
  const year = /(?<![\d:.+-])\d{4}(?!\d)/.exec(text)?.[0];
  const dayNumber = named?.[1] ?? named?.[3];
  if (!named || year === undefined || dayNumber === undefined) return undefined;
  const rest = text.slice(named.index + named[0].length).replace(new RegExp(`^[/, ]*${year}`), '');
  return [`${year}-${two(months.indexOf(named[2] ?? '') + 1)}-${two(dayNumber)}`, rest];
}

const two = (value: string | number): string => String(value).padStart(2, '0');

/** Ten digits are seconds until 2286, thirteen ms, sixteen µs, nineteen ns. */
function timeOfNumber(value: number): Date | undefined {
  if (value < 1e8) return undefined;
  if (value < 1e11) return dateOf(value * 1000);
  return dateOf(value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6);
}

function dateOf(value: string | number): Date | undefined {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
