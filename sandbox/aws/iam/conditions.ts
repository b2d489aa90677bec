import { BlockList, isIP } from 'node:net';
import { type Context, contextValue, substitute } from './context.ts';
import type { Policy, Statement } from './policy.ts';
import { isArnLike, isLike } from './wildcards.ts';

type Compare = (wanted: string, given: string) => boolean;

const same: Compare = (wanted, given) => wanted === given;
const sameWords: Compare = (wanted, given) => wanted.toLowerCase() === given.toLowerCase();

const numbers =
  (compare: (wanted: number, given: number) => boolean): Compare =>
  (wanted, given) =>
    compare(numberIn(wanted), numberIn(given));

function numberIn(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) throw new Error(`${text} is no number.`);
  return number;
}

const times = (compare: (wanted: number, given: number) => boolean): Compare => {
  const timeIn = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  return (wanted, given) => {
    const [a, b] = [timeIn(wanted), timeIn(given)];
    if (Number.isNaN(a) || Number.isNaN(b)) throw new Error(`${wanted} or ${given} is no date.`);
    return compare(a, b);
  };
};

function isInRange(wanted: string, given: string): boolean {
  const [address = '', bits] = wanted.split('/');
  const version = isIP(address);
  if (version === 0 || isIP(given) === 0) throw new Error(`${wanted} or ${given} is no address.`);
  const family = (of: number) => (of === 4 ? 'ipv4' : 'ipv6');
  const list = new BlockList();
  list.addSubnet(address, bits === undefined ? (version === 4 ? 32 : 128) : numberIn(bits), family(version));
  return list.check(given, family(isIP(given)));
}

/** What compares one value of the policy with one of the request. The same with Not in its name is its contrary. */
const positive: Readonly<Record<string, Compare>> = {
  StringEquals: same,
  StringEqualsIgnoreCase: sameWords,
  StringLike: isLike,
  NumericEquals: numbers((wanted, given) => given === wanted),
  NumericLessThan: numbers((wanted, given) => given < wanted),
  NumericLessThanEquals: numbers((wanted, given) => given <= wanted),
  NumericGreaterThan: numbers((wanted, given) => given > wanted),
  NumericGreaterThanEquals: numbers((wanted, given) => given >= wanted),
  DateEquals: times((wanted, given) => given === wanted),
  DateLessThan: times((wanted, given) => given < wanted),
  DateLessThanEquals: times((wanted, given) => given <= wanted),
  DateGreaterThan: times((wanted, given) => given > wanted),
  DateGreaterThanEquals: times((wanted, given) => given >= wanted),
  Bool: sameWords,
  IpAddress: isInRange,
  // AWS: the two are the same.
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
};
const contrary: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

interface Operator {
  compare: Compare;
  negated: boolean;
  /** How many of the request's values: of a key with one value, undefined. */
  set: 'ForAllValues' | 'ForAnyValue' | undefined;
  ifExists: boolean;
}

function operatorOf(name: string): Operator {
  const [, set, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const positiveName = Object.hasOwn(contrary, base) ? (contrary[base] ?? '') : base;
  const compare = Object.hasOwn(positive, positiveName) ? positive[positiveName] : undefined;
  if (!compare) throw new Error(`The condition operator ${name} is not known here.`);
  return {
    compare,
    negated: positiveName !== base,
    set: set === 'ForAllValues' || set === 'ForAnyValue' ? set : undefined,
    ifExists: ifExists !== undefined,
  };
}

/** Whether a request meets all of a statement's conditions; any of a key's values will do. */
export function meets({ Condition = {} }: Statement, context: Context, version: Policy['Version']): boolean {
  return Object.entries(Condition).every(([name, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const given = contextValue(context, key);
      if (name === 'Null') return meetsNull(values, given);
      const operator = operatorOf(name);
      // Variables are of the newer language: the older one takes them for text.
      const wanted = version === '2012-10-17' ? values.map((value) => substitute(value, context)) : values;
      return holds(operator, key, wanted, given);
    }),
  );
}

function meetsNull(values: readonly string[], given: string | readonly string[] | undefined): boolean {
  const absent = given === undefined || (typeof given !== 'string' && given.length === 0);
  return values.some((value) => {
    if (!/^(true|false)$/i.test(value)) throw new Error(`Null takes true or false, not ${value}.`);
    return absent === (value.toLowerCase() === 'true');
  });
}

function holds(
  { compare, negated, set, ifExists }: Operator,
  key: string,
  wanted: readonly (string | undefined)[],
  given: string | readonly string[] | undefined,
): boolean {
  if (given === undefined) return ifExists || (set ? set === 'ForAllValues' : negated);
  const one = (value: string): boolean => {
    if (negated && wanted.includes(undefined))
      throw new Error(
        `${key} is compared with a variable that has no value: AWS does not say what comes of it.`,
      );
    return wanted.some((pattern) => pattern !== undefined && compare(pattern, value)) !== negated;
  };
  if (typeof given === 'string') return one(given);
  if (set === 'ForAllValues') return given.every(one);
  if (set === 'ForAnyValue') return given.some(one);
  throw new Error(`${key} has several values: its condition needs ForAllValues or ForAnyValue.`);
}
