import type { World } from '../../worlds/world.ts';
import { accountId, region, subnets, vpc } from '../constants.ts';
import { AwsError } from '../errors.ts';
import { type Action, mapOf, numberOf, pageOf, type Service, textOf, textsOf } from '../service.ts';
import { type Tags, tagSet } from '../tags.ts';
import { passes, selected } from './filters.ts';
import type { InstanceState, Instances, LiveInstance } from './instances.ts';
import { networkActions } from './network.ts';

const codes: Record<InstanceState, number> = {
  pending: 0,
  running: 16,
  stopping: 64,
  stopped: 80,
  terminated: 48,
};
const state = (name: InstanceState) => ({ code: codes[name], name });
export const zone = `${region}a`;

/** EC2's query protocol: lists are `<xSet><item>`. `exists` tells whether the environment's network is still there. */
export function createEc2(instances: Instances, world: World, exists: () => boolean): Service {
  return {
    name: 'ec2',
    protocol: 'ec2',
    actions: withDryRun(instances, {
      DescribeInstances: {
        run(input) {
          const ids = textsOf(input, 'InstanceId');
          const size = numberOf(input, 'MaxResults');
          if (ids.length > 0 && size !== undefined)
            throw new AwsError(
              'InvalidParameterCombination',
              'The parameter instancesSet cannot be used with the parameter maxResults',
            );
          const asked = ids.length > 0 ? ids.map((id) => instances.find(id)) : instances.all();
          const found = asked.filter((one) => passes(input, one.tags, fieldsOf(one)));
          const { items, next } = pageOf(found, textOf(input, 'NextToken'), size ?? 1_000);
          return {
            reservationSet: {
              item: items.map((one) => ({
                reservationId: one.id.replace(/^i-/, 'r-'),
                ownerId: accountId,
                instancesSet: { item: [instanceOf(one)] },
              })),
            },
            nextToken: next,
          };
        },
      },
      StartInstances: {
        run: (input) => changesOf(instances.start(textsOf(input, 'InstanceId')), instances),
        changes: (input) => textsOf(input, 'InstanceId'),
      },
      StopInstances: {
        run: (input) => changesOf(instances.stop(textsOf(input, 'InstanceId')), instances),
        changes: (input) => textsOf(input, 'InstanceId'),
      },
      DescribeInstanceAttribute: {
        run(input) {
          const attribute = textOf(input, 'Attribute');
          const { id: instanceId, protected: value } = instances.find(textOf(input, 'InstanceId'));
          if (attribute !== 'disableApiStop') throw unknownAttribute(attribute);
          return { instanceId, disableApiStop: { value } };
        },
      },
      ModifyInstanceAttribute: {
        run(input) {
          const value = textOf(mapOf(input, 'DisableApiStop'), 'Value');
          if (value !== 'true' && value !== 'false') throw unknownAttribute('but disableApiStop');
          instances.find(textOf(input, 'InstanceId')).protected = value === 'true';
          return { return: true };
        },
        changes: (input) => [textOf(input, 'InstanceId')],
      },
      DescribeVolumes: {
        run(input) {
          // A terminated instance takes its root volume with it.
          const attached = instances
            .all()
            .filter((one) => one.state !== 'terminated')
            .map((instance) => ({ ...volumeOf(instance), instance }));
          const found = selected(
            attached,
            textsOf(input, 'VolumeId'),
            (id) => new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`),
          ).filter(({ id, tags, instance }) =>
            passes(input, tags, {
              'volume-id': id,
              'volume-type': 'gp3',
              status: 'in-use',
              'attachment.instance-id': instance.id,
            }),
          );
          const { items, next } = pageOf(
            found,
            textOf(input, 'NextToken'),
            numberOf(input, 'MaxResults') ?? 500,
          );
          return {
            volumeSet: {
              item: items.map(({ id, size, tags, instance }) => ({
                volumeId: id,
                size,
                volumeType: 'gp3',
                iops: 3_000,
                throughput: 125,
                encrypted: true,
                status: 'in-use',
                availabilityZone: zone,
                attachmentSet: {
                  item: [{ volumeId: id, instanceId: instance.id, device: '/dev/xvda', status: 'attached' }],
                },
                tagSet: tagSet(tags),
              })),
            },
            nextToken: next,
          };
        },
      },
      ...networkActions(world, exists),
    }),
  };
}

const unknownAttribute = (name: string): AwsError =>
  new AwsError('InvalidParameterValue', `The sandbox knows no attribute ${name}.`);

/** With DryRun an action only says whether it might be called: what it names must be there, and nothing is done. */
const withDryRun = (instances: Instances, actions: Record<string, Action>): Record<string, Action> =>
  Object.fromEntries(
    Object.entries(actions).map(([name, action]): [string, Action] => [
      name,
      {
        ...action,
        run(input, caller) {
          if (textOf(input, 'DryRun') !== 'true') return action.run(input, caller);
          textsOf(input, 'InstanceId').map(instances.find);
          throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
        },
      },
    ]),
  );

/** An instance's root volume, 20 GB of gp3 each. */
const volumeOf = ({ id, tags }: { id: string; tags: Tags }) => ({
  id: id.replace(/^i-/, 'vol-'),
  size: 20,
  tags,
});

function instanceOf(one: LiveInstance) {
  const byUser = one.state === 'running' || one.state === 'pending' ? undefined : one.since;
  return {
    instanceId: one.id,
    instanceState: state(one.state),
    instanceType: one.type,
    privateIpAddress: one.privateIp,
    launchTime: one.launchedAt,
    placement: { availabilityZone: zone },
    imageId: image,
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: {
      item: [{ deviceName: '/dev/xvda', ebs: { volumeId: volumeOf(one).id, status: 'attached' } }],
    },
    privateDnsName: `ip-${one.privateIp.replaceAll('.', '-')}.${region}.compute.internal`,
    vpcId: vpc,
    subnetId: subnets[0],
    groupSet: { item: [groupOf(one)] },
    reason: byUser ? `User initiated (${byUser.toISOString().replace('T', ' ').slice(0, 19)} GMT)` : '',
    ...(byUser && {
      stateReason: {
        code: 'Client.UserInitiatedShutdown',
        message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      },
    }),
    iamInstanceProfile: {
      arn: `arn:aws:iam::${accountId}:instance-profile/${one.tags.Name}`,
      id: 'AIPAD2SANDBOX0000001',
    },
    tagSet: tagSet(one.tags),
  };
}

/** Amazon Linux 2023, as the account's instances were made from it. */
const image = 'ami-0d2a12023b0c5e7f9';

/** The security group of its kind. */
const groupOf = ({ id, tags }: LiveInstance) => ({
  groupId: id.replace(/^i-/, 'sg-'),
  groupName: tags.Name ?? id,
});

const fieldsOf = (one: LiveInstance) => ({
  'image-id': image,
  'instance.group-id': groupOf(one).groupId,
  'instance.group-name': groupOf(one).groupName,
  'instance-state-name': one.state,
  'instance-state-code': String(codes[one.state]),
  'instance-id': one.id,
  'instance-type': one.type,
  'private-ip-address': one.privateIp,
  'vpc-id': vpc,
  'subnet-id': subnets[0],
  'availability-zone': zone,
});

function changesOf(changes: { id: string; before: InstanceState }[], instances: Instances) {
  return {
    instancesSet: {
      item: changes.map(({ id, before }) => ({
        instanceId: id,
        currentState: state(instances.find(id).state),
        previousState: state(before),
      })),
    },
  };
}
