import { AwsError } from '../errors.ts';

const longest = 1_024;

/** CloudWatch's filter patterns: terms (`"a b" -c ?d`), JSON (`{ $.level = "error" && $.status >= 500 }`) or an expression (`%a|b%`). */
export function compilePattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.length > longest) throw invalid();
  if (text.startsWith('%')) {
    const expression = compileExpression(text);
    return (message) => expression.test(message);
  }
  if (text.startsWith('{')) {
    if (!text.endsWith('}')) throw invalid();
    const tokens = tokenize(text.slice(1, -1));
    const condition = either(tokens);
    if (tokens.length > 0) throw invalid();
    return (message) => {
      const value = parse(message);
      return value !== undefined && condition(value);
    };
  }
  return terms(text);
}

const invalid = () => new AwsError('InvalidParameterException', 'Invalid filter pattern');

// A few signs, classes of characters, and no groups: as AWS's "Supported regular expressions" has them.
const expression = /^%((?:[A-Za-z0-9 :_#=@/;,^$?[\]{}|*+.-]|\\[dDsSwW]|\\x[0-9A-Fa-f]{2}|\\[^\w\s()%])+)%$/;

function compileExpression(text: string): RegExp {
  const inner = expression.exec(text)?.[1];
  if (inner === undefined) throw invalid();
  try {
    return new RegExp(inner);
  } catch {
    throw invalid();
  }
}

function terms(text: string): (message: string) => boolean {
  const all: string[] = [];
  const any: string[] = [];
  const none: string[] = [];
  let rest = text;
  while (rest !== '') {
    const match = /^([?-]?)(?:"([^"]*)"|([^\s"?-][^\s"]*))(?:\s+|$)/.exec(rest);
    if (!match) throw invalid();
    const term = match[2] ?? match[3] ?? '';
    // A bare term with anything but word characters must be quoted.
    if (match[3] !== undefined && /\W/.test(match[3])) throw invalid();
    (match[1] === '?' ? any : match[1] === '-' ? none : all).push(term);
    rest = rest.slice(match[0].length);
  }
  return (message) => {
    const optional = any.length === 0 || all.length > 0 || any.some((term) => message.includes(term));
    return (
      optional && all.every((term) => message.includes(term)) && !none.some((term) => message.includes(term))
    );
  };
}

type Condition = (value: unknown) => boolean;

function tokenize(text: string): string[] {
  if ((text.match(/%[^%]*%/g) ?? []).length > 2) throw invalid();
  const tokens =
    text.match(
      /%[^%]*%|"(?:[^"\\]|\\.)*"|&&|\|\||!=|<=|>=|[=<>()]|\$(?:\.[\w-]+|\[\d+\])+|[^\s()=<>!&|"]+/g,
    ) ?? [];
  if (tokens.join('').replace(/\s/g, '') !== text.replace(/\s/g, '')) throw invalid();
  return tokens;
}

function either(tokens: string[]): Condition {
  const parts = [both(tokens)];
  while (tokens[0] === '||') {
    tokens.shift();
    parts.push(both(tokens));
  }
  return (value) => parts.some((part) => part(value));
}

function both(tokens: string[]): Condition {
  const parts = [one(tokens)];
  while (tokens[0] === '&&') {
    tokens.shift();
    parts.push(one(tokens));
  }
  return (value) => parts.every((part) => part(value));
}

function one(tokens: string[]): Condition {
  const first = tokens.shift();
  if (first === '(') {
    const inner = either(tokens);
    if (tokens.shift() !== ')') throw invalid();
    return inner;
  }
  const operator = tokens.shift();
  const operand = tokens.shift();
  if (!first?.startsWith('$') || operator === undefined || operand === undefined) throw invalid();
  const path = first.match(/[\w-]+/g) ?? [];
  return compare(path, operator, operand);
}

function compare(path: readonly string[], operator: string, operand: string): Condition {
  const quoted = /^"(.*)"$/s.exec(operand)?.[1]?.replace(/\\(.)/g, '$1');
  const number = quoted === undefined && operand !== '' ? Number(operand) : Number.NaN;
  const wild = new RegExp(
    `^${(quoted ?? operand).replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`,
    's',
  );
  const matching = operand.startsWith('%') ? compileExpression(operand) : undefined;
  if (matching && operator !== '=' && operator !== '!=') throw invalid();
  const equals = (found: unknown) =>
    matching
      ? matching.test(String(found))
      : typeof found === 'number' && !Number.isNaN(number)
        ? found === number
        : wild.test(String(found));
  return (value) => {
    const found = path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
      value,
    );
    if (found === undefined) return false;
    if (operator === '=') return equals(found);
    if (operator === '!=') return !equals(found);
    if (typeof found !== 'number' || Number.isNaN(number)) return false;
    return (
      { '<': found < number, '>': found > number, '<=': found <= number, '>=': found >= number }[operator] ??
      false
    );
  };
}

function parse(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
