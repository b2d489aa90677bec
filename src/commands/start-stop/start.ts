import { z } from 'zod';
import { environment } from '../../core/command/kinds.ts';
import type { PlanStep, PlanTarget } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { text } from '../../core/reply/parts.ts';
import { createReply, unchanged } from '../../core/reply/reply.ts';
import type { Environment } from '../../platform/environment.ts';
import { defineChange } from '../define.ts';
import { breakdown, dollars, estimate, hourly } from '../shared/cost.ts';
import { changes, changesOf } from '../shared/data.ts';
import { startInstances } from './ec2-steps.ts';
import { takes } from './estimated-time.ts';
import { inverseOf } from './inverse.ts';
import { startDatabase } from './rds-steps.ts';
import { agentsOnline, healthy, processLabel, processOnline } from './service-steps.ts';
import { target } from './target-argument.ts';
import { agentsOf, type ResolvedTargets, resolveTargets, type Targets, unlisted } from './targets.ts';

export const start = defineChange({
  name: 'start',
  summary: 'Start an environment, in the order of dependence, until its services are well',
  role: 'operator',
  confirm: 'none',
  inverse: (args) => inverseOf('stop', 'Stop', args),
  everyday: true,
  aliases: ['up', 'on', 'wake'],
  args: { env: environment, what: target.default('all') },
  examples: ['start dev', 'start dev rds', 'start bastion'],
  output: z.object({ changed: changes }),

  async plan({ args: { env, what }, platform, signal }) {
    const here = platform.environment(env);
    const resolved = await resolveTargets(here, what, signal);
    const { instances, databases, inventory } = resolved;
    const steps = stepsOf(resolved.targets);
    const targets: PlanTarget[] = [
      ...databases.map(({ id, state }) => ({ kind: 'RDS', id, name: id, verb: 'start', state })),
      ...instances.map(({ id, name, tags, state }) => ({
        kind: 'EC2',
        id,
        name,
        verb: 'start',
        state,
        service: tags.Service ?? '',
      })),
    ];
    const { items } = estimate(inventory, here);
    const extra = what === 'all' ? unlisted(instances, here) : [];
    const toStart = items.filter((item) => !item.on && targets.some(({ id }) => id === item.id));
    const plan = {
      env,
      question: `Start ${what === 'all' ? env : `${what} in ${env}`}?`,
      doing: `Starting ${what === 'all' ? env : `${what} in ${env}`}`,
      targets,
      calls: callsOf(resolved),
      steps,
      facts: [
        await takes(platform, env, 'start', steps),
        {
          label: 'Costs',
          value:
            toStart.length > 0 ? `${dollars(hourly(toStart))}/h more: ${breakdown(toStart)}` : 'nothing more',
        },
        ...(extra.length > 0
          ? [{ label: 'Not in d2.yaml', value: `${extra.join(', ')}; started with the rest` }]
          : []),
        { label: 'Until', value: 'stopped by hand: timed stops are not built yet' },
      ],
      warnings: [],
      data: resolved.targets,
    };
    return (await isUp(here, resolved, signal)) ? { ...plan, nothing: upAlready(env, what) } : plan;
  },

  async run({ args: { env, what }, platform, operation, plan, step, signal }) {
    const targets = plan.data;
    const context = { environment: platform.environment(env), operation, signal, targets };
    for (const { id } of targets.databases) await step(startDatabase(context, id));
    if (targets.instances.length > 0) {
      await step(startInstances(context));
      if (agentsOf(targets).length > 0) await step(agentsOnline(context));
    }
    for (const one of targets.processes) {
      await step(processOnline(context, one));
      await step(healthy(context, one));
    }
    const name = what === 'all' ? env : `${what} in ${env}`;
    const title = `${name} is up`;
    return createReply({
      title,
      tone: 'good',
      data: { changed: changesOf(plan.targets, ({ kind }) => (kind === 'RDS' ? 'available' : 'running')) },
      parts: [text('It stays up until somebody stops it.')],
      actions: [invoke('Status', 'status', { env })],
    });
  },
});

function stepsOf(targets: Targets): PlanStep[] {
  const { databases, instances, processes } = targets;
  return [
    ...databases.map(({ id }) => ({ id: `rds-${id}`, title: 'RDS available', doing: 'RDS starting' })),
    ...(instances.length > 0
      ? [
          { id: 'ec2', title: 'EC2 running', doing: 'EC2 starting' },
          ...(agentsOf(targets).length > 0
            ? [{ id: 'ssm', title: 'SSM online', doing: 'SSM coming online' }]
            : []),
        ]
      : []),
    ...processes.flatMap((one) => {
      const label = processLabel(one, processes);
      const place = `${one.name}-${one.instance}`;
      return [
        { id: `pm2-${place}`, title: `PM2 online${label}`, doing: `PM2 starting${label}` },
        { id: `health-${place}`, title: `/health ok${label}`, doing: `asking /health${label}` },
      ];
    }),
  ];
}

function callsOf({ instances, databases }: ResolvedTargets): string[] {
  const stopped = instances.filter(({ state }) => state !== 'running').map(({ id }) => id);
  return [
    ...databases.filter(({ state }) => state !== 'available').map(({ id }) => `rds:StartDBInstance ${id}`),
    ...(stopped.length > 0 ? [`ec2:StartInstances ${stopped.join(' ')}`] : []),
  ];
}

/** Everything asked for runs, and so do its processes. */
async function isUp(
  { instances: hosts }: Environment,
  { instances, databases, targets }: ResolvedTargets,
  signal: AbortSignal,
): Promise<boolean> {
  const asleep =
    instances.some(({ state }) => state !== 'running') ||
    databases.some(({ state }) => state !== 'available' && state !== 'backing-up');
  if (asleep) return false;
  try {
    const online = await Promise.all(
      targets.processes.map(async ({ instance, name }) =>
        (await hosts.listProcesses(instance, { signal })).some((home) =>
          home.processes.some((process) => process.name === name && process.status === 'online'),
        ),
      ),
    );
    return online.every(Boolean);
  } catch {
    // What can't be told is no reason to do nothing.
    return false;
  }
}

function upAlready(env: string, what: string) {
  return unchanged({
    title: `${what === 'all' ? env : `${what} in ${env}`} is up already`,
    actions: [invoke('Status', 'status', { env })],
    data: { changed: [] },
  });
}
