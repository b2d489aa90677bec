import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from './input-error.ts';
import type { Value } from './value.ts';

// The shape of `terraform providers schema -json`.
export type Type =
  | string
  | readonly ['list' | 'set' | 'map', Type]
  | readonly ['object', Readonly<Record<string, Type>>];

export interface Attribute {
  type: Type;
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  deprecated?: boolean;
  write_only?: boolean;
}

export interface NestedBlock {
  nesting_mode: 'single' | 'list' | 'set' | 'map' | 'group';
  block: BlockSchema;
  min_items?: number;
  max_items?: number;
}

export interface BlockSchema {
  attributes?: Readonly<Record<string, Attribute>>;
  block_types?: Readonly<Record<string, NestedBlock>>;
  deprecated?: boolean;
}

export interface Schema {
  version?: number;
  block: BlockSchema;
}

export type SchemasByType = Readonly<Record<string, Schema>>;

export interface Schemas {
  provider_version: string;
  provider: Schema;
  resource_schemas: SchemasByType;
  data_source_schemas: SchemasByType;
  ephemeral_resource_schemas: SchemasByType;
}

/** What the schema does not say of an argument, which is named by its dotted path. */
export interface Rule {
  /** A change of it replaces the resource. */
  replace?: 1;
  default?: Value;
  conflicts?: readonly string[];
  /** Arguments that it needs beside it. */
  with?: readonly string[];
  /** Exactly one of these is given. */
  one?: readonly string[];
  /** At least one of these is given. */
  any?: readonly string[];
  json?: 1;
  arn?: 1;
  /** The family: 4, 6, or 1 for either. */
  cidr?: 1 | 4 | 6;
  enum?: readonly string[];
  ints?: readonly number[];
  len?: readonly [number, number];
  range?: readonly [number, number];
}

export type Rules = Readonly<Record<string, Rule>>;

const here = (name: string) => readFileSync(new URL(name, import.meta.url));

export const schemas: Schemas = JSON.parse(gunzipSync(here('schema.json.gz')).toString('utf8'));
const behaviour: Readonly<Record<string, Rules>> = JSON.parse(here('behaviour.json').toString('utf8'));

export const rulesOf = (type: string): Rules => behaviour[type] ?? {};

/** Without the types and nested blocks of whose names `isKept` says no. */
export function schemasOf(isKept: (name: string) => boolean): Schemas {
  const kept = <T>(of: Readonly<Record<string, T>>) => Object.entries(of).filter(([name]) => isKept(name));
  const block = ({ block_types, ...rest }: BlockSchema): BlockSchema => ({
    ...rest,
    block_types: Object.fromEntries(
      kept(block_types ?? {}).map(([name, nested]) => [name, { ...nested, block: block(nested.block) }]),
    ),
  });
  const types = (of: SchemasByType): SchemasByType =>
    Object.fromEntries(kept(of).map(([type, schema]) => [type, { ...schema, block: block(schema.block) }]));
  return {
    ...schemas,
    resource_schemas: types(schemas.resource_schemas),
    data_source_schemas: types(schemas.data_source_schemas),
    ephemeral_resource_schemas: types(schemas.ephemeral_resource_schemas),
  };
}

/** A type's block. Throws an InputError that says how a missing type is added. */
export function blockOf(of: SchemasByType, type: string): BlockSchema {
  const found = of[type];
  if (!found)
    throw new InputError(
      `${type} is not in the offline provider's schema`,
      'Add it to schema.json.gz: sandbox/terraform/README.md says how.',
    );
  return found.block;
}

/** Nested blocks that are a list or a set of blocks. */
export const isMany = ({ nesting_mode }: NestedBlock): boolean =>
  nesting_mode === 'list' || nesting_mode === 'set';

/** The type of a member of a list, set or map, or of an object's attribute. */
export function memberType(type: Type, name: string): Type {
  if (typeof type === 'string') return 'dynamic';
  return type[0] === 'object' ? (type[1][name] ?? 'dynamic') : type[1];
}
