import { z } from 'zod';
import { isOnline } from '../../platform/pm2-copies.ts';
import type { Estimate } from '../shared/cost.ts';
import {
  describeHealth,
  describeProcess,
  healthData,
  isoTime,
  processData,
  text,
  time,
  unknownOf,
  unknowns,
} from '../shared/data.ts';
import { valuesOf } from '../shared/inventory.ts';
import { judgeProcesses } from '../shared/service-processes.ts';
import { type EnvironmentSnapshot, type InstanceAnswer, runningIn } from './environment-snapshot.ts';
import type { Phase } from './overall-health.ts';
import type { ResourcePresence } from './resource-presence.ts';
import type { ServiceHealth } from './service-health.ts';

const instance = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string().describe('as EC2 says it'),
  type: z.string(),
  privateIp: text,
  launchedAt: time.nullable(),
});

const person = z.object({ id: z.string(), name: z.string() });

export const statusData = z.object({
  state: z
    .enum(['up', 'partly', 'stopped', 'changing', 'empty', 'unknown'])
    .describe('partly: something of it is off; changing: it starts or stops; empty: nothing is there'),
  services: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['healthy', 'unhealthy', 'unknown', 'off']),
      instances: z.array(
        instance.extend({
          process: processData.nullable().describe('null where it does not run, or PM2 could not be asked'),
          processes: z
            .array(processData)
            .describe(
              'all of its name in the PM2 home that runs it; copies in other homes are in `pm2 list`',
            ),
          health: healthData.nullable().describe('null where the instance does not run'),
        }),
      ),
    }),
  ),
  otherInstances: z.array(instance).describe('of the environment, and of no service of d2.yaml'),
  databases: z.array(
    z.object({
      id: z.string(),
      state: z.string().describe('as RDS says it'),
      class: z.string(),
      engine: z.string(),
      storageGb: z.number(),
      endpoint: text,
      iamAuth: z.boolean(),
      restartsAt: time.nullable().describe('when AWS starts it again by itself'),
    }),
  ),
  natGateways: z.array(z.object({ id: z.string(), state: z.string() })),
  vpcEndpoints: z.array(z.object({ id: z.string(), service: z.string(), state: z.string() })),
  balancers: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      targets: z.array(z.object({ id: z.string(), state: z.string(), reason: text })),
    }),
  ),
  fromOutside: z.array(z.object({ url: z.string(), health: healthData })),
  alarms: z.array(z.object({ name: z.string(), since: time.nullable() })).describe('those that fire'),
  cognitoPool: z.object({ id: z.string(), name: z.string() }).nullable(),
  absent: z
    .array(z.object({ name: z.string(), toggle: z.string() }))
    .describe('not there, with the Terraform toggle that creates it'),
  cost: z.object({
    perHourUsd: z.number().describe('of what is on; storage and traffic come on top'),
    without: z.array(z.string()).describe('what the sum lacks'),
  }),
  lock: z
    .object({ operation: z.string(), command: z.string(), caller: person, since: time })
    .nullable()
    .describe('the change that runs now'),
  lastChange: z
    .object({
      operation: z.string(),
      command: z.string(),
      did: text.describe('in words, such as started rds in dev; they may change'),
      caller: person,
      state: z.string().describe('how it ended'),
      at: time,
    })
    .nullable(),
  unknown: unknowns,
});

type StatusData = z.infer<typeof statusData>;

const states: Record<Phase, StatusData['state']> = {
  up: 'up',
  partly: 'partly',
  asleep: 'stopped',
  moving: 'changing',
  unknown: 'unknown',
};

interface Seen {
  /** Absent where nothing is there. */
  phase: Phase | undefined;
  conditions: readonly ServiceHealth[];
  present: ResourcePresence;
  cost: Estimate;
  pm2Name(service: string): string;
}

/** What status says, for scripts. */
export function describeStatus(snapshot: EnvironmentSnapshot, seen: Seen): StatusData {
  const { inventory, alarms, pool, lock, last, others, fromOutside } = snapshot;
  const { env: _, ...sources } = inventory;
  return {
    state: seen.phase === undefined ? 'empty' : states[seen.phase],
    services: snapshot.services.map((view, index) => ({
      name: view.service,
      state: serviceState(runningIn(view).length > 0, seen.conditions[index]),
      instances: valuesOf(view.instances).map((one) => {
        const answer =
          view.answers === 'asking' ? undefined : view.answers.find(({ instance }) => instance.id === one.id);
        const processes = answer ? processesOf(answer, seen.pm2Name(view.service)) : [];
        return {
          ...describeInstance(one),
          process: processes[0] ?? null,
          processes,
          health: answer ? describeHealth(answer.health) : null,
        };
      }),
    })),
    otherInstances: others.map(describeInstance),
    databases: valuesOf(inventory.databases).map(({ endpoint, restartsAt, ...database }) => ({
      id: database.id,
      state: database.state,
      class: database.class,
      engine: database.engine,
      storageGb: database.storageGb,
      endpoint: endpoint ?? null,
      iamAuth: database.iamAuth,
      restartsAt: isoTime(restartsAt),
    })),
    natGateways: valuesOf(inventory.natGateways).map(({ id, state }) => ({ id, state })),
    vpcEndpoints: valuesOf(inventory.endpoints).map(({ id, service, state }) => ({ id, service, state })),
    balancers: valuesOf(inventory.balancers).map(({ name, state, targets }) => ({
      name,
      state,
      targets: targets.map((target) => ({
        id: target.id,
        state: target.state,
        reason: target.reason ?? null,
      })),
    })),
    fromOutside:
      fromOutside === 'asking'
        ? []
        : fromOutside.map(({ url, health }) => ({ url, health: describeHealth(health) })),
    alarms: valuesOf(alarms)
      .filter(({ state }) => state === 'ALARM')
      .map(({ name, since }) => ({ name, since: isoTime(since) })),
    cognitoPool: pool.ok ? { id: pool.value.id, name: pool.value.name } : null,
    absent: seen.present.absent.map(({ name, toggle }) => ({ name, toggle })),
    cost: { perHourUsd: round(seen.cost.perHour), without: [...seen.cost.missing] },
    lock:
      lock.ok && lock.value
        ? {
            operation: lock.value.operation,
            command: lock.value.command,
            caller: personOf(lock.value.caller),
            since: new Date(lock.value.since).toISOString(),
          }
        : null,
    lastChange:
      last.ok && last.value
        ? {
            operation: last.value.operation,
            command: last.value.command,
            did: last.value.did ?? null,
            caller: personOf(last.value.caller),
            state: last.value.state,
            at: new Date(last.value.at).toISOString(),
          }
        : null,
    unknown: unknownOf({ ...sources, alarms, cognitoPool: pool, lock, lastChange: last }),
  };
}

const personOf = ({ id, name }: { id: string; name: string }) => ({ id, name });

/** A tenth of a cent: sums of prices have no better. */
const round = (amount: number): number => Math.round(amount * 10_000) / 10_000;

function serviceState(runs: boolean, condition: ServiceHealth | undefined) {
  if (condition?.tone === 'bad') return 'unhealthy';
  if (condition?.tone === 'good') return 'healthy';
  return condition?.tone === 'warn' || runs ? 'unknown' : 'off';
}

const describeInstance = ({
  id,
  name,
  state,
  type,
  privateIp,
  launchedAt,
}: InstanceAnswer['instance']): z.infer<typeof instance> => ({
  id,
  name,
  state,
  type,
  privateIp: privateIp ?? null,
  // A stopped instance tells its last launch, not since when it is stopped.
  launchedAt: state === 'running' ? isoTime(launchedAt) : null,
});

/** First those that serve. */
function processesOf({ homes }: InstanceAnswer, name: string) {
  const { meant } = judgeProcesses(valuesOf(homes), name);
  const all = meant?.processes ?? [];
  return [...all.filter(isOnline), ...all.filter((process) => !isOnline(process))].flatMap((process) =>
    meant ? [describeProcess(meant.in, process)] : [],
  );
}
