import { z } from 'zod';
import { lockLabel } from '../core/access/policy.ts';
import { environment } from '../core/command/kinds.ts';
import { listUnderWay } from '../core/operation/under-way.ts';
import { operationAction } from '../core/reply/actions.ts';
import { UserError } from '../core/reply/errors.ts';
import { text } from '../core/reply/parts.ts';
import { createReply } from '../core/reply/reply.ts';
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
  output: z.object({ operation: z.string(), command: z.string() }),
  async run({ args: { env }, platform, cancel }) {
    const { stores } = platform;
    const [running, ...others] = stores ? await listUnderWay(stores, env) : [];
    if (!stores || !running) {
      throw new UserError('not-found', `Nothing runs in ${env}, so there is nothing to cancel.`);
    }
    if (others.length > 0) {
      throw new UserError('conflict', `Several changes run in ${env}: which one?`, {
        actions: [running, ...others]
          .slice(0, 5)
          .map(({ operation, command, lock }) =>
            operationAction(`Cancel ${command} ${lockLabel(lock)}`.slice(0, 70), 'cancel', operation),
          ),
      });
    }
    const name = `${running.command} ${lockLabel(running.lock)}`;
    await cancel(running.operation);
    const title = `${name}: its current step ends, no other begins`;
    return createReply({
      title,
      tone: 'warn',
      parts: [text('Its message says what stands where, with the ways on and back.')],
      data: { operation: running.operation, command: running.command },
    });
  },
});
