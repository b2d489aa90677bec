import type { PlanStep, Step } from '../../core/operation/plan.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { StepContext } from './step-context.ts';

export const ec2Running: PlanStep = { id: 'ec2', title: 'EC2 running', doing: 'EC2 starting' };
export const ec2Stopped: PlanStep = { id: 'ec2', title: 'EC2 stopped', doing: 'EC2 stopping' };

/** Guide 6.2: start-instances, waiting for an end of stopping first. */
export const startInstances = (context: StepContext): Step =>
  changeInstances(context, ec2Running, {
    call: 'startInstances',
    from: 'stopped',
    through: 'pending',
    to: 'running',
    notWhile: 'stopping',
  });

/** Guide 6.2: stop-instances; one that is still pending is waited for, since EC2 refuses it. */
export const stopInstances = (context: StepContext): Step =>
  changeInstances(context, ec2Stopped, {
    call: 'stopInstances',
    from: 'running',
    through: 'stopping',
    to: 'stopped',
    notWhile: 'pending',
  });

/** A call, and the states of an instance before, during and after it. */
interface Change {
  call: 'startInstances' | 'stopInstances';
  from: string;
  through: string;
  to: string;
  notWhile: string;
}

function changeInstances(
  context: StepContext,
  step: PlanStep,
  { call, from, through, to, notWhile }: Change,
): Step {
  const { environment, operation, signal } = context;
  const isUnderWay = (states: readonly InstanceState[]) =>
    states.every(({ state }) => state === through || state === to);
  return {
    ...step,
    deadlineSeconds: 600,
    repeatable: true,
    async settled() {
      const states = await statesOf(context);
      return { done: states.every(({ state }) => state === to), note: noteOf(states) };
    },
    async ready() {
      const states = await statesOf(context);
      return {
        done: states.every(({ state }) => state !== notWhile),
        note: noteOf(states),
        underWay: isUnderWay(states),
      };
    },
    async happened() {
      return isUnderWay(await statesOf(context));
    },
    async act() {
      const ids = (await statesOf(context)).filter(({ state }) => state === from).map(({ id }) => id);
      if (ids.length === 0) return { sent: false };
      await environment.compute[call](ids, { operation, signal });
      return undefined;
    },
  };
}

interface InstanceState {
  id: string;
  state: string;
}

async function statesOf({
  environment: { compute },
  signal,
  targets,
}: StepContext): Promise<InstanceState[]> {
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

const noteOf = (states: readonly InstanceState[]): string =>
  [...new Set(states.map(({ state }) => state))].join(', ');
