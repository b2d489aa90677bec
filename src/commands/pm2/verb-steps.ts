import type { PlanStep, Step } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Pm2Result, Pm2Verb } from '../../platform/instances.ts';
import { countText } from '../../platform/pm2-copies.ts';
import { healthProgress } from '../shared/health-progress.ts';
import { areDown, areOnline, processesIn } from '../shared/service-processes.ts';

/** Whether the process is meant to run once the verb is done. */
export const staysUp = (verb: Pm2Verb): boolean => verb !== 'stop';

const changed = (verb: Pm2Verb, index: number): PlanStep => ({
  id: `pm2-${verb}-${index + 1}`,
  title: `PM2 ${verb === 'stop' ? 'stopped' : `${verb}ed`}`,
});

const healthOk = (index: number): PlanStep => ({ id: `health-${index + 1}`, title: '/health ok' });

/** What a verb does on one instance, by its place in the plan. */
export const planVerb = (verb: Pm2Verb, index: number, instance: string): PlanStep[] => [
  { ...changed(verb, index), instance },
  ...(staysUp(verb) ? [{ ...healthOk(index), instance }] : []),
];

/** A service on one instance. */
interface VerbContext {
  environment: Environment;
  operation: string;
  signal: AbortSignal;
  index: number;
  instance: string;
  service: string;
  /** In PM2. */
  name: string;
  /** The PM2 home that the plan named. */
  home?: string | undefined;
}

const underWay = new Set(['Pending', 'InProgress', 'Delayed']);

export function changeProcess(
  { environment: { instances }, operation, signal, index, instance, service, name, home }: VerbContext,
  verb: Pm2Verb,
  onResult: (result: Pm2Result) => void,
): Step {
  // A stop or a start that is sent twice ends the same; a restart is one more interruption.
  const repeatable = verb === 'stop' || verb === 'start';
  return {
    ...changed(verb, index),
    deadlineSeconds: 120,
    repeatable,
    skipWhenSettled: repeatable,
    async settled() {
      const processes = processesIn(await instances.listProcesses(instance, { signal }), name, home);
      return {
        done: staysUp(verb) ? areOnline(processes) : areDown(processes),
        note: countText(processes),
      };
    },
    async happened(since) {
      const sent = await instances.findSentCommand({ operation, verb, instance, service }, since, { signal });
      if (sent === undefined) return false;
      // One that is still under way will do it; but a restart shows in PM2's list only once it is over.
      if (sent.status === 'Success' || (repeatable && underWay.has(sent.status))) return true;
      if (repeatable) return false;
      return underWay.has(sent.status) ? 'running' : 'unclear';
    },
    async act() {
      onResult(
        await instances.pm2(instance, verb, service, {
          operation,
          signal,
          ...(home !== undefined && { home }),
        }),
      );
      return undefined;
    },
  };
}

export function awaitHealth({ environment, signal, index, instance, service }: VerbContext): Step {
  return {
    ...healthOk(index),
    deadlineSeconds: 90,
    repeatable: true,
    late: {
      hint: 'Its last lines may say why.',
      actions: [invoke('Errors', 'logs', { service, env: environment.name, level: 'error' })],
    },
    settled: () => healthProgress(environment, { instance, service }, signal),
  };
}
