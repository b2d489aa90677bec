import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Machine } from '../../interfaces.ts';
import { region } from '../constants.ts';
import type { Instances } from '../ec2/instances.ts';
import { AwsError } from '../errors.ts';
import { type Input, mapOf, numberOf, textOf, textsOf } from '../service.ts';
import { scriptOf, valuesOf } from './document-parameters.ts';
import type { Document } from './documents.ts';

export interface Invocation {
  instance: string;
  status: string;
  details: string;
  exitCode: number;
  stdout: string;
  stderr: string;
  startedAt?: Date;
  endedAt?: Date;
}

export interface Command {
  id: string;
  document: Document;
  comment: string;
  parameters: Input;
  requestedAt: Date;
  /** Real ms: AWS knows of an invocation a moment after it took it. */
  knownAt: number;
  timeoutSeconds: number;
  invocations: readonly Invocation[];
  cancel: AbortController;
}

interface CommandsOptions {
  /** The id of the instance that runs documents. */
  host: string;
  clock: Clock;
  machine: Machine;
  instances: Instances;
  documents: ReadonlyMap<string, Document>;
}

const knownAfterMs = 100;
const underway = ['Pending', 'InProgress', 'Cancelling'];

export const isUnderway = ({ status }: { status: string }): boolean => underway.includes(status);

/** Run Command: checks what the API checks, then has the instance's bash run the document. */
export function createCommands({ host, clock, machine, instances, documents }: CommandsOptions) {
  let sent: Command[] = [];

  /** `call` is who asks for it, for which action: AWS's own documents are there, and no caller of this account may use them. */
  function findDocument(name: string, call: { caller: string; action: string }): Document {
    const found = documents.get(name);
    if (found) return found;
    if (isAmazons(name)) throw denied(name, call);
    throw new AwsError('InvalidDocument', `Document with name ${name} does not exist.`);
  }

  function send(input: Input, caller: string): Command {
    const document = findDocument(textOf(input, 'DocumentName'), { caller, action: 'SendCommand' });
    checkRequest(input, document);
    const ids = idsOf(input, instances);
    const parameters = mapOf(input, 'Parameters');
    const given = Object.keys(parameters).map((name) => [name, textsOf(parameters, name)] as const);
    const values = valuesOf(document, Object.fromEntries(given));
    const command: Command = {
      id: randomUUID(),
      document,
      comment: textOf(input, 'Comment'),
      parameters,
      requestedAt: clock.now(),
      knownAt: Date.now() + knownAfterMs,
      timeoutSeconds: numberOf(input, 'TimeoutSeconds') ?? 3_600,
      invocations: ids.map((instance) => ({
        instance,
        status: 'Pending',
        details: 'Pending',
        exitCode: -1,
        stdout: '',
        stderr: '',
      })),
      cancel: new AbortController(),
    };
    sent.push(command);
    const script = scriptOf(document, values);
    for (const invocation of command.invocations) void run(command, invocation, script);
    return command;
  }

  async function run(
    { document, cancel }: Command,
    invocation: Invocation,
    script: { commands: string[]; env: Record<string, string> },
  ): Promise<void> {
    const end = (status: string, details: string) =>
      Object.assign(invocation, { status, details, endedAt: clock.now() });
    Object.assign(invocation, { status: 'InProgress', details: 'InProgress', startedAt: clock.now() });
    try {
      if (invocation.instance !== host)
        throw new Error('the sandbox has nothing behind this instance that could run a document');
      const result = await machine.run({
        ...script,
        timeoutSeconds: document.executionTimeout,
        signal: cancel.signal,
      });
      invocation.stdout = result.stdout;
      invocation.stderr = result.stderr;
      invocation.exitCode = result.exitCode ?? -1;
      if (result.timedOut) end('TimedOut', 'Execution Timed Out');
      else if (cancel.signal.aborted) end('Cancelled', 'Cancelled');
      else if (result.exitCode === null) end('Failed', 'Terminated');
      else if (result.exitCode === 0) end('Success', 'Success');
      else end('Failed', 'Failed');
    } catch (error) {
      invocation.stderr = error instanceof Error ? error.message : String(error);
      // The instance went away before the agent took it.
      end('TimedOut', 'Undeliverable');
    }
  }

  return {
    send,
    findDocument,
    all: (): readonly Command[] => sent,
    find(id: string): Command {
      const found = sent.find((command) => command.id === id);
      if (found) return found;
      throw new AwsError('InvalidCommandId', `Command ${id} does not exist.`);
    },
    close(): void {
      for (const { cancel } of sent) cancel.abort();
      sent = [];
    },
  };
}

const ofAmazon = /^arn:aws:ssm:[a-z0-9-]*::document\//;

const isAmazons = (name: string): boolean => ofAmazon.test(name) || /^(AWS|Amazon)[A-Za-z]*-/.test(name);

function denied(name: string, { caller, action }: { caller: string; action: string }): AwsError {
  const resource = `arn:aws:ssm:${region}::document/${name.replace(ofAmazon, '')}`;
  return new AwsError(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ssm:${action} on resource: ${resource} because no identity-based policy allows the ssm:${action} action`,
  );
}

/** What the API refuses whatever the document says. */
function checkRequest(input: Input, document: Document): void {
  const invalid = (message: string) =>
    new AwsError('ValidationException', `1 validation error detected: ${message}`);
  if (textOf(input, 'Comment').length > 100)
    throw invalid(
      "Value at 'comment' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
  const timeout = numberOf(input, 'TimeoutSeconds');
  if (timeout !== undefined && (timeout < 30 || timeout > 2_592_000))
    throw invalid(
      "Value at 'timeoutSeconds' failed to satisfy constraint: Member must have value between 30 and 2592000",
    );
  const version = textOf(input, 'DocumentVersion');
  if (!['', '1', '$DEFAULT', '$LATEST'].includes(version))
    throw new AwsError('InvalidDocumentVersion', `Document version ${version} does not exist.`);
  const hash = textOf(input, 'DocumentHash');
  if (hash && hash !== document.hash)
    throw new AwsError('InvalidDocument', `The hash of ${document.name} is ${document.hash}, not ${hash}.`);
}

function idsOf(input: Input, instances: Instances): string[] {
  if (Object.hasOwn(input, 'Targets'))
    throw new AwsError('InvalidTarget', 'The sandbox takes InstanceIds, not Targets.');
  const ids = textsOf(input, 'InstanceIds');
  if (new Set(ids).size < ids.length)
    throw new AwsError('DuplicateInstanceId', 'An instance ID is given twice.');
  const absent = ids.filter(
    (id) => !instances.all().some((one) => one.id === id && one.state === 'running' && one.agent),
  );
  if (ids.length === 0 || absent.length > 0)
    throw new AwsError(
      'InvalidInstanceId',
      `Instances [[${absent.join(', ')}]] not in a valid state for account`,
    );
  return ids;
}
