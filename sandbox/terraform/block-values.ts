import { type Attribute, type BlockSchema, isMany, type NestedBlock } from './schema.ts';
import { isNamed, listOf, type Named, namedOf, type Value } from './value.ts';

interface BlockVisitor {
  leaf(name: string, attribute: Attribute, value: Value): Value;
  nested(name: string, schema: NestedBlock, value: Value): Value;
}

/** A new value of a block, with a value for every attribute and nested block of its schema and for nothing else. */
export function rebuild(block: BlockSchema, value: Value | undefined, { leaf, nested }: BlockVisitor): Named {
  const given = namedOf(value);
  const out: Named = {};
  for (const [name, attribute] of Object.entries(block.attributes ?? {}))
    out[name] = leaf(name, attribute, given[name] ?? null);
  for (const [name, schema] of Object.entries(block.block_types ?? {}))
    out[name] = nested(name, schema, given[name] ?? null);
  return out;
}

/** A stored state in the schema's shape: names that it doesn't have are dropped, those that are missing are null. */
export function conform(block: BlockSchema, value: Value): Named {
  return rebuild(block, value, {
    leaf: (_name, _attribute, given) => given,
    nested: (_name, schema, given) => {
      if (isMany(schema)) return listOf(given).map((item) => conform(schema.block, item));
      return isNamed(given) ? conform(schema.block, given) : null;
    },
  });
}
