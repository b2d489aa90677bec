import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import type { Call } from '../../platform/call.ts';
import type { Agent } from '../../platform/instances.ts';
import { read } from '../client/calls.ts';
import type { Clients } from '../client/clients.ts';
import { readPages } from '../client/pages.ts';

/** The SSM agents that report from these instances; AWS leaves out those of stopped ones. */
export async function listAgents(
  { ssm }: Clients,
  instances: readonly string[],
  call: Call,
): Promise<Agent[]> {
  if (instances.length === 0) return [];
  const Filters = [{ Key: 'InstanceIds', Values: [...instances] }];
  const found = await readPages(async (NextToken) => {
    const command = new DescribeInstanceInformationCommand({ Filters, MaxResults: 50, NextToken });
    const page = await read(ssm, command, call);
    return { items: page.InstanceInformationList, next: page.NextToken };
  });
  return found.map(({ InstanceId = '', PingStatus, AgentVersion = '' }) => ({
    instance: InstanceId,
    online: PingStatus === 'Online',
    version: AgentVersion,
  }));
}
