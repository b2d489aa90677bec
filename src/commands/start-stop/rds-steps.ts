import type { PlanStep, Step } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { databaseState, isOff, stateText } from '../shared/database-state.ts';
import type { StepContext } from './step-context.ts';

export const rdsAvailable = (id: string): PlanStep => ({
  id: `rds-${id}`,
  title: 'RDS available',
  doing: 'RDS starting',
});

export const rdsStopped = (id: string): PlanStep => ({
  id: `rds-${id}`,
  title: 'RDS stopped',
  doing: 'RDS stopping',
});

// Through a backup and a start-up: RDS refuses to stop before.
const deadlineSeconds = 30 * 60;

/** Guide 6.2: start-db-instance, once it is stopped; `cameUp` is told the state in which it serves. */
export function startDatabase(context: StepContext, id: string, cameUp: (state: string) => void): Step {
  return {
    ...rdsAvailable(id),
    deadlineSeconds,
    repeatable: true,
    late: {
      hint: 'It may still come.',
      actions: [invoke('Start RDS', 'start', { env: context.environment.name, what: 'rds' })],
    },
    async settled() {
      const state = await stateOf(context, id);
      refuseBroken(id, state);
      const done = databaseState(state).kind === 'serving';
      if (done) cameUp(state);
      return { done, note: state };
    },
    async ready() {
      const state = await stateOf(context, id);
      return {
        done: state !== 'stopping',
        note: state,
        underWay: state !== 'stopped' && state !== 'stopping',
      };
    },
    async happened() {
      return !isOff(databaseState(await stateOf(context, id)));
    },
    async act() {
      await context.environment.databases.startDatabase(id, {
        operation: context.operation,
        signal: context.signal,
      });
      return undefined;
    },
  };
}

/** Guide 6.2: stop-db-instance, which RDS takes only while available. */
export function stopDatabase(context: StepContext, id: string): Step {
  return {
    ...rdsStopped(id),
    deadlineSeconds,
    repeatable: true,
    late: {
      hint: 'RDS is still busy.',
      actions: [invoke('Stop RDS', 'stop', { env: context.environment.name, what: 'rds' }, 'danger')],
    },
    async settled() {
      const state = await stateOf(context, id);
      return { done: state === 'stopped', note: state };
    },
    async ready() {
      const state = await stateOf(context, id);
      const gone = isOff(databaseState(state));
      refuseBroken(id, state);
      return {
        done: gone || state === 'available',
        note: gone || state === 'available' ? state : `${state}, waiting for it to end`,
        underWay: gone,
      };
    },
    async happened() {
      return isOff(databaseState(await stateOf(context, id)));
    },
    async act() {
      await context.environment.databases.stopDatabase(id, {
        operation: context.operation,
        signal: context.signal,
      });
      return undefined;
    },
  };
}

/** It will not come by itself, so nobody waits for it. */
function refuseBroken(id: string, state: string): void {
  const { kind, next } = databaseState(state);
  if (kind !== 'broken') return;
  throw new UserError('conflict', `${id} is ${stateText(state)}.`, {
    ...(next !== undefined && { hint: next }),
  });
}

async function stateOf({ environment, signal }: StepContext, id: string): Promise<string> {
  const found = (await environment.databases.listDatabases({ signal })).find(
    (database) => database.id === id,
  );
  if (found) return found.state;
  throw new UserError('not-found', `The database ${id} is gone.`, {
    hint: 'See status; a toggle may have removed it.',
  });
}
