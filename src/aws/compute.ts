import {
  type Instance as Ec2Instance,
  paginateDescribeInstances,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Compute, Instance } from '../platform/compute.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { change, readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { compare } from './compare.ts';
import { findStopObstacles } from './stop-obstacles.ts';
import { tagFilters, tagOf } from './tags.ts';

// Terminated instances stay in the list for an hour. They, and those on their way to it, are no longer anybody's: another may have their tags.
const living = ['pending', 'running', 'stopping', 'stopped'];

/** EC2 instances by the project's tag (guide 1.1, 6.2). */
export function createCompute({
  clients,
  settings: { project, name: env },
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Compute {
  return {
    async listInstances(call) {
      const Filters = [...tagFilters(project, env), { Name: 'instance-state-name', Values: living }];
      const reservations = await readAll(
        clients.ec2,
        paginateDescribeInstances,
        { Filters, MaxResults: 200 },
        ({ Reservations }) => Reservations,
        call,
      );
      return reservations
        .flatMap(({ Instances = [] }) => Instances)
        .map(toInstance)
        .sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
    },
    async startInstances(ids, call) {
      await change(clients.ec2, new StartInstancesCommand({ InstanceIds: [...ids] }), call);
    },
    async stopInstances(ids, call) {
      await change(clients.ec2, new StopInstancesCommand({ InstanceIds: [...ids] }), call);
    },
    findStopObstacles: (instances, call) => findStopObstacles(clients, instances, call),
  };
}

function toInstance(instance: Ec2Instance): Instance {
  const id = instance.InstanceId ?? '';
  return {
    id,
    name: tagOf(instance.Tags, 'Name') || id,
    tags: Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    state: instance.State?.Name ?? 'unknown',
    type: instance.InstanceType ?? '',
    privateIp: instance.PrivateIpAddress,
    launchedAt: instance.LaunchTime,
    spotRequest: instance.SpotInstanceRequestId || undefined,
    instanceStore: instance.RootDeviceType === 'instance-store',
  };
}
