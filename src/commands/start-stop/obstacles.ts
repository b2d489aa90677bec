import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Fact } from '../../core/reply/parts.ts';
import { nothingChanged } from '../../core/reply/reply.ts';
import { code } from '../../core/reply/text.ts';
import type { Instance, StopObstacle } from '../../platform/compute.ts';
import type { DatabaseInstance } from '../../platform/databases.ts';
import type { Environment } from '../../platform/environment.ts';
import { instanceLabel } from '../../platform/services.ts';
import { databaseState, stateText } from '../shared/database-state.ts';
import { counted, withId } from '../shared/format.ts';
import type { ResolvedTargets } from './targets.ts';

interface Why {
  reason: string;
  /** The command that would do it, or let it be done. */
  next?: string;
  /** What lets it be done, where no command does. */
  advice?: string | undefined;
}

/** What a plan leaves as it is, since AWS would refuse or undo it. */
export interface LeftAlone extends Why {
  id: string;
  /** `backend-api (i-080c…)`, a database's id. */
  name: string;
}

export interface Sorted {
  /** What the plan acts on. */
  resolved: ResolvedTargets;
  left: LeftAlone[];
  /** What could not be asked. */
  warnings: string[];
}

/** Sorts out what can't be stopped, by what AWS says of each before anything is done. */
export async function sortForStop(
  environment: Environment,
  resolved: ResolvedTargets,
  signal: AbortSignal,
): Promise<Sorted> {
  const awake = resolved.instances.filter(({ state }) => state === 'running' || state === 'pending');
  const { held, unknown } = await environment.compute.findStopObstacles(awake, { signal });
  const nameOf = (id: string) => labelOf(awake, id, environment);
  const left = [
    ...held.map((one) => ({ id: one.instance, name: nameOf(one.instance), ...whyHeld(one) })),
    ...resolved.databases.flatMap((database) => leftWith(database, whyNotStopped(database))),
  ];
  return {
    resolved: without(resolved, left),
    left,
    warnings: unknown.map(
      ({ instance, reason }) =>
        `Whether ${nameOf(instance)} may be stopped could not be asked: ${reason} It is tried all the same.`,
    ),
  };
}

/** Sorts out the databases that StartDBInstance does not take. */
export function sortForStart(resolved: ResolvedTargets): Omit<Sorted, 'warnings'> {
  const left = resolved.databases.flatMap((database) => leftWith(database, ofCluster(database, 'start')));
  return { resolved: without(resolved, left), left };
}

const leftWith = ({ id }: DatabaseInstance, why: Why | undefined): LeftAlone[] =>
  why ? [{ id, name: id, ...why }] : [];

/** `Not stopped  backend-api i-0a1…: stop protection is on …` */
export const leftFacts = (left: readonly LeftAlone[], label: 'Not stopped' | 'Not started'): Fact[] =>
  left.map(({ name, reason, next, advice }) => ({
    label,
    value: [
      `${name}: ${reason}`,
      ...(next === undefined ? [] : ['; by hand: ', code(next)]),
      ...(advice === undefined ? [] : [`. ${advice}`]),
    ],
    tone: 'warn',
  }));

/** The refusal where everything that is asked for is left alone. */
export const nothingToDo = (
  { name, env, done }: { name: string; env: string; done: 'stopped' | 'started' },
  left: readonly LeftAlone[],
): UserError =>
  new UserError(
    'conflict',
    `Nothing of ${name} can be ${done}: ${left.map((one) => `${one.name}: ${one.reason}`).join('; ')}.`,
    {
      hint: [
        nothingChanged,
        ...left.flatMap(({ next, advice }) => [
          ...(next === undefined ? [] : [' By hand: ', code(next), '.']),
          ...(advice === undefined ? [] : [` ${advice}`]),
        ]),
      ],
      actions: [invoke('Status', 'status', { env })],
    },
  );

const labelOf = (instances: readonly Instance[], id: string, { settings }: Environment): string => {
  const instance = instances.find((one) => one.id === id);
  const label = instance ? instanceLabel(instance, settings) : id;
  return withId(label, id);
};

function without(resolved: ResolvedTargets, left: readonly LeftAlone[]): ResolvedTargets {
  const stays = (id: string) => !left.some((one) => one.id === id);
  const { targets } = resolved;
  return {
    ...resolved,
    instances: resolved.instances.filter(({ id }) => stays(id)),
    databases: resolved.databases.filter(({ id }) => stays(id)),
    targets: {
      instances: targets.instances.filter(({ id }) => stays(id)),
      databases: targets.databases.filter(({ id }) => stays(id)),
      processes: targets.processes.filter(({ instance }) => stays(instance)),
    },
  };
}

function whyHeld({ kind, by, instance }: StopObstacle): Why {
  switch (kind) {
    case 'stop protection':
      return {
        reason: 'its stop protection is on',
        next: `aws ec2 modify-instance-attribute --instance-id ${instance} --no-disable-api-stop`,
      };
    case 'one-time spot':
      return { reason: 'it is a spot instance of a one-time request, which can’t be stopped' };
    case 'fleet':
      return { reason: `it belongs to the fleet ${by}, which would replace it` };
    case 'Auto Scaling':
      return {
        reason: `it belongs to the Auto Scaling group ${by}, which would replace it`,
        next: `aws autoscaling set-desired-capacity --auto-scaling-group-name ${by} --desired-capacity …`,
      };
    case 'instance store':
      return { reason: 'its root volume is an instance store, which a stop would end' };
  }
}

/** RDS User Guide, “Stopping an Amazon RDS DB instance temporarily”, limitations. */
function whyNotStopped(database: DatabaseInstance): Why | undefined {
  const { state, replicaOf, replicas = [], engine, multiAz } = database;
  const { kind, lasting } = databaseState(state);
  const because = (reason: string): Why => ({ reason });
  if (kind === 'stopped' || kind === 'stopping') return undefined;
  if (database.cluster !== undefined) return ofCluster(database, 'stop');
  if (replicaOf !== undefined)
    return because(`it is a read replica of ${replicaOf}, which RDS does not stop`);
  if (replicas.length > 0) {
    const many = counted(replicas.length, 'read replica');
    return because(`it has ${many} (${replicas.join(', ')}), so RDS does not stop it`);
  }
  if (engine.startsWith('custom-')) return because('RDS Custom does not stop it');
  if (multiAz && engine.startsWith('sqlserver'))
    return because('RDS does not stop SQL Server in several zones');
  if (kind === 'broken')
    return {
      reason: `it is ${stateText(state)}, and RDS stops only what is available`,
      advice: databaseState(state).next,
    };
  if (lasting) return because(`it is in ${state}, for hours perhaps, and RDS stops it only after that`);
  return undefined;
}

const ofCluster = ({ cluster, engine }: DatabaseInstance, verb: 'start' | 'stop'): Why | undefined => {
  if (cluster === undefined) return undefined;
  return engine.startsWith('aurora')
    ? {
        reason: `it is of the Aurora cluster ${cluster}, which starts and stops as one`,
        next: `aws rds ${verb}-db-cluster --db-cluster-identifier ${cluster}`,
      }
    : { reason: `it is of the Multi-AZ cluster ${cluster}, which RDS neither starts nor stops` };
};
