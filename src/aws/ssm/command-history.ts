import { paginateListCommands } from '@aws-sdk/client-ssm';
import type { Call } from '../../platform/call.ts';
import type { SentCommand } from '../../platform/instances.ts';
import { readAll } from '../client/calls.ts';
import type { Clients } from '../client/clients.ts';

interface Traces {
  document: string;
  instance: string;
  /** Its `service` parameter, where it has one. */
  service: string | undefined;
  comment: string;
  since: Date;
}

/** Whether a command reached AWS: ListCommands filters by instance, document and time, never by comment or parameters. */
export async function findSentCommand(
  { ssm }: Clients,
  { document, instance, service, comment, since }: Traces,
  call: Call,
): Promise<SentCommand | undefined> {
  // Whole seconds are taken; a command of the same second must not be missed.
  const after = new Date(Math.floor(since.getTime() / 1_000) * 1_000 - 1_000);
  const Filters = [
    { key: 'DocumentName' as const, value: document },
    { key: 'InvokedAfter' as const, value: after.toISOString().replace(/\.\d+Z$/, 'Z') },
  ];
  const commands = await readAll(
    ssm,
    paginateListCommands,
    { InstanceId: instance, Filters, MaxResults: 50 },
    ({ Commands }) => Commands,
    call,
  );
  const found = commands.find(
    ({ Comment, InstanceIds, Parameters }) =>
      Comment === comment &&
      InstanceIds?.includes(instance) &&
      (service === undefined || Parameters?.service?.[0] === service),
  );
  return found && { id: found.CommandId ?? '', status: found.Status ?? 'Pending' };
}
