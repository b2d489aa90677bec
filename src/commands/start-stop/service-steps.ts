import type { Step } from '../../core/operation/plan.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Process } from '../../platform/instances.ts';
import { isDown } from '../shared/processes.ts';
import type { StepContext } from './ec2-steps.ts';
import type { Targets } from './targets.ts';

/** Session Manager's agent reports: only then can the instance be asked anything. */
export function agentsOnline({ platform, signal, targets }: StepContext): Step {
  const ids = targets.instances.map(({ id }) => id);
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
      const online = (await platform.instances.listAgents(ids, { signal })).filter((agent) => agent.online);
      return { done: online.length === ids.length, note: `${online.length} of ${ids.length}` };
    },
  };
}

type OneProcess = Targets['processes'][number];

async function processOf(
  { platform, signal }: StepContext,
  { instance, name }: OneProcess,
): Promise<Process | undefined> {
  const homes = await platform.instances.listProcesses(instance, { signal });
  return homes.flatMap((home) => home.processes).find((process) => process.name === name);
}

/** PM2 brings its saved list back at boot; what it does not bring back is started. */
export function processOnline(context: StepContext, one: OneProcess): Step {
  let asked = 0;
  return {
    id: `pm2-${one.name}-${one.instance}`,
    title: 'PM2 online',
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
      await context.platform.instances.pm2(one.instance, 'start', one.name, {
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
    title: 'PM2 stopped',
    deadlineSeconds: 120,
    repeatable: true,
    async settled() {
      if (hindered) return { done: true };
      return { done: isDown(await processOf(context, one)) };
    },
    async act() {
      try {
        await context.platform.instances.pm2(one.instance, 'stop', one.name, {
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
    title: '/health ok',
    deadlineSeconds: 180,
    repeatable: true,
    async settled() {
      const health = await context.platform.instances.checkHealth(one.instance, one.name, {
        signal: context.signal,
      });
      return {
        done: health.status === 200,
        note: health.status === 200 ? `${health.latencyMs} ms` : (health.error ?? `status ${health.status}`),
      };
    },
  };
}
