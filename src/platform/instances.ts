import type { Call, ChangeCall } from './call.ts';
import type { HttpHealth } from './network.ts';
import type { ListedProcess } from './pm2-copies.ts';

/** What `d2-pm2-list` says of one process; only selected fields ever leave the instance. */
export interface Process extends ListedProcess {
  id: number;
  pid: number;
  /** ms since the epoch. */
  startedAt: number;
  restarts: number;
  unstableRestarts: number;
  /** How often PM2 brought it back between two looks a few seconds apart; 0 where nothing suggested a second look. */
  crashes: number;
  cpu: number;
  memory: number;
  version: string;
  mode: string;
  instances: number;
  cwd: string;
  script: string;
  node: string;
  outLog: string;
  errLog: string;
  port: number | null;
  release: string | null;
}

export interface Pm2Home {
  home: string;
  owner: string;
  state: 'ok' | 'absent' | 'not running' | 'no pm2';
  processes: Process[];
}

export interface LocalHealth extends HttpHealth {
  service: string;
  port: number | undefined;
  /** What PM2 says of its processes, by home; first the home that runs it. */
  copies: readonly { home: string; statuses: readonly string[] }[];
}

/** A process of a service before or after a verb. */
export type ProcessState = Pick<Process, 'id' | 'pid' | 'status' | 'startedAt' | 'restarts'>;

/** restart, reload, stop, start: what all processes of the service were before and are after. */
export interface Pm2Result {
  service: string;
  home: string;
  /** Empty for a service that PM2 did not know. */
  before: ProcessState[];
  after: ProcessState[];
  saved: boolean;
}

/** `home`: the PM2 home that the plan named; where another runs the service by now, nothing is done. */
export type Pm2Call = ChangeCall & { home?: string };

export type Pm2Verb = 'restart' | 'reload' | 'stop' | 'start';

export interface Agent {
  instance: string;
  online: boolean;
  version: string;
}

/** What a command was sent for: together these tell it from all others. */
export interface CommandPurpose {
  operation: string;
  /** restart, save, flush … */
  verb: string;
  instance: string;
  /** Absent for what is done to all services, such as a save. */
  service?: string;
}

/** What was sent under an operation's id, for looking it up after a lost answer. */
export interface SentCommand {
  id: string;
  /** Pending, InProgress, Success, Failed, TimedOut, Cancelled … */
  status: string;
}

/** The newest lines of one of a service's log files, oldest first, with those that were put aside by a rotation. */
export interface LogFile {
  path: string;
  /** The id in PM2 of the worker that writes it, where several write files of their own. */
  worker: number | undefined;
  lines: string[];
  /** Fewer lines, or shorter ones, than it has of those asked for. */
  truncated: boolean;
  /** When it was last written to. */
  writtenAt: Date | undefined;
  /** What could not be read of it, and why. */
  unread: string | undefined;
}

/** Our own documents on instances, by SSM Run Command. All throw `UserError` unavailable when the agent is offline. */
export interface Instances {
  /** Agents that report; a stopped instance is simply absent. */
  listAgents(instances: readonly string[], call: Call): Promise<Agent[]>;
  listProcesses(instance: string, call: Call): Promise<Pm2Home[]>;
  checkHealth(instance: string, service: string, call: Call): Promise<LocalHealth>;
  /** The same of the path that says whether it can serve. */
  checkReady(instance: string, service: string, call: Call): Promise<LocalHealth>;
  /** `keep`: do not save the process list afterwards, so that a boot brings it back (guide 6.2). */
  pm2(
    instance: string,
    verb: Pm2Verb,
    service: string,
    call: Pm2Call & { keep?: boolean },
  ): Promise<Pm2Result>;
  pm2Save(instance: string, call: ChangeCall): Promise<{ home: string; saved: number }[]>;
  pm2Flush(instance: string, service: string, call: Pm2Call): Promise<{ paths: string[]; bytes: number }>;
  tail(
    instance: string,
    service: string,
    stream: 'out' | 'err',
    lines: number,
    call: Call,
  ): Promise<LogFile[]>;
  /** Did this operation's verb for this instance reach AWS? */
  findSentCommand(purpose: CommandPurpose, since: Date, call: Call): Promise<SentCommand | undefined>;
}
