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
