import { paginateDescribeNatGateways, paginateDescribeVpcEndpoints } from '@aws-sdk/client-ec2';
import type { Network } from '../platform/network.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { createBalancers } from './balancers.ts';
import { readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
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
      const gateways = await readAll(
        clients.ec2,
        paginateDescribeNatGateways,
        { Filter: [...tagFilters(project, env), living] },
        ({ NatGateways }) => NatGateways,
        call,
      );
      return gateways.map(({ NatGatewayId = '', State = 'unknown' }) => ({ id: NatGatewayId, state: State }));
    },

    async listEndpoints(call) {
      // Gateway endpoints (S3, DynamoDB) cost nothing and have no zones.
      const Filters = [...tagFilters(project, env), { Name: 'vpc-endpoint-type', Values: ['Interface'] }];
      const endpoints = await readAll(
        clients.ec2,
        paginateDescribeVpcEndpoints,
        { Filters },
        ({ VpcEndpoints }) => VpcEndpoints,
        call,
      );
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
