import { createHash, randomBytes } from 'node:crypto';
import type { Attribute, Type } from './schema.ts';
import type { Settings } from './settings.ts';
import { isNone, type Named, textOf, UNKNOWN, type Value } from './value.ts';

const alphabets = {
  '#': '0123456789abcdef',
  '@': 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  '~': 'abcdefghijklmnopqrstuvwxyz0123456789',
  '%': '0123456789',
} as const;
type Alphabet = keyof typeof alphabets;

/** Draws a number of characters of one alphabet: hex, upper case, lower case, decimal. */
export type Draw = (alphabet: Alphabet, length: number) => string;

/** Where and as what a value is invented. */
export interface ValueContext extends Settings {
  /** `ec2` of aws_ec2_fleet, and its `fleet`, as ARNs are made of them. */
  service: string;
  kind: string;
}

/** What is known of a type's values: a template, several, or, as a function, a value as it is. */
export type Table = Record<string, Value | (() => Value) | undefined>;

export interface Filler {
  fill(name: string): Value;
  draw: Draw;
  context: ValueContext;
}

interface FillerOptions {
  type: string;
  values: Named;
  attributes: Readonly<Record<string, Attribute>>;
  settings: Settings;
  table: Table;
  /** With one, the same values come every time. */
  seed?: string;
}

/** Invents what AWS would have decided, one attribute at a time, each once. */
export function createFiller({ type, values, attributes, settings, table, seed }: FillerOptions): Filler {
  const draw = createDraw(seed);
  const [, service = '', kind = ''] = /^aws_([a-z0-9]+)_?(.*)$/.exec(type) ?? [];
  const region = textOf(values.region) || settings.region;
  const context: ValueContext = { ...settings, region, service, kind: kind || service };
  const done = new Map<string, Value>();

  function fill(name: string): Value {
    const given = values[name];
    if (!isNone(given) && given !== UNKNOWN && given !== '') return given;
    const before = done.get(name);
    if (before !== undefined) return before;
    // A template that names itself ends here.
    done.set(name, null);
    const made = invent(name);
    done.set(name, made);
    return made;
  }

  function invent(name: string): Value {
    const known = table[name];
    if (typeof known === 'function') return known();
    if (known !== undefined) return Array.isArray(known) ? known.map(expand) : expand(known);
    if (attributes[`${name}_prefix`])
      return (textOf(values[`${name}_prefix`]) || 'terraform-') + draw('%', 26);
    const attribute = attributes[name];
    return attribute ? likelyValue(name, attribute, draw, context) : null;
  }

  // Templates: {p} partition, {r} region, {a} account, {x} the attribute x, {/x} the same with one slash before it;
  // #n, @n, ~n and %n draw n characters.
  function expand(template: Value): Value {
    if (typeof template !== 'string') return template;
    // In one pass: what is put in may itself look like a template.
    return template.replace(
      /\{(\/?)(\w+)\}|([#@~%])(\d+)/g,
      (_whole, slash: string, name: string | undefined, alphabet: Alphabet, length: string) =>
        name === undefined ? draw(alphabet, Number(length)) : named(name, slash !== ''),
    );
  }

  function named(name: string, afterSlash: boolean): string {
    const settled: Record<string, string> = { p: context.partition, r: region, a: context.account };
    const value = settled[name] ?? String(fill(name) ?? '');
    return afterSlash ? `/${value.replace(/^\//, '')}` : value;
  }

  return { fill, draw, context };
}

function createDraw(seed: string | Buffer = randomBytes(16)): Draw {
  let pool: number[] = [];
  let turn = 0;
  const next = (): number => {
    if (pool.length === 0) {
      pool = [...createHash('sha256').update(seed).update(String(turn)).digest()];
      turn += 1;
    }
    return pool.pop() ?? 0;
  };
  return (alphabet, length) => {
    const letters = alphabets[alphabet];
    return Array.from({ length }, () => letters[next() % letters.length]).join('');
  };
}

const empty: Readonly<Record<string, Value>> = { list: [], set: [], map: {}, bool: false, number: 0 };

const kindOf = (type: Type): string => (typeof type === 'string' ? type : type[0]);

/** What a value of that name and type looks like. */
function likelyValue(name: string, { type, optional }: Attribute, draw: Draw, context: ValueContext): Value {
  if (typeof type !== 'string' && type[0] === 'object')
    return Object.fromEntries(
      Object.entries(type[1]).map(([key, inner]) => [key, likelyValue(key, { type: inner }, draw, context)]),
    );
  const kind = kindOf(type);
  if (kind === 'number' && name === 'port') return 443;
  if (kind !== 'string') return empty[kind] ?? null;
  const { region, account, partition, service } = context;
  const byte = (): number => Number.parseInt(draw('#', 2), 16);
  if (name === 'region') return region;
  if (/^(owner|owner_id|account_id|registry_id|caller_account)$/.test(name)) return account;
  if (name === 'private_ip') return `10.0.${byte()}.${10 + (byte() % 240)}`;
  if (name === 'ip_address_type') return 'ipv4';
  if (name === 'availability_zone') return `${region}a`;
  if (name === 'id') return draw('#', 17);
  if (optional || usuallyEmpty.test(name)) return '';
  if (/(^|_)arn$/.test(name)) {
    const what = name === 'arn' ? context.kind : name.slice(0, -'_arn'.length);
    return `arn:${partition}:${service}:${region}:${account}:${what}/${draw('#', 12)}`;
  }
  if (name.endsWith('_id')) return `${name.slice(0, -'_id'.length).replaceAll('_', '-')}-${draw('#', 17)}`;
  if (/(^|_)(public_ip|ip_address|ip)$/.test(name)) return `203.0.113.${1 + (byte() % 250)}`;
  if (/dns|domain_name$|endpoint$/.test(name)) return `${draw('~', 12)}.${region}.amazonaws.com`;
  if (/(_date|_time|_at|^last_modified)$/.test(name)) return '2025-01-01T00:00:00Z';
  if (/secret|password|token/.test(name)) return draw('~', 40);
  if (/^(status|state)$/.test(name)) return 'ACTIVE';
  return /version/.test(name) ? '1' : '';
}

/** Empty unless the configuration asks for such a thing. */
const usuallyEmpty =
  /outpost|^spot_|^password_data$|carrier|customer_owned|ipv6|capacity_reservation|replica/;
