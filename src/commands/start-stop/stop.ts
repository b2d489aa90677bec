import { z } from 'zod';
import { environment } from '../../core/command/kinds.ts';
import type { PlanStep, PlanTarget } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { facts, type Part, text } from '../../core/reply/parts.ts';
import { createReply, unchanged } from '../../core/reply/reply.ts';
import type { Environment } from '../../platform/environment.ts';
import { instancesOf } from '../../platform/services.ts';
import { defineChange } from '../define.ts';
import { breakdown, dollars, estimate, hourly } from '../shared/cost.ts';
import { changes, changesOf } from '../shared/data.ts';
import { databaseState, isOff } from '../shared/database-state.ts';
import { type Inventory, listInventory, valuesOf } from '../shared/inventory.ts';
import { homesFact, stateText } from '../shared/service-processes.ts';
import { asleepText, type StillRunning, stillRunning, stillRunningFact } from '../shared/still-running.ts';
import { ec2Stopped, stopInstances } from './ec2-steps.ts';
import { takes } from './estimated-time.ts';
import { inUse } from './in-use.ts';
import { inverseOf } from './inverse.ts';
import { type LeftAlone, leftFacts, nothingToDo, sortForStop } from './obstacles.ts';
import { judgeTargets } from './process-targets.ts';
import { rdsStopped, stopDatabase } from './rds-steps.ts';
import { pm2Stopped, stopProcess } from './service-steps.ts';
import { target, targetName } from './target-argument.ts';
import {
  databaseTargets,
  instanceTargets,
  type ResolvedTargets,
  resolveTargets,
  type Targets,
  unlistedFact,
} from './targets.ts';

const stopData = z.object({
  changed: changes,
  stillRunning: z
    .array(z.object({ id: z.string(), name: z.string(), perHourUsd: z.number().nullable() }))
    .describe('instances of the environment that run all the same'),
});

const describeRunning = (running: readonly StillRunning[]): z.infer<typeof stopData>['stillRunning'] =>
  running.map(({ id, name, perHour }) => ({ id, name, perHourUsd: perHour ?? null }));

export const stop = defineChange({
  name: 'stop',
  summary: 'Stop an environment and stop paying for it',
  role: 'operator',
  confirm: 'self',
  inverse: (args) => inverseOf('start', 'Start', args),
  everyday: true,
  aliases: ['down', 'off', 'sleep'],
  args: { env: environment, what: target.default('all') },
  examples: ['stop dev', 'stop dev rds', 'stop bastion'],
  output: stopData,

  async plan({ args: { env, what }, platform, signal }) {
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
    const judged = await judgeTargets(
      here,
      resolved.targets.processes.filter(({ instance }) => running.some(({ id }) => id === instance)),
      resolved,
      signal,
    );
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
        ...(await inUse(
          here,
          platform.clock.now(),
          [...new Set(found.processes.map(({ service }) => service))],
          signal,
        )),
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
  },

  async run({ args: { env, what }, platform, operation, plan, step, signal }) {
    const targets = plan.data;
    const here = platform.environment(env);
    const context = { environment: here, operation, signal, targets };
    for (const one of targets.processes) await step(stopProcess(context, one));
    if (targets.instances.length > 0) await step(stopInstances(context));
    for (const { id } of targets.databases) await step(stopDatabase(context, id));
    // What was started or made meanwhile is no target, and is said.
    const inventory = await listInventory(here, signal);
    const running = stillRunning(inventory, here);
    const meant = (id: string) => what === 'all' || targets.instances.some((one) => one.id === id);
    const awake = running.filter(({ id }) => meant(id));
    const saves = plan.facts.find(({ label }) => label === 'Saves')?.value ?? '';
    return createReply({
      title: asleepText(targetName({ env, what }), awake),
      tone: awake.length > 0 ? 'warn' : 'good',
      data: {
        changed: changesOf(
          plan.targets.filter(({ kind, id }) => kind !== 'PM2' && !awake.some((one) => one.id === id)),
          () => 'stopped',
        ),
        stillRunning: describeRunning(running),
      },
      parts: [
        text(typeof saves === 'string' ? `Saves ${saves} from now on.` : saves),
        ...stillRunningPart(running, inventory),
      ],
      actions: [invoke('Status', 'status', { env })],
    });
  },
});

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

function stillRunningPart(running: readonly StillRunning[], inventory: Inventory): Part[] {
  const rows = stillRunningFact(running, inventory);
  return rows.length > 0 ? [facts(rows)] : [];
}
