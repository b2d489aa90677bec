import { randomBytes } from 'node:crypto';
import { rebuild } from './block-values.ts';
import { resourceFiller } from './identities.ts';
import { type BlockSchema, isMany, memberType, type Type } from './schema.ts';
import type { Settings } from './settings.ts';
import { isNamed, isNone, listOf, type Named, UNKNOWN, type Value } from './value.ts';

type Fill = (name: string) => Value;

/** A resource as it is after apply: what was left unknown has a value, and what AWS changes with every update is changed. */
export function applyChange(
  type: string,
  block: BlockSchema,
  prior: Named | null,
  planned: Named,
  settings: Settings,
): Named {
  const given = { ...planned };
  if (type === 'aws_acm_certificate' && !prior) given.domain_validation_options = UNKNOWN;
  const fill = resourceFiller(type, given, block.attributes ?? {}, settings);
  const next = settle(block, given, (name) => {
    const before = prior?.[name];
    return isNone(before) ? fill(name) : afterUpdate(name, before, fill);
  });
  for (const [name, attribute] of Object.entries(block.attributes ?? {}))
    if (attribute.write_only) next[name] = null;
  return next;
}

/** The value after an update of the resource: versions count, hashes change. */
function afterUpdate(name: string, before: Value, fill: Fill): Value {
  if (name.endsWith('version') && typeof before === 'number') return before + 1;
  if (name.endsWith('version') && typeof before === 'string' && /^\d+$/.test(before))
    return String(Number(before) + 1);
  return name === 'hash' || name === 'etag' ? randomBytes(16).toString('hex') : fill(name);
}

/** A value with nothing unknown left: `fill` says what stands at the top, inside blocks it is empty. */
export function settle(block: BlockSchema, value: Value, fill: Fill, isInside = false): Named {
  function known(type: Type, given: Value, unknown: (type: Type) => Value): Value {
    if (given === UNKNOWN) return unknown(type);
    if (Array.isArray(given)) return given.map((item) => known(memberType(type, ''), item, unknown));
    if (!isNamed(given)) return given;
    return Object.fromEntries(
      Object.entries(given).map(([key, item]) => [key, known(memberType(type, key), item, blank)]),
    );
  }
  return rebuild(block, value, {
    leaf: (name, { type }, given) => known(type, given, isInside ? blank : () => fill(name)),
    nested(_name, schema, given) {
      if (given === UNKNOWN) return isMany(schema) ? [] : null;
      if (isMany(schema)) return listOf(given).map((item) => settle(schema.block, item, fill, true));
      return given === null ? null : settle(schema.block, given, fill, true);
    },
  });
}

function blank(type: Type): Value {
  if (typeof type !== 'string') return { map: {}, object: null, list: [], set: [] }[type[0]];
  return { string: '', number: 0, bool: false }[type] ?? null;
}
