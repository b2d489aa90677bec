import { setTimeout as delay } from 'node:timers/promises';
import type { __Client, __MetadataBearer, $Command, EC2Client } from '@aws-sdk/client-ec2';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { UserError } from '../../core/reply/errors.ts';
import type { Call, ChangeCall } from '../../platform/call.ts';
import type { Service } from './clients.ts';
import { isDefiniteAndPassing } from './errors.ts';

type HandlerOptions = NonNullable<Parameters<NodeHttpHandler['handle']>[1]>;
type SdkConfig = Pick<EC2Client['config'], 'requestHandler' | 'apiVersion'>;
type SdkClient<I extends object, O extends __MetadataBearer, C extends SdkConfig> = __Client<
  HandlerOptions,
  I,
  O,
  C
>;

/** A call that only reads, which the SDK tries three times; so many at once a service, the rest waits. Throws `UserError`. */
export function read<
  I extends object,
  O extends __MetadataBearer,
  C extends SdkConfig,
  In extends I,
  Out extends O,
>(service: Service<SdkClient<I, O, C>>, command: $Command<In, Out, C, I, O>, { signal }: Call): Promise<Out> {
  return service.limit(() => service.reading.send(command, { abortSignal: signal }), signal);
}

/** Only what every paginator of the SDK takes. */
interface PaginatorConfig<C> {
  client: C;
  withCommand(command: { input: object }): undefined;
}

/** Every item of a list that AWS gives in pages, by the SDK's own paginator; each page is a read. Throws `UserError` rather than answer with a part of it. */
export async function readAll<C, In extends object, Page, T>(
  service: Service<C>,
  paginate: (
    config: PaginatorConfig<C>,
    input: In,
    options: { abortSignal: AbortSignal },
  ) => AsyncGenerator<Page, undefined>,
  input: In,
  itemsOf: (page: Page) => readonly T[] | undefined,
  { signal }: Call,
): Promise<T[]> {
  const asked = new Set<string>();
  const config: PaginatorConfig<C> = {
    client: service.reading,
    withCommand(command) {
      const question = JSON.stringify(command.input);
      // The paginator would go round without end, or stop as if that were all.
      if (asked.has(question)) {
        throw new UserError('unavailable', 'AWS’s list leads back to a page that was read already.', {
          hint: 'Try again.',
        });
      }
      asked.add(question);
      return undefined;
    },
  };
  const pages = paginate(config, input, { abortSignal: signal });
  const all: T[] = [];
  for (;;) {
    const page = await service.limit(() => pages.next(), signal);
    if (page.done) return all;
    all.push(...(itemsOf(page.value) ?? []));
  }
}

/** A change that does no harm when it is applied twice: sent up to three times, and never behind reads that wait. Throws `UserError`. */
export function repeat<
  I extends object,
  O extends __MetadataBearer,
  C extends SdkConfig,
  In extends I,
  Out extends O,
>(
  service: Service<SdkClient<I, O, C>>,
  command: $Command<In, Out, C, I, O>,
  { signal, operation }: Call & { operation?: string },
): Promise<Out> {
  if (operation) nameOperation(command, operation);
  return service.reading.send(command, { abortSignal: signal });
}

// 0.2 s, doubled each time: six seconds of patience with a throttle, well within a lease.
const retries = 5;

/** A call that changes something, with the operation's id in its user agent. It goes again only where nothing was applied: a named throttle, a refused connection. Throws `UserError`, or `OutcomeUnknown` once it may have been applied. */
export async function change<
  I extends object,
  O extends __MetadataBearer,
  C extends SdkConfig,
  In extends I,
  Out extends O,
>(
  service: Service<SdkClient<I, O, C>>,
  command: $Command<In, Out, C, I, O>,
  { signal, operation }: ChangeCall,
): Promise<Out> {
  nameOperation(command, operation);
  for (let retry = 0; ; retry++) {
    try {
      return await service.changing.send(command, { abortSignal: signal });
    } catch (error) {
      if (retry === retries || signal.aborted || !isDefiniteAndPassing(error)) throw error;
      await delay(200 * 2 ** retry * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}

/** So that CloudTrail tells which operation a call belongs to. */
function nameOperation<In extends object, Out extends object>(
  { middlewareStack }: Pick<$Command<In, Out & __MetadataBearer, unknown>, 'middlewareStack'>,
  operation: string,
): void {
  middlewareStack.add(
    (next, context) => (args) => {
      context.userAgent = [...(context.userAgent ?? []), ['d2-op', operation]];
      return next(args);
    },
    { step: 'initialize', name: 'nameOperation', override: true },
  );
}
