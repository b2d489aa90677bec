import type { HandlerExecutionContext, MiddlewareStack } from '@smithy/types';
import { createTurns } from '../../core/event-loop.ts';
import { translate } from './errors.ts';

/** Any client's stack, of which only the context and the order matter here. */
export type Stack = Pick<MiddlewareStack<object, object>, 'add'>;

/** Every error of a client in the bot's words, after the SDK's own retries: on a client of changes it is an `OutcomeUnknown` once the call may have left. */
export function translateErrors(stack: Stack, prefix: string, { changing }: { changing: boolean }): void {
  const sent = new WeakSet<HandlerExecutionContext>();
  stack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw translate(error, {
          action: actionOf(prefix, context.commandName ?? ''),
          changing: changing && sent.has(context),
        });
      }
    },
    { step: 'initialize', priority: 'high', name: 'translateErrors' },
  );
  stack.add(
    (next, context) => (args) => {
      sent.add(context);
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'noticeSending' },
  );
}

const nextTurn = createTurns();

/** One call begins a turn of the event loop: to serialize and sign it takes a millisecond, and a dozen at once would hold up an acknowledgement of Slack's. */
export function takeTurns(stack: Stack): void {
  stack.add(
    (next) => async (args) => {
      await nextTurn();
      return next(args);
    },
    { step: 'initialize', name: 'takeTurns' },
  );
}

/** `ec2:StopInstances`, as IAM writes it. */
const actionOf = (prefix: string, commandName: string): string =>
  `${prefix}:${commandName.replace(/Command$/, '')}`;
