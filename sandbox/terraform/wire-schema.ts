import type { BlockSchema, NestedBlock, Schema, Schemas, SchemasByType } from './schema.ts';

// NestingMode, as the plugin protocol counts it.
const nestings: Record<NestedBlock['nesting_mode'], number> = {
  single: 1,
  list: 2,
  set: 3,
  map: 4,
  group: 5,
};

const wireBlock = (block: BlockSchema): object => ({
  version: 0,
  deprecated: block.deprecated === true,
  attributes: Object.entries(block.attributes ?? {}).map(([name, attribute]) => ({
    ...attribute,
    name,
    type: Buffer.from(JSON.stringify(attribute.type)),
  })),
  block_types: Object.entries(block.block_types ?? {}).map(([type_name, nested]) => ({
    type_name,
    block: wireBlock(nested.block),
    nesting: nestings[nested.nesting_mode],
    min_items: nested.min_items ?? 0,
    max_items: nested.max_items ?? 0,
  })),
});

const wireSchema = ({ version, block }: Schema): object => ({
  version: version ?? 0,
  block: wireBlock(block),
});

const wireSchemas = (of: SchemasByType): object =>
  Object.fromEntries(Object.entries(of).map(([type, schema]) => [type, wireSchema(schema)]));

const names = (of: SchemasByType): object[] => Object.keys(of).map((type_name) => ({ type_name }));

const server_capabilities = {
  plan_destroy: false,
  get_provider_schema_optional: true,
  move_resource_state: true,
};

/** The answer to GetMetadata. */
export const metadata = (schemas: Schemas) => ({
  server_capabilities,
  resources: names(schemas.resource_schemas),
  data_sources: names(schemas.data_source_schemas),
  ephemeral_resources: names(schemas.ephemeral_resource_schemas),
});

/** The answer to GetProviderSchema. */
export const providerSchema = (schemas: Schemas) => ({
  server_capabilities,
  provider: wireSchema(schemas.provider),
  resource_schemas: wireSchemas(schemas.resource_schemas),
  data_source_schemas: wireSchemas(schemas.data_source_schemas),
  ephemeral_resource_schemas: wireSchemas(schemas.ephemeral_resource_schemas),
});
