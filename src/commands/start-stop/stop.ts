import { z } from 'zod';
import { environment } from '../../core/command/kinds.ts';
import type { PlanStep, PlanTarget } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { facts, type Part, text } from '../../core/reply/parts.ts';
import { createReply, unchanged } from '../../core/reply/reply.ts';
import type { Environment } from '../../platform/environment.ts';
import { defineChange } from '../define.ts';
import { breakdown, dollars, estimate, hourly } from '../shared/cost.ts';
import { changes, changesOf } from '../shared/data.ts';
import { type Inventory, listInventory } from '../shared/inventory.ts';
import { asleepText, type StillRunning, stillRunning, stillRunningFact } from '../shared/still-running.ts';
import { ec2Stopped, stopInstances } from './ec2-steps.ts';
import { takes } from './estimated-time.ts';
import { inUse } from './in-use.ts';
import { inverseOf } from './inverse.ts';
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
    const resolved = await resolveTargets(here, what, signal);
    const { inventory, instances, databases } = resolved;
    const running = instances.filter(({ state }) => state === 'running');
    const found: Targets = {
      ...resolved.targets,
      processes: resolved.targets.processes.filter(({ instance }) =>
        running.some(({ id }) => id === instance),
      ),
    };
    const agents =
      found.processes.length > 0
        ? await here.instances
            .listAgents(
              found.processes.map(({ instance }) => instance),
              { signal },
            )
            .catch(() => undefined)
        : [];
    const unreachable = found.processes.filter(
      ({ instance }) => !agents?.some((agent) => agent.instance === instance && agent.online),
    );
    const targets: PlanTarget[] = [
      ...found.processes.map(({ instance, name, service }) => ({
        kind: 'PM2',
        id: `${instance}/${name}`,
        name,
        verb: 'stop',
        state: 'on a running instance',
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
        ...unlistedFact(what, instances, here, 'stopped'),
        { label: 'Until', value: 'started by hand: timed starts are not built yet' },
      ],
      warnings: [
        ...(await inUse(
          here,
          platform.clock.now(),
          [...new Set(found.processes.map(({ service }) => service))],
          signal,
        )),
        ...unreachable.map(
          ({ name, instance }) =>
            `${name} on ${instance} can’t be stopped gracefully: its SSM agent is offline. The instance is stopped all the same.`,
        ),
        ...databases
          .filter(({ state }) => !['available', 'stopped', 'stopping'].includes(state))
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
    return asleep ? { ...plan, nothing: asleepAlready(env, what, inventory, here) } : plan;
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
    const title = what === 'all' ? asleepText(env, running) : `${targetName({ env, what })} is asleep`;
    const saves = plan.facts.find(({ label }) => label === 'Saves')?.value ?? '';
    return createReply({
      title,
      tone: what === 'all' && running.length > 0 ? 'warn' : 'good',
      data: {
        changed: changesOf(
          plan.targets.filter(({ kind }) => kind !== 'PM2'),
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

function asleepAlready(env: string, what: string, inventory: Inventory, environment: Environment) {
  const running = stillRunning(inventory, environment);
  const title =
    what === 'all' && running.length > 0
      ? `What stops in ${env} is asleep already`
      : `${targetName({ env, what })} is asleep already`;
  return unchanged({
    title,
    tone: what === 'all' && running.length > 0 ? 'warn' : 'good',
    parts: stillRunningPart(running, inventory),
    data: { changed: [], stillRunning: describeRunning(running) },
    actions: [invoke('Status', 'status', { env }), invoke(`Start ${env}`, 'start', { env })],
  });
}

function stillRunningPart(running: readonly StillRunning[], inventory: Inventory): Part[] {
  const rows = stillRunningFact(running, inventory);
  return rows.length > 0 ? [facts(rows)] : [];
}
