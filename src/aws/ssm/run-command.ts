import { setTimeout as delay } from 'node:timers/promises';
import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { OutcomeUnknown, UserError } from '../../core/reply/errors.ts';
import { code } from '../../core/reply/text.ts';
import type { Call, ChangeCall } from '../../platform/call.ts';
import { change, read } from '../client/calls.ts';
import type { Clients } from '../client/clients.ts';
import { isNamed } from '../client/errors.ts';
import { isTooOld, listAgents, oldestAgent } from './agents.ts';

/** What is asked of an instance. */
export interface SsmCommand {
  instance: string;
  /** One of our own: `d2-health`. */
  document: string;
  parameters: Readonly<Record<string, string>>;
  /** Shown in the console, at most 100 characters; what a change is found by after a lost answer. */
  comment: string;
}

/** AWS's delivery timeout, the least it takes: an agent that is there picks a command up in a second. */
const deliverySeconds = 30;
/** Longer than delivery and the longest document together. */
const patienceMs = 180_000;
const firstPauseMs = 100;
/** What looks at an instance is mostly over by then. */
const soonMs = 1_500;
const longestPauseMs = 2_000;

/** Sends a document that only looks, and answers what it printed. */
export async function runRead(clients: Clients, ssmCommand: SsmCommand, call: Call): Promise<string> {
  // At once: an agent that is offline is known sooner than by waiting for the delivery to time out.
  const [sent] = await Promise.all([
    read(clients.ssm, commandFor(ssmCommand), call).catch(orOffline(ssmCommand)),
    assertOnline(clients, ssmCommand, call),
  ]);
  return wait(clients, ssmCommand, sent.Command?.CommandId ?? '', call);
}

/** Sends a document that changes something, once. Throws `OutcomeUnknown` when it was sent and its end is not known to be a success or a non-delivery. */
export async function runChange(clients: Clients, ssmCommand: SsmCommand, call: ChangeCall): Promise<string> {
  await assertOnline(clients, ssmCommand, call);
  const sent = await change(clients.ssm, commandFor(ssmCommand), call).catch(orOffline(ssmCommand));
  try {
    return await wait(clients, ssmCommand, sent.Command?.CommandId ?? '', call);
  } catch (error) {
    if (error instanceof NotDelivered) throw error;
    throw new OutcomeUnknown(
      error instanceof UserError
        ? error.message
        : `${ssmCommand.document} was sent to ${ssmCommand.instance}, and its end is not known.`,
      error,
    );
  }
}

/** The command never reached the instance: nothing was changed. */
class NotDelivered extends UserError {}

async function assertOnline(clients: Clients, { instance, document }: SsmCommand, call: Call): Promise<void> {
  const [agent] = await listAgents(clients, [instance], call);
  if (!agent) throw offline(instance);
  if (isTooOld(agent)) {
    throw new UserError(
      'unavailable',
      `The SSM agent on ${instance} is ${agent.version}: too old for ${document}, which needs at least ${oldestAgent}.`,
      {
        hint: [
          'Update it: ',
          code(`aws ssm send-command --document-name AWS-UpdateSSMAgent --instance-ids ${instance}`),
          '.',
        ],
      },
    );
  }
  if (!agent.online) {
    throw offline(
      instance,
      'It reported before and no longer does: look at the instance, and at its way to SSM (NAT gateway or endpoints).',
    );
  }
}

function offline(
  instance: string,
  hint = 'The instance may be stopped or still booting; else it has no agent, no role for SSM, or no way to it.',
): UserError {
  return new UserError('unavailable', `The SSM agent on ${instance} is offline.`, { hint });
}

/** AWS takes no command for an instance that never reported, or no longer runs. */
const orOffline =
  ({ instance }: SsmCommand) =>
  (error: unknown): never => {
    throw isNamed(error, 'InvalidInstanceId') ? offline(instance) : error;
  };

function commandFor({ instance, document, parameters, comment }: SsmCommand): SendCommandCommand {
  return new SendCommandCommand({
    DocumentName: document,
    InstanceIds: [instance],
    Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
    Comment: comment,
    TimeoutSeconds: deliverySeconds,
  });
}

async function wait(clients: Clients, ssmCommand: SsmCommand, command: string, call: Call): Promise<string> {
  const { instance, document } = ssmCommand;
  const from = performance.now();
  let pause = firstPauseMs;
  while (true) {
    await delay(pause, undefined, { signal: call.signal }).catch((error: unknown) => {
      throw new UserError('timeout', `${document} on ${instance} was not waited for to its end.`, {
        hint: `Look at command ${command} in Run Command’s history.`,
        cause: error,
      });
    });
    const invocation = await find(clients, command, instance, call);
    const status = (invocation?.StatusDetails ?? invocation?.Status ?? 'Pending').replaceAll(' ', '');
    if (invocation && status === 'Success') return invocation.StandardOutputContent ?? '';
    if (invocation && !underway.has(status)) throw failure(ssmCommand, command, status, invocation);
    const waited = performance.now() - from;
    if (waited > soonMs) pause = Math.min(pause * 1.2, longestPauseMs);
    if (waited > patienceMs) {
      throw new UserError('timeout', `${document} is stuck on ${instance} (${status}).`, {
        hint: `Look at command ${command} in Run Command’s history.`,
      });
    }
  }
}

const underway = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** `undefined` while AWS has not taken note of the command yet. */
async function find(
  clients: Clients,
  command: string,
  instance: string,
  call: Call,
): Promise<GetCommandInvocationCommandOutput | undefined> {
  try {
    return await read(
      clients.ssm,
      new GetCommandInvocationCommand({ CommandId: command, InstanceId: instance }),
      call,
    );
  } catch (error) {
    if (isNamed(error, 'InvocationDoesNotExist')) return undefined;
    throw error;
  }
}

function failure(
  { instance, document }: SsmCommand,
  command: string,
  status: string,
  { StandardErrorContent = '', ResponseCode }: GetCommandInvocationCommandOutput,
): UserError {
  const hint = `Look at command ${command} in Run Command’s history.`;
  switch (status) {
    case 'DeliveryTimedOut':
    case 'Undeliverable':
      return new NotDelivered(
        'unavailable',
        `${document} did not reach ${instance}: its SSM agent is offline.`,
        {
          hint: `Nothing was run. ${hint}`,
        },
      );
    case 'AccessDenied':
      return new NotDelivered('forbidden', `The bot may not run ${document} on ${instance}.`, {
        hint: `Allow ssm:SendCommand on the document and the instance’s tags. ${hint}`,
      });
    case 'ExecutionTimedOut':
    case 'TimedOut':
      return new UserError('timeout', `${document} ran out of its time on ${instance}.`, { hint });
    case 'Cancelled':
    case 'Canceled':
    case 'Terminated':
      return new UserError('unavailable', `${document} was cancelled on ${instance}.`, { hint });
    default: {
      const line = StandardErrorContent.split('\n').find((text) => text.trim() !== '');
      const reason = line ? line.trim().slice(0, 300) : `exit code ${ResponseCode}`;
      return new UserError('unavailable', `${document} failed on ${instance}: ${reason}`, { hint });
    }
  }
}
