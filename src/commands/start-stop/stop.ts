import { environment, target } from '../../core/command/kinds.ts';
import type { PlanStep, PlanTarget } from '../../core/operation/plan.ts';
import { invoke, note, text } from '../../core/reply/reply.ts';
import { defineChange } from '../define.ts';
import { breakdown, dollars, estimate, hourly } from '../shared/cost.ts';
import { stopInstances } from './ec2-steps.ts';
import { takes } from './estimated-time.ts';
import { inUse } from './in-use.ts';
import { stopDatabase } from './rds-steps.ts';
import { processStopped } from './service-steps.ts';
import { type ResolvedTargets, resolveTargets, type Targets } from './targets.ts';

export const stop = defineChange({
  name: 'stop',
  summary: 'Stop an environment and stop paying for it',
  role: 'operator',
  confirm: 'self',
  inverse: 'start',
  everyday: true,
  aliases: ['down', 'off', 'sleep'],
  args: { env: environment, what: target.default('all') },
  examples: ['stop dev', 'stop dev rds', 'stop bastion'],

  async plan({ args: { env, what }, platform, signal }) {
    const resolved = await resolveTargets(platform, env, what, signal);
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
        ? await platform.instances
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
      ...instances.map(({ id, name, service, state }) => ({
        kind: 'EC2',
        id,
        name,
        verb: 'stop',
        state,
        service,
      })),
      ...databases.map(({ id, state }) => ({ kind: 'RDS', id, name: id, verb: 'stop', state })),
    ];
    const steps = stepsOf(found);
    const { items } = estimate(inventory, platform.prices);
    const saved = items.filter((item) => item.on && targets.some(({ id }) => id === item.id));
    const still = items.filter((item) => item.on && !saved.includes(item));
    const plan = {
      env,
      question: `Stop ${what === 'all' ? env : `${what} in ${env}`}?`,
      doing: `Stopping ${what === 'all' ? env : `${what} in ${env}`}`,
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
        { label: 'Until', value: 'started by hand: timed starts are not built yet' },
      ],
      warnings: [
        ...(await inUse(platform, env, [...new Set(found.processes.map(({ service }) => service))], signal)),
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
      data: found,
    };
    const asleep =
      instances.every(({ state }) => state === 'stopped') &&
      databases.every(({ state }) => state === 'stopped');
    return asleep ? { ...plan, nothing: asleepAlready(env, what) } : plan;
  },

  async run({ args: { env, what }, platform, operation, plan, step, signal }) {
    const targets = plan.data;
    const context = { platform, env, operation, signal, targets };
    for (const one of targets.processes) await step(processStopped(context, one));
    if (targets.instances.length > 0) await step(stopInstances(context));
    for (const { id } of targets.databases) await step(stopDatabase(context, id));
    const title = `${what === 'all' ? env : `${what} in ${env}`} is asleep`;
    const saves = plan.facts.find(({ label }) => label === 'Saves')?.value ?? '';
    return {
      title,
      tone: 'good',
      summary: title,
      parts: [text(typeof saves === 'string' ? `Saves ${saves} from now on.` : saves)],
      actions: [invoke('Status', 'status', { env })],
    };
  },
});

function stepsOf({ processes, instances, databases }: Targets): PlanStep[] {
  return [
    ...processes.map(({ name, instance }) => ({
      id: `pm2-${name}-${instance}`,
      title: 'PM2 stopped',
      doing: 'PM2 stopping',
    })),
    ...(instances.length > 0 ? [{ id: 'ec2', title: 'EC2 stopped', doing: 'EC2 stopping' }] : []),
    ...databases.map(({ id }) => ({ id: `rds-${id}`, title: 'RDS stopped', doing: 'RDS stopping' })),
  ];
}

function callsOf({ instances, databases, targets }: ResolvedTargets): string[] {
  const running = instances.filter(({ state }) => state !== 'stopped').map(({ id }) => id);
  return [
    ...targets.processes.map(({ instance, name }) => `ssm:SendCommand d2-pm2-stop ${name} on ${instance}`),
    ...(running.length > 0 ? [`ec2:StopInstances ${running.join(' ')}`] : []),
    ...databases.filter(({ state }) => state !== 'stopped').map(({ id }) => `rds:StopDBInstance ${id}`),
  ];
}

function asleepAlready(env: string, what: string) {
  const title = `${what === 'all' ? env : `${what} in ${env}`} is asleep already`;
  return {
    title,
    tone: 'good' as const,
    summary: title,
    parts: [note('Nothing was changed.')],
    actions: [invoke('Status', 'status', { env }), invoke(`Start ${env}`, 'start', { env })],
  };
}
