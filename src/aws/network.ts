import { DescribeNatGatewaysCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import type { Network } from '../platform/network.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { createBalancers } from './balancers.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { readPages } from './client/pages.ts';
import { checkHealth } from './http-health.ts';
import { tagFilters } from './tags.ts';

/** What an environment's traffic goes through: NAT gateways, interface endpoints, load balancers. */
export function createNetwork({
  clients,
  settings,
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Network {
  const { project, name: env } = settings;
  return {
    async listNatGateways(call) {
      // Deleted ones stay in the list for an hour.
      const living = { Name: 'state', Values: ['pending', 'failed', 'available', 'deleting'] };
      const gateways = await readPages(async (NextToken) => {
        const Filter = [...tagFilters(project, env), living];
        const page = await read(clients.ec2, new DescribeNatGatewaysCommand({ Filter, NextToken }), call);
        return { items: page.NatGateways, next: page.NextToken };
      });
      return gateways.map(({ NatGatewayId = '', State = 'unknown' }) => ({ id: NatGatewayId, state: State }));
    },

    async listEndpoints(call) {
      // Gateway endpoints (S3, DynamoDB) cost nothing and have no zones.
      const Filters = [...tagFilters(project, env), { Name: 'vpc-endpoint-type', Values: ['Interface'] }];
      const endpoints = await readPages(async (NextToken) => {
        const page = await read(clients.ec2, new DescribeVpcEndpointsCommand({ Filters, NextToken }), call);
        return { items: page.VpcEndpoints, next: page.NextToken };
      });
      return endpoints.map(({ VpcEndpointId = '', ServiceName = '', State = 'unknown', SubnetIds = [] }) => ({
        id: VpcEndpointId,
        service: ServiceName.split('.').at(-1) ?? '',
        state: State,
        zones: SubnetIds.length,
      }));
    },

    listBalancers: createBalancers({ clients, settings }),
    checkHealth,
  };
}
