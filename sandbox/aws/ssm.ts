import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Machine } from '../parts.ts';
import { AwsError } from './errors.ts';
import type { Fleet } from './power.ts';
import { type Input, mapOf, mapsOf, numberOf, pageOf, type Service, textOf, textsOf } from './service.ts';
import { type Document, scriptOf, valuesOf } from './ssm-documents.ts';
import { backendInstance } from './world.ts';

interface Invocation {
  id: string;
  instance: string;
  document: string;
  comment: string;
  parameters: Input;
  requestedAt: Date;
  /** Real ms: AWS knows of an invocation a moment after it took it. */
  knownAt: number;
  status: string;
  details: string;
  exitCode: number;
  stdout: string;
  stderr: string;
  cancel: AbortController;
}

const knownAfterMs = 60;

export function createSsm({
  clock,
  machine,
  fleet,
  documents,
}: {
  clock: Clock;
  machine: Machine;
  fleet: Fleet;
  documents: ReadonlyMap<string, Document>;
}) {
  let sent: Invocation[] = [];
  const parameters = new Map<string, { value: string; version: number; at: Date }>();

  function send(input: Input): Invocation {
    const document = documents.get(textOf(input, 'DocumentName'));
    if (!document)
      throw new AwsError(
        'InvalidDocument',
        `Document with name ${textOf(input, 'DocumentName')} does not exist.`,
      );
    const comment = textOf(input, 'Comment');
    if (comment.length > 100)
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'comment' failed to satisfy constraint: Member must have length less than or equal to 100",
      );
    const timeout = numberOf(input, 'TimeoutSeconds');
    if (timeout !== undefined && timeout < 30)
      throw new AwsError(
        'ValidationException',
        "Value at 'timeoutSeconds' failed to satisfy constraint: Member must have value greater than or equal to 30",
      );
    const [instance = ''] = textsOf(input, 'InstanceIds');
    const found = fleet.all().find(({ id }) => id === instance);
    if (found?.state !== 'running' || !found.agent)
      throw new AwsError('InvalidInstanceId', `Instances [[${instance}]] not in a valid state for account`);
    const given = mapOf(input, 'Parameters');
    const values = valuesOf(
      document,
      Object.fromEntries(Object.keys(given).map((name) => [name, textsOf(given, name)])),
    );
    const invocation: Invocation = {
      id: randomUUID(),
      instance,
      document: document.name,
      comment,
      parameters: given,
      requestedAt: clock.now(),
      knownAt: Date.now() + knownAfterMs,
      status: 'Pending',
      details: 'Pending',
      exitCode: -1,
      stdout: '',
      stderr: '',
      cancel: new AbortController(),
    };
    sent.push(invocation);
    void run(invocation, document, values);
    return invocation;
  }

  async function run(
    invocation: Invocation,
    document: Document,
    values: Record<string, string>,
  ): Promise<void> {
    const end = (status: string, details: string) => Object.assign(invocation, { status, details });
    end('InProgress', 'InProgress');
    try {
      if (invocation.instance !== backendInstance) throw new Error('nothing of the kind is installed here');
      const { commands, env } = scriptOf(document, values);
      const result = await machine.run({
        commands,
        env,
        timeoutSeconds: document.executionTimeout,
        signal: invocation.cancel.signal,
      });
      invocation.stdout = result.stdout;
      invocation.stderr = result.stderr;
      invocation.exitCode = result.exitCode ?? -1;
      if (result.timedOut) end('TimedOut', 'ExecutionTimedOut');
      else if (invocation.cancel.signal.aborted) end('Cancelled', 'Cancelled');
      else if (result.exitCode === null) end('Failed', 'Terminated');
      else end(result.exitCode === 0 ? 'Success' : 'Failed', result.exitCode === 0 ? 'Success' : 'Failed');
    } catch (error) {
      invocation.stderr = error instanceof Error ? error.message : String(error);
      // The instance went away under it: the agent never said how it ended.
      end('TimedOut', 'Undeliverable');
    }
  }

  const commandOf = (one: Invocation) => ({
    CommandId: one.id,
    DocumentName: one.document,
    Comment: one.comment,
    InstanceIds: [one.instance],
    Parameters: one.parameters,
    RequestedDateTime: one.requestedAt,
    Status: one.status,
    StatusDetails: one.details,
    TargetCount: 1,
  });

  const findInvocation = (input: Input): Invocation => {
    const found = sent.find(
      ({ id, instance }) => id === textOf(input, 'CommandId') && instance === textOf(input, 'InstanceId'),
    );
    if (!found || Date.now() < found.knownAt) throw new AwsError('InvocationDoesNotExist', '');
    return found;
  };

  const service: Service = {
    name: 'ssm',
    protocol: 'json',
    actions: {
      SendCommand: {
        run: (input) => ({ Command: commandOf(send(input)) }),
        changes: (input) => textsOf(input, 'InstanceIds'),
        details: (input) => ({
          document: textOf(input, 'DocumentName'),
          comment: textOf(input, 'Comment'),
          parameters: mapOf(input, 'Parameters'),
        }),
      },
      GetCommandInvocation: {
        run(input) {
          const one = findInvocation(input);
          const over = one.status !== 'Pending' && one.status !== 'InProgress';
          return {
            CommandId: one.id,
            InstanceId: one.instance,
            DocumentName: one.document,
            Comment: one.comment,
            Status: one.status,
            StatusDetails: one.details,
            ResponseCode: one.exitCode,
            StandardOutputContent: over ? one.stdout.slice(0, 24_000) : '',
            StandardErrorContent: over ? one.stderr.slice(0, 8_000) : '',
          };
        },
      },
      ListCommands: {
        run(input) {
          const filters = mapsOf(input, 'Filters');
          const found = sent
            .filter((one) =>
              filters.every((filter) => passes(one, textOf(filter, 'key'), textOf(filter, 'value'))),
            )
            .reverse();
          const { items, next } = pageOf(
            found,
            textOf(input, 'NextToken'),
            numberOf(input, 'MaxResults') ?? 50,
          );
          return { Commands: items.map(commandOf), NextToken: next };
        },
      },
      ListCommandInvocations: {
        run: (input) => ({
          CommandInvocations: sent
            .filter(({ id }) => id === textOf(input, 'CommandId'))
            .map((one) => ({ ...commandOf(one), InstanceId: one.instance })),
        }),
      },
      CancelCommand: {
        run(input) {
          for (const one of sent) if (one.id === textOf(input, 'CommandId')) one.cancel.abort();
          return {};
        },
        changes: (input) => [textOf(input, 'CommandId')],
      },
      DescribeInstanceInformation: {
        run(input) {
          const wanted = mapsOf(input, 'Filters').find((filter) => textOf(filter, 'Key') === 'InstanceIds');
          const ids = wanted ? textsOf(wanted, 'Values') : undefined;
          const online = fleet
            .all()
            .filter((one) => one.state === 'running' && one.agent && (ids?.includes(one.id) ?? true));
          return {
            InstanceInformationList: online.map((one) => ({
              InstanceId: one.id,
              PingStatus: 'Online',
              LastPingDateTime: clock.now(),
              AgentVersion: '3.3.2958.0',
              IsLatestVersion: true,
              PlatformType: 'Linux',
              PlatformName: 'Amazon Linux',
              PlatformVersion: '2023',
              ResourceType: 'EC2Instance',
              IPAddress: one.privateIp,
            })),
          };
        },
      },
      DescribeDocument: {
        run(input) {
          const document = documents.get(textOf(input, 'Name'));
          if (!document)
            throw new AwsError(
              'InvalidDocument',
              `Document with name ${textOf(input, 'Name')} does not exist.`,
            );
          return {
            Document: {
              Name: document.name,
              Status: 'Active',
              DocumentVersion: '1',
              DocumentType: 'Command',
              SchemaVersion: '2.2',
            },
          };
        },
      },
      GetParameter: {
        run(input) {
          const found = parameters.get(textOf(input, 'Name'));
          if (!found) throw new AwsError('ParameterNotFound', '');
          return {
            Parameter: {
              Name: textOf(input, 'Name'),
              Type: 'String',
              Value: found.value,
              Version: found.version,
              LastModifiedDate: found.at,
            },
          };
        },
      },
      PutParameter: {
        run(input) {
          const name = textOf(input, 'Name');
          const before = parameters.get(name);
          if (before && input.Overwrite !== true)
            throw new AwsError('ParameterAlreadyExists', 'The parameter already exists.');
          const version = (before?.version ?? 0) + 1;
          parameters.set(name, { value: textOf(input, 'Value'), version, at: clock.now() });
          return { Version: version, Tier: 'Standard' };
        },
        changes: (input) => [textOf(input, 'Name')],
      },
    },
  };

  return {
    service,
    reset(): void {
      for (const one of sent) one.cancel.abort();
      sent = [];
      parameters.clear();
    },
  };
}

/** ListCommands' filters, by its own names; times have whole seconds. */
function passes(one: Invocation, key: string, value: string): boolean {
  switch (key) {
    case 'DocumentName':
      return one.document === value;
    case 'InvokedAfter':
      return one.requestedAt >= new Date(value);
    case 'InvokedBefore':
      return one.requestedAt < new Date(value);
    case 'Status':
      return one.status === value;
    default:
      throw new AwsError('InvalidFilterKey', `The specified key is not valid: ${key}`);
  }
}
