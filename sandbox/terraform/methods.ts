import { applyChange } from './apply.ts';
import { conform } from './block-values.ts';
import { checkResource } from './checks.ts';
import { type Configured, configure, unconfigured } from './configure.ts';
import { readData } from './data-sources.ts';
import { type Diagnostic, problemOf } from './diagnostic.ts';
import type { Environment } from './endpoint.ts';
import { planChange } from './plan.ts';
import { blockOf, rulesOf, type Schemas, type SchemasByType } from './schema.ts';
import { isNamed, namedOf } from './value.ts';
import { decode, encode, fromJson, type Wire } from './wire.ts';
import { metadata, providerSchema } from './wire-schema.ts';

/** The fields of protocol.proto's requests; each method is sent its own. */
export interface Request {
  type_name: string;
  id: string;
  config: Wire | null;
  current_state: Wire | null;
  prior_state: Wire | null;
  proposed_new_state: Wire | null;
  planned_state: Wire | null;
  private: Buffer;
  prior_private: Buffer;
  raw_state: { json: Buffer };
  source_state: { json: Buffer };
  target_type_name: string;
}

type Answer = object & { diagnostics?: Diagnostic[] };
/** `peer` tells the provider blocks apart: terraform makes a connection for each. */
type Method = (request: Request, peer: string) => Answer | Promise<Answer>;

/** The plugin protocol's methods over one set of provider blocks. */
export function createMethods(env: Environment, schemas: Schemas) {
  const byPeer = new Map<string, Configured>();
  const none = unconfigured(env);
  const settingsOf = (peer: string): Configured => byPeer.get(peer) ?? none;
  const resource = (type: string) => blockOf(schemas.resource_schemas, type);
  let schema: object | undefined;
  const answerSchema = () => {
    schema ??= providerSchema(schemas);
    return schema;
  };

  async function lookUp(of: SchemasByType, { type_name, config }: Request, peer: string): Promise<Wire> {
    const settings = settingsOf(peer);
    const block = blockOf(of, type_name);
    const asked = namedOf(decode(config));
    const live = settings.live.get(type_name);
    return encode(
      live ? conform(block, await live.lookUp(asked)) : readData(type_name, block, asked, settings),
    );
  }

  const methods: Record<string, Method> = {
    GetMetadata: () => metadata(schemas),
    GetProviderSchema: answerSchema,
    ValidateProviderConfig: () => ({}),
    ValidateResourceConfig: ({ type_name, config }) => ({
      diagnostics: checkResource(rulesOf(type_name), resource(type_name), namedOf(decode(config))),
    }),
    ValidateDataResourceConfig: () => ({}),
    ValidateEphemeralResourceConfig: () => ({}),
    async ConfigureProvider({ config }, peer) {
      const settings = await configure(namedOf(decode(config)), env);
      byPeer.get(peer)?.close();
      byPeer.set(peer, settings);
      return {};
    },
    UpgradeResourceState: ({ type_name, raw_state }) => ({
      upgraded_state: encode(conform(resource(type_name), fromJson(raw_state.json))),
    }),
    MoveResourceState: ({ target_type_name, source_state }) => ({
      target_state: encode(conform(resource(target_type_name), fromJson(source_state.json))),
    }),
    async ReadResource({ type_name, current_state, private: note }, peer) {
      const settings = settingsOf(peer);
      const current = namedOf(decode(current_state));
      const live = settings.live.get(type_name);
      if (live) return { new_state: encode(await live.read(current)) };
      if (note.toString() !== 'imported') return { new_state: current_state, private: note };
      const { planned } = planChange(type_name, resource(type_name), null, current, settings);
      return {
        new_state: encode(applyChange(type_name, resource(type_name), null, planned, settings)),
        private: Buffer.from('invented'),
      };
    },
    PlanResourceChange({ type_name, prior_state, proposed_new_state, prior_private }, peer) {
      const proposed = decode(proposed_new_state);
      if (proposed === null) return { planned_state: proposed_new_state, planned_private: prior_private };
      const prior = decode(prior_state);
      const before = isNamed(prior) ? prior : null;
      const { planned, replace } = planChange(
        type_name,
        resource(type_name),
        before,
        proposed,
        settingsOf(peer),
      );
      // An import's values are invented: what the configuration says instead is no reason to replace it.
      const isInvented = prior_private.toString() === 'invented';
      return {
        planned_state: encode(planned),
        requires_replace: isInvented ? [] : replace,
        legacy_type_system: true,
      };
    },
    async ApplyResourceChange({ type_name, prior_state, planned_state, config }, peer) {
      const settings = settingsOf(peer);
      const live = settings.live.get(type_name);
      const planned = decode(planned_state);
      const prior = decode(prior_state);
      const before = isNamed(prior) ? prior : null;
      try {
        if (!isNamed(planned)) {
          if (live && before) await live.remove(before);
          return { new_state: planned_state };
        }
        if (!live)
          return {
            new_state: encode(applyChange(type_name, resource(type_name), before, planned, settings)),
            legacy_type_system: true,
          };
        const { state, error } = await live.write({
          prior: before,
          planned,
          config: namedOf(decode(config)),
        });
        return {
          new_state: encode(state),
          legacy_type_system: true,
          diagnostics: error ? [problemOf(error, type_name)] : [],
        };
      } catch (error) {
        // As it was, so that the next apply can mend it.
        return {
          new_state: prior_state,
          diagnostics: [problemOf(error, `ApplyResourceChange ${type_name}`)],
        };
      }
    },
    ImportResourceState: ({ type_name, id }) => ({
      imported_resources: [
        {
          type_name,
          state: encode(conform(resource(type_name), { id })),
          private: Buffer.from('imported'),
        },
      ],
    }),
    ReadDataSource: async (request, peer) => ({
      state: await lookUp(schemas.data_source_schemas, request, peer),
    }),
    OpenEphemeralResource: async (request, peer) => ({
      result: await lookUp(schemas.ephemeral_resource_schemas, request, peer),
    }),
    RenewEphemeralResource: () => ({}),
    CloseEphemeralResource: () => ({}),
    StopProvider: () => ({}),
  };

  return {
    methods,
    /** Of a connection that has ended. */
    forget(peer: string): void {
      byPeer.get(peer)?.close();
      byPeer.delete(peer);
    },
    close(): void {
      for (const settings of byPeer.values()) settings.close();
    },
  };
}

/** Those whose answers carry diagnostics; of the others an error is gRPC's. */
export const hasDiagnostics = (method: string): boolean =>
  /^(Validate|Upgrade|Configure|Read|Plan|Apply|Import|Move|Open|Renew|Close)/.test(method);
