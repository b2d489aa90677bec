import type { Fact } from '../../core/reply/parts.ts';
import type { Instance, StopObstacle } from '../../platform/compute.ts';
import type { DatabaseInstance } from '../../platform/databases.ts';
import type { Environment } from '../../platform/environment.ts';
import { instanceLabel } from '../../platform/services.ts';
import { databaseState, stateText } from '../shared/database-state.ts';
import { counted } from '../shared/format.ts';
import type { ResolvedTargets } from './targets.ts';

/** What a plan leaves as it is, since AWS would refuse or undo it. */
export interface LeftAlone {
  id: string;
  /** `backend-api i-080c…`, a database's id. */
  name: string;
  reason: string;
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
    ...held.map((one) => ({ id: one.instance, name: nameOf(one.instance), reason: reasonFor(one) })),
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
export function sortForStart(resolved: ResolvedTargets): Sorted {
  const left = resolved.databases.flatMap((database) => leftWith(database, ofCluster(database)));
  return { resolved: without(resolved, left), left, warnings: [] };
}

const leftWith = ({ id }: DatabaseInstance, reason: string | undefined): LeftAlone[] =>
  reason === undefined ? [] : [{ id, name: id, reason }];

/** `Not stopped  backend-api i-0a1…: stop protection is on …` */
export const leftFacts = (left: readonly LeftAlone[], label: 'Not stopped' | 'Not started'): Fact[] =>
  left.map(({ name, reason }) => ({ label, value: `${name}: ${reason}`, tone: 'warn' }));

const labelOf = (instances: readonly Instance[], id: string, { settings }: Environment): string => {
  const instance = instances.find((one) => one.id === id);
  const label = instance ? instanceLabel(instance, settings) : id;
  return label === id ? id : `${label} (${id})`;
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

function reasonFor({ kind, by, instance }: StopObstacle): string {
  switch (kind) {
    case 'stop protection':
      return `its stop protection is on; \`aws ec2 modify-instance-attribute --instance-id ${instance} --no-disable-api-stop\` turns it off`;
    case 'one-time spot':
      return 'it is a spot instance of a one-time request, which can’t be stopped';
    case 'fleet':
      return `it belongs to the fleet ${by}, which would replace it`;
    case 'Auto Scaling':
      return `it belongs to the Auto Scaling group ${by}, which would replace it; set the group’s desired capacity instead`;
    case 'instance store':
      return 'its root volume is an instance store, which a stop would end';
  }
}

/** RDS User Guide, “Stopping an Amazon RDS DB instance temporarily”, limitations. */
function whyNotStopped(database: DatabaseInstance): string | undefined {
  const { state, replicaOf, replicas = [], engine, multiAz } = database;
  const { kind, lasting } = databaseState(state);
  if (kind === 'stopped' || kind === 'stopping') return undefined;
  if (database.cluster !== undefined) return ofCluster(database);
  if (replicaOf !== undefined) return `it is a read replica of ${replicaOf}, which RDS does not stop`;
  if (replicas.length > 0)
    return `it has ${counted(replicas.length, 'read replica')} (${replicas.join(', ')}), so RDS does not stop it`;
  if (engine.startsWith('custom-')) return 'RDS Custom does not stop it';
  if (multiAz && engine.startsWith('sqlserver')) return 'RDS does not stop SQL Server in several zones';
  if (kind === 'broken')
    return `it is ${stateText(state)}; RDS stops only what is available. ${databaseState(state).next ?? ''}`.trim();
  if (lasting) return `it is in ${state}, for hours perhaps, and RDS stops it only after that`;
  return undefined;
}

const ofCluster = ({ cluster, engine }: DatabaseInstance): string | undefined => {
  if (cluster === undefined) return undefined;
  return engine.startsWith('aurora')
    ? `it is of the Aurora cluster ${cluster}, started and stopped as one: \`aws rds stop-db-cluster\`, \`start-db-cluster\``
    : `it is of the Multi-AZ cluster ${cluster}, which RDS neither starts nor stops`;
};
