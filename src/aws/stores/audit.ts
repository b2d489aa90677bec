import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../core/clock.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { ChangeCall } from '../../platform/call.ts';
import type { AuditEvent, AuditLog } from '../../stores/audit.ts';
import { repeat } from '../client/calls.ts';
import type { Clients } from '../client/clients.ts';
import { isNamed } from '../client/errors.ts';

interface TrailOptions {
  clients: Clients;
  /** The log group that the bot's role may only append to. */
  group: string;
  clock: Clock;
}

const patienceMs = 15_000;

/** The audit trail in CloudWatch Logs, a stream a surface and day. An event that is sent twice after a lost answer is better than one that is missing. */
export function createAuditLog({ clients: { logs }, group, clock }: TrailOptions): AuditLog {
  async function put(event: AuditEvent, stream: string, call: ChangeCall): Promise<void> {
    const command = new PutLogEventsCommand({
      logGroupName: group,
      logStreamName: stream,
      logEvents: [{ timestamp: clock.now().getTime(), message: JSON.stringify(event) }],
    });
    const { rejectedLogEventsInfo } = await repeat(logs, command, call);
    if (rejectedLogEventsInfo) {
      throw new UserError('unavailable', 'The audit trail did not take the event.', {
        hint: `Check the clock of the bot’s machine and the retention of ${group}.`,
      });
    }
  }

  async function createStream(stream: string, call: ChangeCall): Promise<void> {
    const command = new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream });
    try {
      await repeat(logs, command, call);
    } catch (error) {
      // Another replica was first.
      if (!isNamed(error, 'ResourceAlreadyExistsException')) throw error;
    }
  }

  return {
    async record(event) {
      const call = { signal: AbortSignal.timeout(patienceMs), operation: event.operation };
      const stream = `${event.caller.surface}/${clock.now().toISOString().slice(0, 10)}`;
      try {
        await put(event, stream, call).catch(async (error: unknown) => {
          if (!isNamed(error, 'ResourceNotFoundException')) throw error;
          await createStream(stream, call);
          await put(event, stream, call);
        });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        throw new UserError('unavailable', `The audit trail can’t be written: ${error.message}`, {
          hint: isNamed(error, 'ResourceNotFoundException')
            ? `Create the log group ${group} with Terraform.`
            : (error.hint ?? 'Try again in a minute.'),
          cause: error,
        });
      }
    },
  };
}
