import { environment } from '../core/command/kinds.ts';
import { UserError } from '../core/reply/errors.ts';
import { text } from '../core/reply/reply.ts';
import { defineRead } from './define.ts';

/** Touches nothing of AWS: it asks the running operation to begin no further step. */
export const cancel = defineRead({
  name: 'cancel',
  summary: 'Let the running change end its step and begin no other',
  role: 'operator',
  freshness: 'live',
  shareable: false,
  args: { env: environment },
  examples: ['cancel', 'cancel dev'],
  async run({ args: { env }, platform, caller }) {
    const holder = await platform.stores?.locks.holder({ env });
    if (!holder || !platform.stores) {
      throw new UserError('not-found', `Nothing runs in ${env}, so there is nothing to cancel.`);
    }
    if (!(await platform.stores.operations.request(holder.operation, { cancel: caller.name }))) {
      throw new UserError('conflict', `Too late: ${holder.command} ${env} has just ended.`, {
        hint: 'See status.',
      });
    }
    const title = `${holder.command} ${env}: its current step ends, no other begins`;
    return {
      title,
      tone: 'warn',
      summary: title,
      parts: [text('Its message says what stands where, with the ways on and back.')],
      actions: [],
    };
  },
});
