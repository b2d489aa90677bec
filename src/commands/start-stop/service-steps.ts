import type { Step } from '../../core/operation/plan.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Process } from '../../platform/instances.ts';
import { isDown } from '../shared/processes.ts';
import type { StepContext } from './ec2-steps.ts';
import { agentsOf, type Targets } from './targets.ts';

/** Session Manager's agent reports: only then can the instance be asked anything. */
export function agentsOnline({ environment, signal, targets }: StepContext): Step {
  const ids = agentsOf(targets);
  return {
    id: 'ssm',
    title: 'SSM online',
    deadlineSeconds: 300,
    repeatable: true,
    late: {
      hint: 'Without the agent nothing on the instance can be asked; its role or its road to SSM may be missing.',
      actions: [],
    },
    async settled() {
      const online = (await environment.instances.listAgents(ids, { signal })).filter(
        (agent) => agent.online,
      );
      return { done: online.length === ids.length, note: `${online.length} of ${ids.length}` };
    },
  };
}

type OneProcess = Targets['processes'][number];

/** What tells steps apart where there are several processes: ` · web-driver`, ` · web-driver on i-0a1…`. */
export function processLabel(one: OneProcess, processes: readonly OneProcess[]): string {
  if (processes.length < 2) return '';
  const alone = processes.filter(({ service }) => service === one.service).length < 2;
  return alone ? ` · ${one.service}` : ` · ${one.service} on ${one.instance}`;
}

async function processOf(
  { environment, signal }: StepContext,
  { instance, name }: OneProcess,
): Promise<Process | undefined> {
  const homes = await environment.instances.listProcesses(instance, { signal });
  return homes.flatMap((home) => home.processes).find((process) => process.name === name);
}

/** PM2 brings its saved list back at boot; what it does not bring back is started. */
export function processOnline(context: StepContext, one: OneProcess): Step {
  let asked = 0;
  return {
    id: `pm2-${one.name}-${one.instance}`,
    title: `PM2 online${processLabel(one, context.targets.processes)}`,
    deadlineSeconds: 180,
    repeatable: true,
    async settled() {
      const process = await processOf(context, one);
      return { done: process?.status === 'online', note: process?.status ?? 'not in the list yet' };
    },
    async ready() {
      const process = await processOf(context, one);
      const online = process?.status === 'online';
      asked += 1;
      // Resurrecting takes a few seconds after boot: it is given some looks before it is helped.
      const given = process ? process.status !== 'launching' : asked > 5;
      return { done: online || given, note: process?.status ?? 'coming back', underWay: online };
    },
    async act() {
      await context.environment.instances.pm2(one.instance, 'start', one.service, {
        operation: context.operation,
        signal: context.signal,
      });
      return undefined;
    },
  };
}

/** Stopped gracefully but not saved as stopped, so that the next boot brings it back. A silent agent does not hinder. */
export function processStopped(context: StepContext, one: OneProcess): Step {
  let hindered = false;
  return {
    id: `pm2-${one.name}-${one.instance}`,
    title: `PM2 stopped${processLabel(one, context.targets.processes)}`,
    deadlineSeconds: 120,
    repeatable: true,
    async settled() {
      if (hindered) return { done: true };
      return { done: isDown(await processOf(context, one)) };
    },
    async act() {
      try {
        await context.environment.instances.pm2(one.instance, 'stop', one.service, {
          operation: context.operation,
          signal: context.signal,
          keep: true,
        });
        return undefined;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        hindered = true;
        return `skipped: ${error.message}`;
      }
    },
  };
}

/** `GET /health` from on the instance (guide 5.5). */
export function healthy(context: StepContext, one: OneProcess): Step {
  return {
    id: `health-${one.name}-${one.instance}`,
    title: `/health ok${processLabel(one, context.targets.processes)}`,
    deadlineSeconds: 180,
    repeatable: true,
    async settled() {
      const health = await context.environment.instances.checkHealth(one.instance, one.service, {
        signal: context.signal,
      });
      return {
        done: health.status === 200,
        note: health.status === 200 ? `${health.latencyMs} ms` : (health.error ?? `status ${health.status}`),
      };
    },
  };
}
