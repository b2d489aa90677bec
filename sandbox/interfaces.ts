import type { IncomingMessage, ServerResponse } from 'node:http';

/** A loopback HTTP part: answers a request whose path it knows, and says whether it did. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** The "EC2 instance" behind the account: PM2, backend-api, and bash for the SSM documents. */
export interface Machine {
  /** Powers on: PM2 brings its saved list back. Resolves once PM2's daemon answers. */
  boot(): Promise<void>;
  /** Powers off: ends every process of the instance. */
  halt(): Promise<void>;
  /** Powers off and forgets what PM2 had saved and written: the next boot is the first. */
  reinstall(): Promise<void>;
  /** Runs a document's commands in bash, as the SSM agent would, in the system's PATH of the instance. */
  run(script: MachineScript): Promise<MachineResult>;
  /** Where backend-api listens on 127.0.0.1. */
  readonly port: number;
  /** Where a service of the world listens on 127.0.0.1. Throws for any other. */
  portOf(service: string): number;
  /** PM2 homes, as the SSM documents name them. */
  readonly homes: { root: string; app: string };
  /** The folder that stands for /opt/apps. */
  readonly appRoot: string;
  /** Every line that PM2 writes to a log file, as the CloudWatch agent tails it; returns how to stop listening. */
  onLogLine(listener: (line: MachineLogLine) => void): () => void;
  /** Ends everything and removes nothing but its own folder. */
  close(): Promise<void>;
}

/** The process behind the account's database, where one is installed. */
export interface DatabaseProcess {
  /** Resolves once it answers where it always does. */
  start(): Promise<void>;
  /** Ends it, and with it every connection. */
  stop(): Promise<void>;
  /** Running, and empty but for the schema, as after the first deployment. */
  reset(): Promise<void>;
}

export interface MachineScript {
  commands: readonly string[];
  env: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  signal?: AbortSignal;
}

export interface MachineResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

export interface MachineLogLine {
  process: string;
  stream: 'out' | 'err';
  text: string;
  at: Date;
}

/** What the sandbox's page shows of an account's resource. */
export interface Resource {
  kind:
    | 'ec2'
    | 'rds'
    | 'nat-gateway'
    | 'alb'
    | 'vpc-endpoint'
    | 'cognito-pool'
    | 'log-group'
    | 'pm2'
    | 'table'
    | 'secret';
  id: string;
  name: string;
  environment?: string;
  service?: string;
  state: string;
  /** When the state was entered, ISO 8601. */
  since: string;
  details: Record<string, string | number | boolean>;
}

/** One applied mutation: AWS did it, whether or not the caller heard of it. */
export interface LedgerEntry {
  /** ISO 8601, on the sandbox's clock. */
  time: string;
  service: string;
  action: string;
  /** The bot's operation id, where the call carried one (user agent `d2-op/<id>`, SSM Comment). */
  operation?: string;
  /** What was acted on: instance ids, DB identifier, user name … */
  targets: string[];
  details: Record<string, unknown>;
}

export interface Fault {
  /** `StopInstances`, `ssm:SendCommand`, `SendCommand d2-pm2-stop`, `slack:chat.update`, or `*`. */
  action: string;
  kind: 'throttle' | 'error' | 'reset' | 'slow' | 'deny' | 'expired' | 'capacity' | 'wrong-page';
  /** before: nothing is applied; after: applied, then the reply is lost or an error; body: cut in mid-body. */
  phase?: 'before' | 'after' | 'body';
  /** How many calls it hits; without it, every one. */
  times?: number;
  /** For `slow`. */
  delayMs?: number;
  /** With a seed: the share of calls it hits, 0 to 1. */
  rate?: number;
  seed?: number;
}

/** The AWS account. */
export interface Account {
  handle: RequestHandler;
  resources(): Resource[];
  ledger(): LedgerEntry[];
  setFaults(faults: Fault[]): void;
  reset(): Promise<void>;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
