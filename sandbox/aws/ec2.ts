import { accountId } from './identity.ts';
import type { Fleet, InstanceState, LiveInstance } from './power.ts';
import { type Input, mapsOf, numberOf, pageOf, type Service, textOf, textsOf } from './service.ts';
import { endpoints, natGateway, region, subnets, tagList, vpc } from './world.ts';

const codes: Record<InstanceState, number> = {
  pending: 0,
  running: 16,
  stopping: 64,
  stopped: 80,
  terminated: 48,
};
const state = (name: InstanceState) => ({ code: codes[name], name });
const tagSet = (tags: Readonly<Record<string, string>>) => ({
  item: tagList(tags).map(({ Key, Value }) => ({ key: Key, value: Value })),
});

/** EC2's query protocol: lists are `<xSet><item>`. `built` tells whether the environment's network still stands. */
export function createEc2(fleet: Fleet, built: () => boolean): Service {
  return {
    name: 'ec2',
    protocol: 'ec2',
    actions: {
      DescribeInstances: {
        run(input) {
          const ids = textsOf(input, 'InstanceId');
          const asked = ids.length > 0 ? ids.map((id) => fleet.find(id)) : [...fleet.all()];
          const found = asked.filter((one) => passes(input, one.tags, (name) => fieldOf(one, name)));
          const { items, next } = pageOf(
            found,
            textOf(input, 'NextToken'),
            numberOf(input, 'MaxResults') ?? 1_000,
          );
          return {
            reservationSet: {
              item: items.map((one, index) => ({
                reservationId: `r-0d2dev${String(index).padStart(10, '0')}`,
                ownerId: accountId,
                instancesSet: { item: [instanceOf(one)] },
              })),
            },
            nextToken: next,
          };
        },
      },
      StartInstances: {
        run: (input) => changesOf(fleet.start(textsOf(input, 'InstanceId')), fleet),
        changes: (input) => textsOf(input, 'InstanceId'),
      },
      StopInstances: {
        run: (input) => changesOf(fleet.stop(textsOf(input, 'InstanceId')), fleet),
        changes: (input) => textsOf(input, 'InstanceId'),
      },
      DescribeNatGateways: {
        run: (input) => ({
          natGatewaySet: {
            item: (built() ? [natGateway] : [])
              .filter((one) =>
                passes(input, one.tags, (name) => ({ state: 'available', 'vpc-id': vpc })[name]),
              )
              .map((one) => ({
                natGatewayId: one.id,
                state: 'available',
                subnetId: subnets[0],
                vpcId: vpc,
                connectivityType: 'public',
                tagSet: tagSet(one.tags),
              })),
          },
        }),
      },
      DescribeVpcEndpoints: {
        run: (input) => ({
          vpcEndpointSet: {
            item: (built() ? endpoints : [])
              .filter((one) =>
                passes(
                  input,
                  one.tags,
                  (name) =>
                    ({
                      'vpc-endpoint-type': 'Interface',
                      'vpc-endpoint-state': 'available',
                      'service-name': one.service,
                    })[name],
                ),
              )
              .map((one) => ({
                vpcEndpointId: one.id,
                vpcEndpointType: 'Interface',
                vpcId: vpc,
                serviceName: one.service,
                state: 'available',
                subnetIdSet: { item: [...subnets] },
                tagSet: tagSet(one.tags),
              })),
          },
        }),
      },
    },
  };
}

function instanceOf(one: LiveInstance) {
  return {
    instanceId: one.id,
    instanceState: state(one.state),
    instanceType: one.type,
    privateIpAddress: one.privateIp,
    launchTime: one.launchedAt,
    placement: { availabilityZone: `${region}a` },
    vpcId: vpc,
    subnetId: subnets[0],
    reason:
      one.state === 'stopped' || one.state === 'stopping'
        ? `User initiated (${one.since.toISOString().replace('T', ' ').slice(0, 19)} GMT)`
        : '',
    iamInstanceProfile: {
      arn: `arn:aws:iam::${accountId}:instance-profile/d2-ride-booking-dev-backend`,
      id: 'AIPAD2SANDBOX0000001',
    },
    tagSet: tagSet(one.tags),
  };
}

const fieldOf = (one: LiveInstance, name: string): string | undefined =>
  ({
    'instance-state-name': one.state as string,
    'instance-id': one.id,
    'instance-type': one.type,
    'private-ip-address': one.privateIp,
    'vpc-id': vpc,
  })[name];

/** EC2's filters: all of them, any of each one's values; `*` and `?` are wildcards. A filter that isn't known matches nothing. */
function passes(
  input: Input,
  tags: Readonly<Record<string, string>>,
  field: (name: string) => string | undefined,
): boolean {
  const filters = [...mapsOf(input, 'Filter'), ...mapsOf(input, 'Filters')];
  return filters.every((filter) => {
    const name = textOf(filter, 'Name');
    const value = name.startsWith('tag:') ? tags[name.slice(4)] : field(name);
    return (
      value !== undefined &&
      [...textsOf(filter, 'Value'), ...textsOf(filter, 'Values')].some((wanted) =>
        wildcard(wanted).test(value),
      )
    );
  });
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
  );

function changesOf(changes: { id: string; before: InstanceState }[], fleet: Fleet) {
  return {
    instancesSet: {
      item: changes.map(({ id, before }) => ({
        instanceId: id,
        currentState: state(fleet.find(id).state),
        previousState: state(before),
      })),
    },
  };
}
