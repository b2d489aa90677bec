import { z } from 'zod';
import { environment } from '../../core/command/kinds.ts';
import type { PlanStep } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { text } from '../../core/reply/parts.ts';
import { createReply, unchanged } from '../../core/reply/reply.ts';
import type { Environment } from '../../platform/environment.ts';
import { defineChange } from '../define.ts';
import { breakdown, dollars, estimate, hourly } from '../shared/cost.ts';
import { changes, changesOf } from '../shared/data.ts';
import { databaseState, stateText } from '../shared/database-state.ts';
import { areOnline } from '../shared/service-processes.ts';
import { ec2Running, startInstances } from './ec2-steps.ts';
import { takes } from './estimated-time.ts';
import { inverseOf } from './inverse.ts';
import { leftFacts, nothingToDo, sortForStart } from './obstacles.ts';
import { judgeTargets } from './process-targets.ts';
import { rdsAvailable, startDatabase } from './rds-steps.ts';
import { awaitAgents, awaitHealth, healthOk, pm2Online, ssmOnline, startProcess } from './service-steps.ts';
import { target, targetName } from './target-argument.ts';
import {
  agentsOf,
  databaseTargets,
  instanceTargets,
  type ResolvedTargets,
  resolveTargets,
  type Targets,
  unlistedFact,
} from './targets.ts';

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
    const { resolved, left } = sortForStart(await resolveTargets(here, what, signal));
    if (resolved.instances.length + resolved.databases.length === 0)
      throw nothingToDo({ name: targetName({ env, what }), env, done: 'started' }, left);
    refuseBroken(resolved, { env, what });
    const { instances, databases, inventory } = resolved;
    const steps = stepsOf(resolved.targets);
    const targets = [...databaseTargets(databases, 'start'), ...instanceTargets(instances, 'start')];
    const { items } = estimate(inventory, here);
    const toStart = items.filter((item) => !item.on && targets.some(({ id }) => id === item.id));
    const plan = {
      env,
      question: `Start ${targetName({ env, what })}?`,
      doing: `Starting ${targetName({ env, what })}`,
      did: `started ${targetName({ env, what })}`,
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
        ...leftFacts(left, 'Not started'),
        ...unlistedFact(what, instances, here, 'started'),
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
    const states = new Map<string, string>();
    for (const { id } of targets.databases)
      await step(startDatabase(context, id, (state) => states.set(id, state)));
    if (targets.instances.length > 0) await step(startInstances(context));
    if (agentsOf(targets).length > 0) await step(awaitAgents(context));
    for (const one of targets.processes) {
      await step(startProcess(context, one));
      await step(awaitHealth(context, one));
    }
    return createReply({
      title: `${targetName({ env, what })} is up`,
      tone: 'good',
      data: { changed: changesOf(plan.targets, ({ kind }) => (kind === 'RDS' ? 'available' : 'running')) },
      parts: [
        text('It stays up until somebody stops it.'),
        ...[...states]
          .filter(([, state]) => state !== 'available')
          .map(([id, state]) => text(`${id} is in ${state}, and serves meanwhile.`)),
      ],
      actions: [invoke('Status', 'status', { env })],
    });
  },
});

const stepsOf = (targets: Targets): PlanStep[] => [
  ...targets.databases.map(({ id }) => rdsAvailable(id)),
  ...(targets.instances.length > 0 ? [ec2Running] : []),
  ...(agentsOf(targets).length > 0 ? [ssmOnline] : []),
  ...targets.processes.flatMap((one) => [
    pm2Online(one, targets.processes),
    healthOk(one, targets.processes),
  ]),
];

function callsOf({ instances, databases }: ResolvedTargets): string[] {
  const stopped = instances.filter(({ state }) => state !== 'running').map(({ id }) => id);
  return [
    ...databases
      .filter(({ state }) => databaseState(state).kind !== 'serving')
      .map(({ id }) => `rds:StartDBInstance ${id}`),
    ...(stopped.length > 0 ? [`ec2:StartInstances ${stopped.join(' ')}`] : []),
  ];
}

/** A database that will not come by itself: said before anything is begun, with what mends it. */
function refuseBroken({ databases }: ResolvedTargets, { env, what }: { env: string; what: string }): void {
  const broken = databases.find(({ state }) => databaseState(state).kind === 'broken');
  if (!broken) return;
  const { next } = databaseState(broken.state);
  throw new UserError('conflict', `RDS can’t start: ${broken.id} is ${stateText(broken.state)}.`, {
    ...(next !== undefined && { hint: next }),
    actions: [
      ...(what === 'all' ? [invoke('Start backend', 'start', { env, what: 'backend' })] : []),
      invoke('Status', 'status', { env }),
    ],
  });
}

/** Everything asked for runs, and so do its processes. What can't be told is no reason to do nothing. */
async function isUp(
  environment: Environment,
  resolved: ResolvedTargets,
  signal: AbortSignal,
): Promise<boolean> {
  const { instances, databases, targets } = resolved;
  const asleep =
    instances.some(({ state }) => state !== 'running') ||
    databases.some(({ state }) => databaseState(state).kind !== 'serving');
  if (asleep) return false;
  const judged = await judgeTargets(environment, targets.processes, resolved, signal);
  return judged.every(({ judged: { meant } }) => areOnline(meant?.processes ?? []));
}

function upAlready(env: string, what: string) {
  return unchanged({
    title: `${targetName({ env, what })} is up already`,
    actions: [invoke('Status', 'status', { env })],
    data: { changed: [] },
  });
}
