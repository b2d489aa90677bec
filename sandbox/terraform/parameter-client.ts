import type { ParameterMetadata, PutParameterCommandInput, SSMClient } from '@aws-sdk/client-ssm';
import { clientOptions, type Endpoint, translated } from './endpoint.ts';

export interface Found {
  arn: string;
  name: string;
  type: string;
  value: string;
  version: number;
  dataType: string;
}

type Sdk = typeof import('@aws-sdk/client-ssm');

/** Parameter Store at an endpoint, by region. Refusals and silence are thrown as InputErrors. */
export function createParameterClient(endpoint: Endpoint) {
  const clients = new Map<string, SSMClient>();

  async function call<T>(region: string, doing: string, run: (client: SSMClient, sdk: Sdk) => Promise<T>) {
    // Loaded when needed: most commands have no endpoint, and it takes a tenth of a second.
    const sdk = await import('@aws-sdk/client-ssm');
    const client = clients.get(region) ?? new sdk.SSMClient(clientOptions(endpoint.ssm, endpoint, region));
    clients.set(region, client);
    try {
      return await run(client, sdk);
    } catch (error) {
      throw translated(error, doing, endpoint.ssm);
    }
  }

  const target = (ResourceId: string) => ({ ResourceType: 'Parameter' as const, ResourceId });

  return {
    url: endpoint.ssm,

    /** By name or ARN; undefined when there is none. */
    find: (region: string, name: string, decrypted = true): Promise<Found | undefined> =>
      call(region, `Reading parameter ${name}`, async (client, sdk) => {
        try {
          const asked = new sdk.GetParameterCommand({ Name: name, WithDecryption: decrypted });
          const { Parameter: one } = await client.send(asked);
          return {
            arn: one?.ARN ?? '',
            name: one?.Name ?? name,
            type: one?.Type ?? '',
            value: one?.Value ?? '',
            version: one?.Version ?? 0,
            dataType: one?.DataType ?? 'text',
          };
        } catch (error) {
          if (error instanceof sdk.ParameterNotFound) return undefined;
          throw error;
        }
      }),

    describe: (region: string, name: string): Promise<ParameterMetadata> =>
      call(region, `Describing parameter ${name}`, async (client, sdk) => {
        const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
        const asked = new sdk.DescribeParametersCommand({ ParameterFilters });
        return (await client.send(asked)).Parameters?.[0] ?? {};
      }),

    tags: (region: string, name: string): Promise<Record<string, string>> =>
      call(region, `Reading the tags of parameter ${name}`, async (client, sdk) => {
        const { TagList = [] } = await client.send(new sdk.ListTagsForResourceCommand(target(name)));
        return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
      }),

    put: (region: string, input: PutParameterCommandInput): Promise<void> =>
      call(region, `Writing parameter ${input.Name}`, async (client, sdk) => {
        await client.send(new sdk.PutParameterCommand(input));
      }),

    /** Makes the parameter's tags those that are wanted. */
    retag: (
      region: string,
      name: string,
      from: Readonly<Record<string, string>>,
      to: Readonly<Record<string, string>>,
    ): Promise<void> =>
      call(region, `Tagging parameter ${name}`, async (client, sdk) => {
        const TagKeys = Object.keys(from).filter((key) => !(key in to));
        const Tags = Object.entries(to)
          .filter(([key, value]) => from[key] !== value)
          .map(([Key, Value]) => ({ Key, Value }));
        if (TagKeys.length > 0)
          await client.send(new sdk.RemoveTagsFromResourceCommand({ ...target(name), TagKeys }));
        if (Tags.length > 0) await client.send(new sdk.AddTagsToResourceCommand({ ...target(name), Tags }));
      }),

    /** One that is gone already is no error. */
    remove: (region: string, name: string): Promise<void> =>
      call(region, `Deleting parameter ${name}`, async (client, sdk) => {
        try {
          await client.send(new sdk.DeleteParameterCommand({ Name: name }));
        } catch (error) {
          if (!(error instanceof sdk.ParameterNotFound)) throw error;
        }
      }),

    close(): void {
      for (const client of clients.values()) client.destroy();
    },
  };
}

export type ParameterClient = ReturnType<typeof createParameterClient>;
