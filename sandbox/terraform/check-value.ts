import type { Rule } from './schema.ts';

/** What is wrong with one argument's value, as the end of a sentence that begins with its name; undefined when it is right. */
export function checkValue(rule: Rule, value: string | number | boolean): string | undefined {
  const text = String(value);
  if (rule.json && !isJson(text)) return 'contains an invalid JSON policy or document';
  if (rule.arn && text !== '' && !/^arn:[\w-]*:[\w-]+:[\w-]*:[\w-]*:.+/.test(text))
    return `(${text}) is an invalid ARN`;
  if (rule.cidr && !isCidr(text, rule.cidr)) return `(${text}) is not a valid CIDR block`;
  if (rule.enum && !rule.enum.includes(text)) return `must be one of ${rule.enum.join(', ')}, not "${text}"`;
  if (rule.ints && !rule.ints.includes(Number(value)))
    return `must be one of ${rule.ints.join(', ')}, not ${text}`;
  return checkSize(rule, text);
}

function checkSize({ len, range }: Rule, text: string): string | undefined {
  if (len && (text.length < len[0] || text.length > len[1]))
    return `must be ${len[0]} to ${len[1]} characters long, not ${text.length}`;
  if (range && !(Number(text) >= range[0] && Number(text) <= range[1]))
    return `must be in the range ${range[0]} to ${range[1]}, not ${text}`;
  return undefined;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function isCidr(text: string, family: 1 | 4 | 6): boolean {
  const [, address = '', width = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bits = Number(width);
  if (width === '') return false;
  if (address.includes(':')) return family !== 4 && /^[0-9a-f:.]+$/i.test(address) && bits <= 128;
  const octets = address.split('.').map(Number);
  if (
    family === 6 ||
    bits > 32 ||
    octets.length !== 4 ||
    octets.some((octet) => !(octet >= 0 && octet <= 255))
  )
    return false;
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  // AWS refuses address bits beyond the prefix.
  return number % 2 ** (32 - bits) === 0;
}
