import type { Step } from '../../core/operation/plan.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Targets } from './targets.ts';

interface StepContext {
  environment: Environment;
  operation: string;
  signal: AbortSignal;
  targets: Targets;
}

export type { StepContext };

async function statesOf({
  environment: { compute },
  signal,
  targets,
}: StepContext): Promise<{ id: string; state: string }[]> {
  const now = await compute.listInstances({ signal });
  return targets.instances.map(({ id, name }) => {
    const found = now.find((instance) => instance.id === id);
    if (!found) {
      throw new UserError('not-found', `${name} (${id}) is gone: terminated meanwhile.`, {
        hint: 'Terraform brings a new one: terraform apply, then ask again.',
      });
    }
    return { id, state: found.state };
  });
}

const noteOf = (states: { id: string; state: string }[]): string =>
  [...new Set(states.map((one) => one.state))].join(', ');

/** Guide 6.2: start-instances, waiting for an end of stopping first. */
export function startInstances(context: StepContext): Step {
  const { environment, operation, signal } = context;
  return {
    id: 'ec2',
    title: 'EC2 running',
    deadlineSeconds: 600,
    repeatable: true,
    async settled() {
      const states = await statesOf(context);
      return { done: states.every(({ state }) => state === 'running'), note: noteOf(states) };
    },
    async ready() {
      const states = await statesOf(context);
      const busy = states.filter(({ state }) => state === 'stopping');
      return {
        done: busy.length === 0,
        note: noteOf(states),
        underWay: states.every(({ state }) => state === 'running' || state === 'pending'),
      };
    },
    async happened() {
      return (await statesOf(context)).every(({ state }) => state === 'pending' || state === 'running');
    },
    async act() {
      const stopped = (await statesOf(context))
        .filter(({ state }) => state === 'stopped')
        .map(({ id }) => id);
      if (stopped.length > 0) await environment.compute.startInstances(stopped, { operation, signal });
      return undefined;
    },
  };
}

/** Guide 6.2: stop-instances; one that is still pending is waited for, since EC2 refuses it. */
export function stopInstances(context: StepContext): Step {
  const { environment, operation, signal } = context;
  return {
    id: 'ec2',
    title: 'EC2 stopped',
    deadlineSeconds: 600,
    repeatable: true,
    async settled() {
      const states = await statesOf(context);
      return { done: states.every(({ state }) => state === 'stopped'), note: noteOf(states) };
    },
    async ready() {
      const states = await statesOf(context);
      return {
        done: states.every(({ state }) => state !== 'pending'),
        note: noteOf(states),
        underWay: states.every(({ state }) => state === 'stopping' || state === 'stopped'),
      };
    },
    async happened() {
      return (await statesOf(context)).every(({ state }) => state === 'stopping' || state === 'stopped');
    },
    async act() {
      const running = (await statesOf(context))
        .filter(({ state }) => state === 'running')
        .map(({ id }) => id);
      if (running.length > 0) await environment.compute.stopInstances(running, { operation, signal });
      return undefined;
    },
  };
}
