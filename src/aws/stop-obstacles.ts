import {
  DescribeInstanceAttributeCommand,
  DescribeSpotInstanceRequestsCommand,
  type SpotInstanceRequest,
} from '@aws-sdk/client-ec2';
import { reasonOf } from '../core/reply/errors.ts';
import type { Call } from '../platform/call.ts';
import type { Instance, StopObstacle, StopObstacles } from '../platform/compute.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';

/** Set by AWS itself on what it keeps a number of: stopped, it would be replaced. */
const keepers = [
  { tag: 'aws:autoscaling:groupName', kind: 'Auto Scaling' },
  { tag: 'aws:ec2:fleet-id', kind: 'fleet' },
  { tag: 'aws:ec2spot:fleet-request-id', kind: 'fleet' },
] as const;

/** What EC2 would refuse to stop, or replace: told by tags and root volume, else asked for each. Never rejects. */
export async function findStopObstacles(
  { ec2 }: Pick<Clients, 'ec2'>,
  instances: readonly Instance[],
  call: Call,
): Promise<StopObstacles> {
  const found = await Promise.all(
    instances.map(async (instance) => {
      try {
        return { held: known(instance) ?? (await ask(instance)) };
      } catch (error) {
        return { unknown: { instance: instance.id, reason: reasonOf(error) } };
      }
    }),
  );
  return {
    held: found.flatMap(({ held }) => held ?? []),
    unknown: found.flatMap(({ unknown }) => unknown ?? []),
  };

  async function ask({ id, spotRequest }: Instance): Promise<StopObstacle | undefined> {
    // A spot instance can't have stop protection.
    if (spotRequest !== undefined) return askSpot(id, spotRequest);
    const { DisableApiStop } = await read(
      ec2,
      new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'disableApiStop' }),
      call,
    );
    return DisableApiStop?.Value ? { instance: id, kind: 'stop protection' } : undefined;
  }

  async function askSpot(id: string, request: string): Promise<StopObstacle | undefined> {
    const { SpotInstanceRequests: [spot] = [] } = await read(
      ec2,
      new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [request] }),
      call,
    );
    return isOnce(spot) ? { instance: id, kind: 'one-time spot', by: request } : undefined;
  }
}

function known({ id, tags, instanceStore }: Instance): StopObstacle | undefined {
  for (const { tag, kind } of keepers) {
    const by = tags[tag];
    if (by !== undefined) return { instance: id, kind, by };
  }
  return instanceStore ? { instance: id, kind: 'instance store' } : undefined;
}

/** Only one of a persistent request, still alive and alone, can be stopped. */
const isOnce = (spot: SpotInstanceRequest | undefined): boolean =>
  spot?.Type !== 'persistent' ||
  spot.State === 'cancelled' ||
  spot.LaunchGroup !== undefined ||
  spot.AvailabilityZoneGroup !== undefined;
