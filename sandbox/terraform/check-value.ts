import { isIPv4, isIPv6 } from 'node:net';
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
  const [, address = '', width = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? [];
  const [version, size] = isIPv4(address) ? [4, 32] : isIPv6(address) ? [6, 128] : [0, 0];
  if (version === 0 || Number(width) > size || (family !== 1 && family !== version)) return false;
  const number = version === 4 ? numberOf(address.split('.'), 8) : numberOf(groupsOf(address), 16);
  // AWS refuses address bits beyond the prefix.
  return number % 2n ** BigInt(size - Number(width)) === 0n;
}

const numberOf = (parts: readonly (string | number)[], bits: number): bigint =>
  parts.reduce((sum, part) => (sum << BigInt(bits)) + BigInt(part), 0n);

/** The eight numbers of an IPv6 address, whose end may be written as an IPv4 address. */
function groupsOf(address: string): number[] {
  const [head = [], tail = []] = address.split('::').map((side) =>
    side.split(':').flatMap((group) => {
      if (group === '') return [];
      if (!group.includes('.')) return [Number.parseInt(group, 16)];
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
      return [a * 256 + b, c * 256 + d];
    }),
  );
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
