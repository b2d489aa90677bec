import type { z } from 'zod';
import type { Plan, PlanStep, PlanTarget } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { facts } from '../../core/reply/parts.ts';
import { unchanged } from '../../core/reply/reply.ts';
import type { Call } from '../../platform/call.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Platform } from '../../platform/platform.ts';
import { instancesOf } from '../../platform/services.ts';
import { breakdown, dollars, estimate, hourly } from '../shared/cost.ts';
import { databaseState, isOff } from '../shared/database-state.ts';
import { valuesOf } from '../shared/inventory.ts';
import { homesFact, stateText } from '../shared/service-processes.ts';
import { stillRunning } from '../shared/still-running.ts';
import { ec2Stopped } from './ec2-steps.ts';
import { takes } from './estimated-time.ts';
import { inUse } from './in-use.ts';
import { type LeftAlone, leftFacts, nothingToDo, sortForStop } from './obstacles.ts';
import { judgeTargets } from './process-targets.ts';
import { rdsStopped } from './rds-steps.ts';
import { pm2Stopped } from './service-steps.ts';
import { describeRunning, stillRunningPart, type stopData } from './stop-reply.ts';
import { type Target, targetName } from './target-argument.ts';
import {
  databaseTargets,
  instanceTargets,
  type ResolvedTargets,
  resolveTargets,
  type Targets,
  unlistedFact,
} from './targets.ts';

/** What a stop would do, what it saves and who is using it; what AWS would not stop is left out and said. */
export async function planStop(
  platform: Platform,
  { env, what }: { env: string; what: Target },
  { signal }: Call,
): Promise<Plan<Targets, z.infer<typeof stopData>>> {
  const here = platform.environment(env);
  const { resolved, left, warnings } = await sortForStop(
    here,
    await resolveTargets(here, what, signal),
    signal,
  );
  const { inventory, instances, databases } = resolved;
  if (instances.length + databases.length === 0)
    throw nothingToDo({ name: targetName({ env, what }), env, done: 'stopped' }, left);
  const running = instances.filter(({ state }) => state === 'running');
  const processes = resolved.targets.processes.filter(({ instance }) =>
    running.some(({ id }) => id === instance),
  );
  const services = [...new Set(processes.map(({ service }) => service))];
  const [judged, used] = await Promise.all([
    judgeTargets(here, processes, resolved, signal),
    inUse(here, platform.clock.now(), services, signal),
  ]);
  const found: Targets = {
    ...resolved.targets,
    processes: judged.map(({ one, judged: { meant } }) => ({
      ...one,
      ...(meant && { home: meant.in.home }),
    })),
  };
  const targets: PlanTarget[] = [
    ...judged.map(({ one: { instance, name, service }, homes, judged }) => ({
      kind: 'PM2',
      id: `${instance}/${name}`,
      name,
      verb: 'stop',
      state: homes.ok ? stateText(judged, platform.clock.now()) : 'on a running instance',
      service,
    })),
    ...instanceTargets(instances, 'stop'),
    ...databaseTargets(databases, 'stop'),
  ];
  const steps = stepsOf(found);
  const { items } = estimate(inventory, here);
  const saved = items.filter((item) => item.on && targets.some(({ id }) => id === item.id));
  const still = items.filter((item) => item.on && !saved.includes(item));
  const plan = {
    env,
    question: `Stop ${targetName({ env, what })}?`,
    doing: `Stopping ${targetName({ env, what })}`,
    did: `stopped ${targetName({ env, what })}`,
    targets,
    calls: callsOf({ ...resolved, targets: found }),
    steps,
    facts: [
      await takes(platform, env, 'stop', steps),
      { label: 'Saves', value: `${dollars(hourly(saved))}/h` },
      {
        label: 'Still',
        value: still.length > 0 ? `${dollars(hourly(still))}/h: ${breakdown(still)}, + storage` : 'storage',
      },
      ...(databases.length > 0
        ? [{ label: 'RDS', value: 'AWS starts it again in 7 days; the bot does not stop it again yet' }]
        : []),
      ...leftFacts(left, 'Not stopped'),
      ...unlistedFact(what, instances, here, 'stopped'),
      ...judged.flatMap(({ judged }) => homesFact(judged, 'stop')),
      { label: 'Until', value: 'started by hand: timed starts are not built yet' },
    ],
    warnings: [
      ...warnings,
      ...dependents(resolved, here),
      ...used,
      ...judged.flatMap(({ one: { name, instance }, homes }) =>
        homes.ok
          ? []
          : [
              `${name} on ${instance} can’t be stopped gracefully: ${homes.reason} The instance is stopped all the same.`,
            ],
      ),
      ...databases
        .filter(({ state }) => state !== 'available' && !isOff(databaseState(state)))
        .map(
          ({ id, state }) =>
            `${id} is ${state}: it can be stopped only after that, which is waited for, up to 30 min.`,
        ),
    ],
    danger: true,
    data: found,
  };
  const asleep =
    instances.every(({ state }) => state === 'stopped') &&
    databases.every(({ state }) => state === 'stopped');
  return asleep ? { ...plan, nothing: asleepAlready(env, what, resolved, left, here) } : plan;
}

/** Who runs on without the database that is stopped. */
function dependents(
  { inventory, instances, databases }: ResolvedTargets,
  { settings }: Environment,
): string[] {
  if (!databases.some(({ state }) => !isOff(databaseState(state)))) return [];
  const staying = valuesOf(inventory.instances).filter(
    ({ id, state }) => state === 'running' && !instances.some((one) => one.id === id),
  );
  const names = settings.services
    .filter(({ name, usesDatabase }) => usesDatabase && instancesOf(staying, name, settings).length > 0)
    .map(({ name }) => name);
  return names.map((name) => `${name} runs on, and has no database then.`);
}

const stepsOf = ({ processes, instances, databases }: Targets): PlanStep[] => [
  ...processes.map((one) => pm2Stopped(one, processes)),
  ...(instances.length > 0 ? [ec2Stopped] : []),
  ...databases.map(({ id }) => rdsStopped(id)),
];

function callsOf({ instances, databases, targets }: ResolvedTargets): string[] {
  const running = instances.filter(({ state }) => state !== 'stopped').map(({ id }) => id);
  return [
    ...targets.processes.map(({ instance, name }) => `ssm:SendCommand d2-pm2-stop ${name} on ${instance}`),
    ...(running.length > 0 ? [`ec2:StopInstances ${running.join(' ')}`] : []),
    ...databases.filter(({ state }) => state !== 'stopped').map(({ id }) => `rds:StopDBInstance ${id}`),
  ];
}

function asleepAlready(
  env: string,
  what: string,
  { inventory }: ResolvedTargets,
  left: readonly LeftAlone[],
  environment: Environment,
) {
  const running = stillRunning(inventory, environment);
  const title =
    what === 'all' && running.length > 0
      ? `What stops in ${env} is asleep already`
      : `${targetName({ env, what })} is asleep already`;
  return unchanged({
    title,
    tone: what === 'all' && running.length > 0 ? 'warn' : 'good',
    parts: [
      ...stillRunningPart(running, inventory),
      ...(left.length > 0 ? [facts(leftFacts(left, 'Not stopped'))] : []),
    ],
    data: { changed: [], stillRunning: describeRunning(running) },
    actions: [invoke('Status', 'status', { env }), invoke(`Start ${env}`, 'start', { env })],
  });
}
