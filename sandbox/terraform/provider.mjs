// A stand-in for the hashicorp/aws provider: real schemas, no AWS. Everything lives in Terraform's state.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { checkResource, diagnostic } from './checks.mjs';
import { accountAt, endpointOf } from './endpoint.ts';
import { lookUpParameter, readParameter, removeParameter, writeParameter } from './parameter.ts';
import { createParameterClient } from './parameter-client.ts';
import { dataFiller, resourceFiller, validationOptions } from './values.mjs';
import { decode, encode, same, UNKNOWN } from './wire.ts';

const here = (name) => new URL(name, import.meta.url);
export const schema = JSON.parse(zlib.gunzipSync(fs.readFileSync(here('schema.json.gz'))));
const behaviour = JSON.parse(fs.readFileSync(here('behaviour.json'), 'utf8'));
const NESTING = { single: 1, list: 2, set: 3, map: 4, group: 5 };
const CAPABILITIES = { plan_destroy: false, get_provider_schema_optional: true, move_resource_state: true };

// Attributes that AWS moves on every update of the resource.
const MOVES = {
  aws_launch_template: ['latest_version'],
  aws_ssm_document: ['latest_version', 'default_version', 'document_version', 'hash'],
  aws_ssm_parameter: ['version'],
  aws_lambda_function: ['last_modified'],
  aws_s3_object: ['etag', 'version_id'],
  aws_cloudfront_distribution: ['etag', 'last_modified_time'],
};

// ---- schema, as the protocol wants it

function wireBlock(block) {
  return {
    version: 0,
    deprecated: !!block.deprecated,
    attributes: Object.entries(block.attributes ?? {}).map(([name, a]) => ({
      ...a,
      name,
      type: Buffer.from(JSON.stringify(a.type)),
    })),
    block_types: Object.entries(block.block_types ?? {}).map(([type_name, b]) => ({
      type_name,
      block: wireBlock(b.block),
      nesting: NESTING[b.nesting_mode],
      min_items: b.min_items ?? 0,
      max_items: b.max_items ?? 0,
    })),
  };
}
const wireSchema = (s) => ({ version: s.version ?? 0, block: wireBlock(s.block) });
const wireSchemas = (all) =>
  Object.fromEntries(Object.entries(all).map(([type, s]) => [type, wireSchema(s)]));
const typeNames = (all) => Object.keys(all).map((type_name) => ({ type_name }));

// ---- values along a block's schema

const isMany = (nested) => nested.nesting_mode === 'list' || nested.nesting_mode === 'set';

/** Rebuilds a block's value: `leaf(name, attribute, value)` and `nested(name, schema, value)` say how. */
function rebuild(block, value, leaf, nested) {
  const out = {};
  for (const [name, a] of Object.entries(block.attributes ?? {}))
    out[name] = leaf(name, a, value?.[name] ?? null);
  for (const [name, b] of Object.entries(block.block_types ?? {}))
    out[name] = nested(name, b, value?.[name] ?? null);
  return out;
}

/** A stored state in today's shape: unknown names dropped, missing ones null. */
function conform(block, value) {
  return rebuild(
    block,
    value,
    (name, a, v) => v,
    (name, b, v) => {
      if (isMany(b)) return (Array.isArray(v) ? v : []).map((item) => conform(b.block, item));
      return v && conform(b.block, v);
    },
  );
}

/** The planned value: defaults filled in, what AWS decides left unknown where there is no earlier value. */
function plan(block, rules, prior, proposed, path = '') {
  return rebuild(
    block,
    proposed,
    (name, a, v) => {
      if (a.write_only) return null;
      if (v !== null) return v;
      const fallback = rules[path + name]?.default;
      if (fallback !== undefined) return fallback;
      if (!a.computed) return null;
      return prior ? (prior[name] ?? null) : UNKNOWN;
    },
    (name, b, v) => {
      if (v === UNKNOWN || v === null) return v ?? (isMany(b) ? [] : null);
      const inner = `${path}${name}.`;
      if (b.nesting_mode === 'list')
        return v.map((item, i) =>
          item === UNKNOWN ? item : plan(b.block, rules, prior?.[name]?.[i], item, inner),
        );
      if (b.nesting_mode === 'set') {
        return v.map((item) => {
          if (item === UNKNOWN) return item;
          const restated = (prior?.[name] ?? []).find((old) =>
            same(old, plan(b.block, rules, old, item, inner)),
          );
          return restated ?? plan(b.block, rules, undefined, item, inner);
        });
      }
      return plan(b.block, rules, prior?.[name], v, inner);
    },
  );
}

/** A value with nothing unknown left. */
function settle(block, value, fill, inside) {
  const known = (name, type, v) => {
    if (v === UNKNOWN) return inside ? blank(type) : fill(name);
    if (Array.isArray(v)) return v.map((item) => known(name, type[1], item));
    if (v && typeof v === 'object') {
      return Object.fromEntries(
        Object.entries(v).map(([k, x]) => [
          k,
          x === UNKNOWN ? blank(type[0] === 'object' ? type[1][k] : type[1]) : x,
        ]),
      );
    }
    return v;
  };
  return rebuild(
    block,
    value,
    (name, a, v) => known(name, a.type, v),
    (name, b, v) => {
      if (v === UNKNOWN) return isMany(b) ? [] : null;
      if (isMany(b)) return v.map((item) => settle(b.block, item, fill, true));
      return v && settle(b.block, v, fill, true);
    },
  );
}
const blank = (type) =>
  ({ string: '', number: 0, bool: false })[type] ??
  (type[0] === 'map' ? {} : type[0] === 'object' ? null : []);

/** Paths whose change cannot be made in place. */
function replaced(block, rules, prior, planned) {
  const found = [];
  const look = (b, segments, from, to, steps) => {
    const [name, ...rest] = segments;
    const place = [...steps, { attribute_name: name }];
    const [a, z] = [from?.[name] ?? null, to?.[name] ?? null];
    if (same(a, z)) return;
    const nested = b.block_types?.[name];
    if (!rest.length || !nested || !Array.isArray(a) || !Array.isArray(z)) return void found.push(place);
    const leaf = (items) =>
      items.map((item) =>
        JSON.stringify(
          rest.reduce((v, k) => (Array.isArray(v) ? v.map((i) => i?.[k]) : v?.[k]), item) ?? null,
        ),
      );
    if (nested.nesting_mode === 'list' && a.length === z.length) {
      a.forEach((item, i) => look(nested.block, rest, item, z[i], [...place, { element_key_int: i }]));
    } else if (!same(leaf(a).sort(), leaf(z).sort())) found.push(place);
  };
  for (const [path, rule] of Object.entries(rules))
    if (rule.replace) look(block, path.split('.'), prior, planned, []);
  return [...new Map(found.map((steps) => [JSON.stringify(steps), { steps }])).values()];
}

// ---- the provider itself

/** The settings a provider block gives. */
function settingsFrom(config) {
  const region = config?.region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || 'us-east-1';
  return {
    region,
    partition: region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws',
    account: config?.allowed_account_ids?.[0] ?? process.env.TERRAFORM_OFFLINE_ACCOUNT ?? '123456789012',
    defaultTags: config?.default_tags?.[0]?.tags ?? {},
  };
}

/** With an endpoint, its account, and its Parameter Store. */
async function settingsAt(config) {
  const settings = settingsFrom(config);
  const endpoint = endpointOf(config ?? {}, process.env);
  if (!endpoint) return settings;
  const asks =
    endpoint.sts && !process.env.TERRAFORM_OFFLINE_ACCOUNT && config?.skip_requesting_account_id !== true;
  const account = asks ? await accountAt(endpoint, settings.region) : settings.account;
  return { ...settings, account, parameters: createParameterClient(endpoint) };
}

function allTags(tags, settings) {
  if (tags === UNKNOWN || settings.defaultTags === UNKNOWN) return UNKNOWN;
  return {
    ...settings.defaultTags,
    ...Object.fromEntries(Object.entries(tags ?? {}).filter(([, v]) => v !== null)),
  };
}

function planChange(type, prior, proposed, settings) {
  const { block } = schema.resource_schemas[type];
  const rules = behaviour[type] ?? {};
  const planned = plan(block, rules, prior, proposed);
  const { attributes } = block;
  if (planned.region === UNKNOWN) planned.region = settings.region;
  if (attributes.tags && attributes.tags_all?.computed) planned.tags_all = allTags(planned.tags, settings);
  if (type === 'aws_acm_certificate' && !prior) {
    planned.domain_validation_options = validationOptions(planned, () => ({
      resource_record_name: UNKNOWN,
      resource_record_type: UNKNOWN,
      resource_record_value: UNKNOWN,
    }));
  }
  const changed = prior && !same(prior, planned);
  const replace = changed ? replaced(block, rules, prior, planned) : [];
  if (changed && type === 'aws_instance' && planned.user_data_replace_on_change === true) {
    for (const name of ['user_data', 'user_data_base64'])
      if (!same(prior[name], planned[name])) replace.push({ steps: [{ attribute_name: name }] });
  }
  if (changed) for (const name of MOVES[type] ?? []) if (name in planned) planned[name] = UNKNOWN;
  return { planned, replace };
}

function applyChange(type, prior, planned, settings) {
  const { block } = schema.resource_schemas[type];
  if (type === 'aws_acm_certificate' && !prior) planned.domain_validation_options = UNKNOWN;
  const fill = resourceFiller(type, planned, block.attributes, settings);
  const next = settle(block, planned, (name) => {
    const before = prior?.[name];
    if (before == null) return fill(name);
    if (/version$/.test(name) && /^\d+$/.test(before))
      return typeof before === 'number' ? before + 1 : String(Number(before) + 1);
    return /^(hash|etag)$/.test(name) ? crypto.randomBytes(16).toString('hex') : fill(name);
  });
  for (const [name, a] of Object.entries(block.attributes)) if (a.write_only) next[name] = null;
  return next;
}

function readData({ block }, type, config, settings) {
  const fill = dataFiller(type, config, block.attributes, settings);
  return settle(block, plan(block, {}, null, config), fill);
}

async function lookUp(s, type, config, settings) {
  if (!settings.parameters || type !== 'aws_ssm_parameter') return readData(s, type, config, settings);
  return conform(s.block, await lookUpParameter(settings.parameters, config, settings));
}

/** One provider: the RPC methods by name, with settings kept for each client connection. */
function methods() {
  const settings = new Map();
  const of = (call) => settings.get(call.getPeer()) ?? settingsFrom(null);
  const unsupported = (type) =>
    diagnostic(`${type} is not in the offline kit's schema`, 'Add it to schema.json.gz; see README.md.');
  return {
    GetMetadata: () => ({
      server_capabilities: CAPABILITIES,
      resources: typeNames(schema.resource_schemas),
      data_sources: typeNames(schema.data_source_schemas),
      ephemeral_resources: typeNames(schema.ephemeral_resource_schemas),
    }),
    GetProviderSchema: () => ({
      server_capabilities: CAPABILITIES,
      provider: wireSchema(schema.provider),
      resource_schemas: wireSchemas(schema.resource_schemas),
      data_source_schemas: wireSchemas(schema.data_source_schemas),
      ephemeral_resource_schemas: wireSchemas(schema.ephemeral_resource_schemas),
    }),
    ValidateProviderConfig: () => ({}),
    ValidateResourceConfig: ({ type_name, config }) => ({
      diagnostics: checkResource(
        behaviour[type_name] ?? {},
        schema.resource_schemas[type_name].block,
        decode(config),
      ),
    }),
    ValidateDataResourceConfig: () => ({}),
    ValidateEphemeralResourceConfig: () => ({}),
    ConfigureProvider: async ({ config }, call) => {
      settings.set(call.getPeer(), await settingsAt(decode(config)));
      return {};
    },
    UpgradeResourceState: ({ type_name, raw_state }) => {
      const s = schema.resource_schemas[type_name];
      return s
        ? { upgraded_state: encode(conform(s.block, JSON.parse(raw_state.json))) }
        : { diagnostics: [unsupported(type_name)] };
    },
    MoveResourceState: ({ target_type_name, source_state }) => ({
      target_state: encode(
        conform(schema.resource_schemas[target_type_name].block, JSON.parse(source_state.json)),
      ),
    }),
    ReadResource: async ({ type_name, current_state, private: note }, call) => {
      const { parameters } = of(call);
      if (parameters && type_name === 'aws_ssm_parameter')
        return { new_state: encode(await readParameter(parameters, decode(current_state), of(call))) };
      if (note?.toString() !== 'imported') return { new_state: current_state, private: note };
      const { block } = schema.resource_schemas[type_name];
      const { planned } = planChange(type_name, null, decode(current_state), of(call));
      return {
        new_state: encode(applyChange(type_name, null, planned, of(call))),
        private: Buffer.from('invented'),
      };
    },
    PlanResourceChange: ({ type_name, prior_state, proposed_new_state, prior_private }, call) => {
      const proposed = decode(proposed_new_state);
      if (proposed === null) return { planned_state: proposed_new_state, planned_private: prior_private };
      const { planned, replace } = planChange(type_name, decode(prior_state), proposed, of(call));
      const invented = prior_private?.toString() === 'invented'; // an import's values: nothing to hold the configuration to
      return {
        planned_state: encode(planned),
        requires_replace: invented ? [] : replace,
        legacy_type_system: true,
      };
    },
    ApplyResourceChange: async ({ type_name, prior_state, planned_state, config }, call) => {
      const planned = decode(planned_state);
      const { parameters } = of(call);
      if (parameters && type_name === 'aws_ssm_parameter') {
        const prior = decode(prior_state);
        try {
          if (planned === null) await removeParameter(parameters, prior, of(call));
          return {
            new_state:
              planned === null
                ? planned_state
                : encode(
                    await writeParameter(parameters, { prior, planned, config: decode(config) }, of(call)),
                  ),
            legacy_type_system: true,
          };
        } catch (error) {
          return { new_state: prior_state, diagnostics: [diagnostic(error.message, error.detail ?? '')] };
        }
      }
      if (planned === null) return { new_state: planned_state };
      return {
        new_state: encode(applyChange(type_name, decode(prior_state), planned, of(call))),
        legacy_type_system: true,
      };
    },
    ImportResourceState: ({ type_name, id }) => {
      const state = conform(schema.resource_schemas[type_name].block, { id });
      return { imported_resources: [{ type_name, state: encode(state), private: Buffer.from('imported') }] };
    },
    ReadDataSource: async ({ type_name, config }, call) => ({
      state: encode(await lookUp(schema.data_source_schemas[type_name], type_name, decode(config), of(call))),
    }),
    OpenEphemeralResource: async ({ type_name, config }, call) => ({
      result: encode(
        await lookUp(schema.ephemeral_resource_schemas[type_name], type_name, decode(config), of(call)),
      ),
    }),
    RenewEphemeralResource: () => ({}),
    CloseEphemeralResource: () => ({}),
    StopProvider: () => ({}),
  };
}

const ANSWERS_WITH_DIAGNOSTICS = /^(Validate|Upgrade|Configure|Read|Plan|Apply|Import|Move|Open|Renew|Close)/;

/** Serves on a loopback port; resolves to the server and its port. */
export async function serve(onShutdown = () => {}) {
  const load = (name) =>
    grpc.loadPackageDefinition(
      protoLoader.loadSync(fileURLToPath(here(name)), { keepCase: true, defaults: true, longs: Number }),
    );
  const server = new grpc.Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  const handlers = Object.fromEntries(
    Object.entries(methods()).map(([name, answer]) => [
      name,
      async (call, reply) => {
        try {
          reply(null, await answer(call.request, call));
        } catch (error) {
          if (process.env.TERRAFORM_OFFLINE_DEBUG) console.error(error);
          if (ANSWERS_WITH_DIAGNOSTICS.test(name))
            reply(null, {
              diagnostics: [
                diagnostic(error.message, error.detail ?? `${name} ${call.request.type_name ?? ''}`),
              ],
            });
          else reply({ code: grpc.status.INTERNAL, details: error.message });
        }
      },
    ]),
  );
  server.addService(load('protocol.proto').tfplugin6.Provider.service, handlers);
  const { GRPCController, GRPCBroker, GRPCStdio } = load('plugin.proto').plugin;
  server.addService(GRPCController.service, {
    Shutdown: (call, reply) => {
      reply(null, {});
      onShutdown();
    },
  });
  server.addService(GRPCBroker.service, {
    StartStream: (call) => call.on('data', () => {}).on('end', () => call.end()),
  });
  server.addService(GRPCStdio.service, { StreamStdio: () => {} });
  const port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { server, port };
}
