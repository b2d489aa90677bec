import type { PlanStep, Step } from '../../core/operation/plan.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Process } from '../../platform/instances.ts';
import { countText } from '../../platform/pm2-copies.ts';
import { healthProgress } from '../shared/health-progress.ts';
import { areDown, areOnline, processesIn } from '../shared/service-processes.ts';
import type { StepContext } from './step-context.ts';
import { agentsOf, type Targets } from './targets.ts';

type OneProcess = Targets['processes'][number];

export const ssmOnline: PlanStep = { id: 'ssm', title: 'SSM online', doing: 'SSM coming online' };

export const pm2Online = (one: OneProcess, all: readonly OneProcess[]): PlanStep =>
  ofProcess('pm2', 'PM2 online', 'PM2 starting', one, all);

export const pm2Stopped = (one: OneProcess, all: readonly OneProcess[]): PlanStep =>
  ofProcess('pm2', 'PM2 stopped', 'PM2 stopping', one, all);

export const healthOk = (one: OneProcess, all: readonly OneProcess[]): PlanStep =>
  ofProcess('health', '/health ok', 'asking /health', one, all);

function ofProcess(
  kind: 'pm2' | 'health',
  title: string,
  doing: string,
  one: OneProcess,
  all: readonly OneProcess[],
): PlanStep {
  const label = processLabel(one, all);
  return {
    id: `${kind}-${one.name}-${one.instance}`,
    title: `${title}${label}`,
    doing: `${doing}${label}`,
  };
}

/** What tells steps apart where there are several processes: ` · web-driver`, ` · web-driver on i-0a1…`. */
function processLabel(one: OneProcess, all: readonly OneProcess[]): string {
  if (all.length < 2) return '';
  const alone = all.filter(({ service }) => service === one.service).length < 2;
  return alone ? ` · ${one.service}` : ` · ${one.service} on ${one.instance}`;
}

/** Session Manager's agent reports: only then can the instance be asked anything. */
export function awaitAgents({ environment, signal, targets }: StepContext): Step {
  const ids = agentsOf(targets);
  return {
    ...ssmOnline,
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

/** PM2 brings its saved list back at boot; what it does not bring back is started. */
export function startProcess(context: StepContext, one: OneProcess): Step {
  let asked = 0;
  return {
    ...pm2Online(one, context.targets.processes),
    deadlineSeconds: 180,
    repeatable: true,
    async settled() {
      const processes = await listProcesses(context, one);
      return { done: areOnline(processes), note: noteOf(processes, 'not in the list yet') };
    },
    async ready() {
      const processes = await listProcesses(context, one);
      const online = areOnline(processes);
      asked += 1;
      // Resurrecting takes a few seconds after boot: it is given some looks before it is helped.
      const given =
        processes.length > 0
          ? processes.some(({ status }) => status !== 'online' && status !== 'launching')
          : asked > 5;
      return { done: online || given, note: noteOf(processes, 'coming back'), underWay: online };
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
export function stopProcess(context: StepContext, one: OneProcess): Step {
  let hindered = false;
  return {
    ...pm2Stopped(one, context.targets.processes),
    deadlineSeconds: 120,
    repeatable: true,
    async settled() {
      if (hindered) return { done: true };
      return { done: areDown(await listProcesses(context, one)) };
    },
    async act() {
      try {
        await context.environment.instances.pm2(one.instance, 'stop', one.service, {
          operation: context.operation,
          signal: context.signal,
          keep: true,
          ...(one.home !== undefined && { home: one.home }),
        });
        return undefined;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        hindered = true;
        return { sent: false, note: `skipped: ${error.message}` };
      }
    },
  };
}

export function awaitHealth(context: StepContext, one: OneProcess): Step {
  return {
    ...healthOk(one, context.targets.processes),
    deadlineSeconds: 180,
    repeatable: true,
    settled: () => healthProgress(context.environment, one, context.signal),
  };
}

const noteOf = (processes: readonly Process[], none: string): string =>
  processes.length === 0 ? none : countText(processes);

async function listProcesses(
  { environment, signal }: StepContext,
  { instance, name, home }: OneProcess,
): Promise<readonly Process[]> {
  return processesIn(await environment.instances.listProcesses(instance, { signal }), name, home);
}
