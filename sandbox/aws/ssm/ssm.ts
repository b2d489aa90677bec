import type { Clock } from '../../clock.ts';
import type { Machine } from '../../interfaces.ts';
import type { Instances } from '../ec2/instances.ts';
import { AwsError } from '../errors.ts';
import { type Input, mapOf, mapsOf, numberOf, pageOf, type Service, textOf, textsOf } from '../service.ts';
import { type Command, createCommands, type Invocation, isUnderway } from './commands.ts';
import type { Document } from './documents.ts';
import { parameterActions } from './parameter-actions.ts';

interface SsmOptions {
  /** The id of the instance that runs documents. */
  host: string;
  clock: Clock;
  machine: Machine;
  instances: Instances;
  documents: ReadonlyMap<string, Document>;
}

/** Systems Manager: Run Command over the real documents, its agents, and Parameter Store. */
export function createSsm(options: SsmOptions) {
  const commands = createCommands(options);
  const { clock, instances } = options;

  const service: Service = {
    name: 'ssm',
    protocol: 'json',
    actions: {
      SendCommand: {
        run: (input, caller) => ({ Command: shown(commands.send(input, caller)) }),
        changes: (input) => textsOf(input, 'InstanceIds'),
        details: (input) => ({
          document: textOf(input, 'DocumentName'),
          comment: textOf(input, 'Comment'),
          parameters: mapOf(input, 'Parameters'),
        }),
      },
      GetCommandInvocation: {
        run(input) {
          const command = commands.all().find(({ id }) => id === textOf(input, 'CommandId'));
          const one = command?.invocations.find(({ instance }) => instance === textOf(input, 'InstanceId'));
          if (!command || !one || Date.now() < command.knownAt)
            throw new AwsError('InvocationDoesNotExist', '');
          const plugin = textOf(input, 'PluginName');
          if (plugin && plugin !== command.document.step)
            throw new AwsError('InvalidPluginName', `${command.document.name} has no step ${plugin}.`);
          return { ...invocationOf(command, one), ...outputOf(one), ResponseCode: one.exitCode };
        },
      },
      ListCommands: {
        run(input) {
          const id = textOf(input, 'CommandId');
          const instance = textOf(input, 'InstanceId');
          const found = commands
            .all()
            .filter((command) => id === '' || command.id === id)
            .filter(
              ({ invocations }) => instance === '' || invocations.some((one) => one.instance === instance),
            )
            .filter((command) => passes(input, command));
          const { items, next } = paged(found.toReversed(), input);
          return { Commands: items.map(shown), NextToken: next };
        },
      },
      ListCommandInvocations: {
        run(input) {
          const id = textOf(input, 'CommandId');
          const instance = textOf(input, 'InstanceId');
          const found = commands
            .all()
            .filter((command) => (id === '' || command.id === id) && passes(input, command))
            .flatMap((command) =>
              command.invocations
                .filter((one) => instance === '' || one.instance === instance)
                .map((one) => ({
                  ...invocationOf(command, one),
                  RequestedDateTime: command.requestedAt,
                  CommandPlugins: [],
                })),
            );
          const { items, next } = paged(found.toReversed(), input);
          return { CommandInvocations: items, NextToken: next };
        },
      },
      CancelCommand: {
        run(input) {
          const { cancel } = commands.find(textOf(input, 'CommandId'));
          cancel.abort();
          return {};
        },
        changes: (input) => [textOf(input, 'CommandId')],
      },
      DescribeInstanceInformation: {
        run(input) {
          const wanted = agentFilter(input);
          // Stopped instances are left out, and so is one whose agent has not reported since it booted.
          const reported = instances
            .all()
            .filter((one) => one.state === 'running' && (one.agent || one.lostAt));
          const { items, next } = paged(
            reported.filter(({ id }) => wanted(id)),
            input,
          );
          return {
            InstanceInformationList: items.map((one) => ({
              InstanceId: one.id,
              PingStatus: one.agent ? 'Online' : 'ConnectionLost',
              LastPingDateTime: one.lostAt ?? clock.now(),
              AgentVersion: '3.3.2958.0',
              IsLatestVersion: true,
              PlatformType: 'Linux',
              PlatformName: 'Amazon Linux',
              PlatformVersion: '2023',
              ResourceType: 'EC2Instance',
              IPAddress: one.privateIp,
            })),
            NextToken: next,
          };
        },
      },
      DescribeDocument: {
        run: (input, caller) => ({
          Document: described(
            commands.findDocument(textOf(input, 'Name'), { caller, action: 'DescribeDocument' }),
          ),
        }),
      },
      GetDocument: {
        run(input, caller) {
          const call = { caller, action: 'GetDocument' };
          const { name, content } = commands.findDocument(textOf(input, 'Name'), call);
          return {
            Name: name,
            Content: content,
            DocumentFormat: 'YAML',
            DocumentType: 'Command',
            DocumentVersion: '1',
            Status: 'Active',
          };
        },
      },
      StartSession: {
        run(input) {
          const target = textOf(input, 'Target');
          const isThere = instances.all().some(({ id, agent }) => id === target && agent);
          throw new AwsError(
            'TargetNotConnected',
            isThere ? noSession(input) : `${target} is not connected.`,
          );
        },
      },
      ...parameterActions(clock),
    },
  };

  return { service, close: commands.close };
}

/** What is behind a session on AWS, and where that is here. */
const noSession = (input: Input): string =>
  textOf(input, 'DocumentName').startsWith('AWS-StartPortForwarding')
    ? 'A tunnel can’t be tried in the sandbox, whose instance is a folder of this machine: the database listens here already, at the port that `npm run demo` printed.'
    : 'A session can’t be tried in the sandbox, whose instance is a folder of this machine with no shell of its own: `/d2 pm2 list`, `/d2 logs` and `/d2 health` show what you would look for in it.';

const paged = <T>(all: readonly T[], input: Input) =>
  pageOf(all, textOf(input, 'NextToken'), numberOf(input, 'MaxResults') ?? 50);

const shown = (command: Command) => ({
  CommandId: command.id,
  DocumentName: command.document.name,
  DocumentVersion: '1',
  Comment: command.comment,
  InstanceIds: command.invocations.map(({ instance }) => instance),
  Targets: [],
  Parameters: command.parameters,
  RequestedDateTime: command.requestedAt,
  ExpiresAfter: new Date(command.requestedAt.getTime() + command.timeoutSeconds * 1_000),
  TimeoutSeconds: command.timeoutSeconds,
  ...statusOf(command),
  TargetCount: command.invocations.length,
  CompletedCount: command.invocations.filter((one) => !isUnderway(one)).length,
  ErrorCount: command.invocations.filter(({ status }) => status === 'Failed' || status === 'TimedOut').length,
});

/** Of the whole command: under way while one of its invocations is, else the worst of theirs. */
function statusOf({ invocations }: Command): { Status: string; StatusDetails: string } {
  const worst =
    invocations.find(isUnderway) ?? invocations.find(({ status }) => status !== 'Success') ?? invocations[0];
  return { Status: worst?.status ?? 'Pending', StatusDetails: worst?.details ?? 'Pending' };
}

const invocationOf = (command: Command, one: Invocation) => ({
  CommandId: command.id,
  InstanceId: one.instance,
  DocumentName: command.document.name,
  DocumentVersion: '1',
  Comment: command.comment,
  Status: one.status,
  StatusDetails: one.details,
  ExecutionStartDateTime: one.startedAt?.toISOString() ?? '',
  ExecutionEndDateTime: one.endedAt?.toISOString() ?? '',
});

/** Empty until the end, then cut: the whole of it would be in S3. */
const outputOf = (one: Invocation) => ({
  StandardOutputContent: isUnderway(one) ? '' : one.stdout.slice(0, 24_000),
  StandardErrorContent: isUnderway(one) ? '' : one.stderr.slice(0, 8_000),
});

const described = ({ name, description, hash, parameters }: Document) => ({
  Name: name,
  Description: description,
  Hash: hash,
  HashType: 'Sha256',
  Status: 'Active',
  DocumentVersion: '1',
  LatestVersion: '1',
  DefaultVersion: '1',
  DocumentType: 'Command',
  DocumentFormat: 'YAML',
  SchemaVersion: '2.2',
  PlatformTypes: ['Linux', 'MacOS'],
  Parameters: Object.entries(parameters).map(([Name, one]) => ({
    Name,
    Type: one.type === 'StringList' ? 'StringList' : 'String',
    Description: one.description ?? '',
    DefaultValue: one.default,
  })),
});

/** ListCommands' filters, by its own names; times have whole seconds. */
function passes(input: Input, command: Command): boolean {
  return mapsOf(input, 'Filters').every((filter) => {
    const key = textOf(filter, 'key');
    const value = textOf(filter, 'value');
    switch (key) {
      case 'DocumentName':
        return command.document.name === value;
      case 'InvokedAfter':
        return command.requestedAt >= new Date(value);
      case 'InvokedBefore':
        return command.requestedAt < new Date(value);
      case 'Status':
        return statusOf(command).Status === value;
      case 'ExecutionStage':
        return (command.invocations.some(isUnderway) ? 'Executing' : 'Complete') === value;
      default:
        throw new AwsError('InvalidFilterKey', `The specified key is not valid: ${key}`);
    }
  });
}

/** Either of the two forms that DescribeInstanceInformation takes. */
function agentFilter(input: Input): (id: string) => boolean {
  const filters = [
    ...mapsOf(input, 'Filters').map((one) => ({ key: textOf(one, 'Key'), values: textsOf(one, 'Values') })),
    ...mapsOf(input, 'InstanceInformationFilterList').map((one) => ({
      key: textOf(one, 'key'),
      values: textsOf(one, 'valueSet'),
    })),
  ];
  const other = filters.find(({ key }) => key !== 'InstanceIds');
  if (other)
    throw new AwsError('InvalidFilterKey', `The sandbox filters agents by InstanceIds, not by ${other.key}.`);
  return (id) => filters.every(({ values }) => values.includes(id));
}
