import { paginateDescribeInstanceInformation } from '@aws-sdk/client-ssm';
import type { Call } from '../../platform/call.ts';
import type { Agent } from '../../platform/instances.ts';
import { readAll } from '../client/calls.ts';
import type { Clients } from '../client/clients.ts';

/** The SSM agents that report from these instances; AWS leaves out those of stopped ones. */
export async function listAgents(
  { ssm }: Clients,
  instances: readonly string[],
  call: Call,
): Promise<Agent[]> {
  if (instances.length === 0) return [];
  const Filters = [{ Key: 'InstanceIds', Values: [...instances] }];
  const found = await readAll(
    ssm,
    paginateDescribeInstanceInformation,
    { Filters, MaxResults: 50 },
    ({ InstanceInformationList }) => InstanceInformationList,
    call,
  );
  return found.map(({ InstanceId = '', PingStatus, AgentVersion = '' }) => ({
    instance: InstanceId,
    online: PingStatus === 'Online',
    version: AgentVersion,
  }));
}

/** The first that hands parameters to a document's script as environment variables (`interpolationType: ENV_VAR`). */
export const oldestAgent = '3.3.2746';

/** One that AWS tells no version of is taken to be new enough. */
export function isTooOld({ version }: Pick<Agent, 'version'>): boolean {
  if (!/^\d+(\.\d+)+$/.test(version)) return false;
  const parts = (text: string) => text.split('.').map(Number);
  const [has, wanted] = [parts(version), parts(oldestAgent)];
  const at = wanted.findIndex((part, index) => part !== (has[index] ?? 0));
  return at >= 0 && (has[at] ?? 0) < (wanted[at] ?? 0);
}
