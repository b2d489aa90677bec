import type { PlanStep, Step } from '../../core/operation/plan.ts';
import { UserError } from '../../core/reply/errors.ts';
import { withId } from '../shared/format.ts';
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
  const refused = new Map<string, UserError>();
  const isUnderWay = (states: readonly InstanceState[]) =>
    states.every(({ state }) => state === through || state === to);
  /** EC2 refuses all of a call for one of them: then each is asked for by itself. */
  async function changeEach(ids: readonly string[]): Promise<void> {
    const once = (some: readonly string[]) => environment.compute[call](some, { operation, signal });
    try {
      await once(ids);
      return;
    } catch (error) {
      if (!(error instanceof UserError) || ids.length === 1) throw error;
    }
    for (const id of ids) {
      await once([id]).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        refused.set(id, error);
      });
    }
    const [first] = refused.values();
    if (first && refused.size === ids.length) throw first;
  }

  const noteOfRefused = (): string =>
    [...refused]
      .map(([id, { message }]) => {
        const name = context.targets.instances.find((one) => one.id === id)?.name ?? id;
        return `${withId(name, id)} was refused: ${message}`;
      })
      .join(' ');

  return {
    ...step,
    deadlineSeconds: 600,
    repeatable: true,
    async settled() {
      const states = await statesOf(context);
      const taken = states.filter(({ id }) => !refused.has(id));
      const done = taken.every(({ state }) => state === to);
      // Of a start all are needed: it goes no further than this.
      const [first] = refused.values();
      if (done && first && call === 'startInstances') throw lasting(first);
      return { done, note: noteOf(states) };
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
      refused.clear();
      if (ids.length === 0) return { sent: false };
      await changeEach(ids);
      return refused.size > 0 ? noteOfRefused() : undefined;
    },
  };
}

/** As a conflict, so that nobody waits for it to pass. */
const lasting = ({ message, hint, actions, cause }: UserError): UserError =>
  new UserError('conflict', message, { ...(hint !== undefined && { hint }), actions, cause });

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
      throw new UserError('not-found', `${withId(name, id)} is gone: terminated meanwhile.`, {
        hint: 'Terraform brings a new one: terraform apply, then ask again.',
      });
    }
    return { id, state: found.state };
  });
}

const noteOf = (states: readonly InstanceState[]): string =>
  [...new Set(states.map(({ state }) => state))].join(', ');
