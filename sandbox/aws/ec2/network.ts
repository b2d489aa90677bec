import type { World } from '../../worlds/world.ts';
import { subnets, vpc } from '../constants.ts';
import { AwsError } from '../errors.ts';
import { type Action, type Input, numberOf, pageOf, textOf, textsOf } from '../service.ts';
import { tagSet } from '../tags.ts';
import { passes, selected } from './filters.ts';

/** The environment's network, which costs by the hour, whatever runs in it. */
export function networkActions(
  { natGateway, endpoints }: Pick<World, 'natGateway' | 'endpoints'>,
  exists: () => boolean,
): Record<string, Action> {
  return {
    DescribeNatGateways: {
      run(input) {
        const ids = textsOf(input, 'NatGatewayId');
        const found = selected(
          exists() ? [natGateway] : [],
          ids,
          (id) => new AwsError('NatGatewayNotFound', `NAT gateway ${id} was not found`),
        ).filter(({ id, tags }) =>
          passes(input, tags, {
            state: 'available',
            'vpc-id': vpc,
            'subnet-id': subnets[0],
            'nat-gateway-id': id,
          }),
        );
        const { items, next } = paged(found, input);
        return {
          natGatewaySet: {
            item: items.map(({ id, tags }) => ({
              natGatewayId: id,
              state: 'available',
              subnetId: subnets[0],
              vpcId: vpc,
              connectivityType: 'public',
              tagSet: tagSet(tags),
            })),
          },
          nextToken: next,
        };
      },
    },
    DescribeVpcEndpoints: {
      run(input) {
        const ids = textsOf(input, 'VpcEndpointId');
        const found = selected(
          exists() ? endpoints : [],
          ids,
          (id) => new AwsError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`),
        ).filter(({ id, tags, service }) =>
          passes(input, tags, {
            'vpc-endpoint-id': id,
            'vpc-endpoint-type': 'Interface',
            'vpc-endpoint-state': 'available',
            'service-name': service,
            'vpc-id': vpc,
          }),
        );
        const { items, next } = paged(found, input);
        return {
          vpcEndpointSet: {
            item: items.map(({ id, service, tags }) => ({
              vpcEndpointId: id,
              vpcEndpointType: 'Interface',
              vpcId: vpc,
              serviceName: service,
              state: 'available',
              subnetIdSet: { item: [...subnets] },
              tagSet: tagSet(tags),
            })),
          },
          nextToken: next,
        };
      },
    },
  };
}

const paged = <T>(all: readonly T[], input: Input) =>
  pageOf(all, textOf(input, 'NextToken'), numberOf(input, 'MaxResults') ?? 1_000);
