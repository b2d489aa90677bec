import type { Roster } from '../core/access/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { Operations } from '../core/operation/record.ts';

/** A call that only reads: independent reads run at once and end at the signal. */
export interface Call {
  signal: AbortSignal;
}

/** A call that changes something: sent once, never retried by the SDK, with the operation's id in it. Throws `OutcomeUnknown` when its answer was lost. */
export interface ChangeCall extends Call {
  operation: string;
}

export interface Instance {
  id: string;
  name: string;
  service: string;
  /** pending, running, stopping, stopped, shutting-down, terminated. */
  state: string;
  type: string;
  privateIp: string | undefined;
  launchedAt: Date | undefined;
}

export interface Compute {
  /** By tags Project and Environment; terminated ones left out (guide 1.1). */
  listInstances(env: string, call: Call): Promise<Instance[]>;
  startInstances(ids: readonly string[], call: ChangeCall): Promise<void>;
  stopInstances(ids: readonly string[], call: ChangeCall): Promise<void>;
}

export interface DatabaseInstance {
  id: string;
  /** available, stopping, stopped, starting, backing-up … */
  state: string;
  class: string;
  engine: string;
  storageGb: number;
  endpoint: string | undefined;
  iamAuth: boolean;
  /** When AWS starts it again by itself, seven days after a stop. */
  restartsAt: Date | undefined;
}

export interface Database {
  listDatabases(env: string, call: Call): Promise<DatabaseInstance[]>;
  startDatabase(id: string, call: ChangeCall): Promise<void>;
  stopDatabase(id: string, call: ChangeCall): Promise<void>;
}

export interface NatGateway {
  id: string;
  state: string;
}

export interface Endpoint {
  id: string;
  /** `ssm`, `ssmmessages` … the last word of the AWS service name. */
  service: string;
  state: string;
  /** Subnets it stands in: each is paid for. */
  zones: number;
}

export interface TargetHealth {
  id: string;
  /** healthy, unhealthy, initial, unused, draining. */
  state: string;
  reason: string | undefined;
}

export interface Balancer {
  name: string;
  state: string;
  /** `http://<dns>:<port>` of its first listener that serves plain HTTP. */
  url: string | undefined;
  targets: TargetHealth[];
}

export interface Network {
  listNatGateways(env: string, call: Call): Promise<NatGateway[]>;
  listEndpoints(env: string, call: Call): Promise<Endpoint[]>;
  listBalancers(env: string, call: Call): Promise<Balancer[]>;
  /** GET <balancer>/health; a refusal or a timeout is an answer too. */
  checkHealth(url: string, call: Call): Promise<HttpHealth>;
}

export interface HttpHealth {
  status: number | undefined;
  latencyMs: number;
  body: string;
  /** Why there is no status: `refused`, `timed out`. */
  error: string | undefined;
}

/** What `d2-pm2-list` says of one process; only selected fields ever leave the instance. */
export interface Process {
  name: string;
  id: number;
  pid: number;
  status: string;
  /** ms since the epoch. */
  startedAt: number;
  restarts: number;
  unstableRestarts: number;
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
}

/** restart, reload, stop, start: what stood before and after. */
export interface Pm2Result {
  service: string;
  home: string;
  before: Process | null;
  after: Process | null;
  saved: boolean;
}

export type Pm2Verb = 'restart' | 'reload' | 'stop' | 'start';

export interface Agent {
  instance: string;
  online: boolean;
  version: string;
}

/** What was sent under an operation's id, for looking it up after a lost answer. */
export interface SentCommand {
  id: string;
  /** Pending, InProgress, Success, Failed, TimedOut, Cancelled … */
  status: string;
}

/** Our own documents on instances, by SSM Run Command. All throw `UserError` unavailable when the agent is offline. */
export interface Shell {
  /** Agents that report; a stopped instance is simply absent. */
  listAgents(instances: readonly string[], call: Call): Promise<Agent[]>;
  listProcesses(instance: string, call: Call): Promise<Pm2Home[]>;
  checkHealth(instance: string, service: string, call: Call): Promise<LocalHealth>;
  /** `keep`: do not save the process list afterwards, so that a boot brings it back (guide 6.2). */
  pm2(
    instance: string,
    verb: Pm2Verb,
    service: string,
    call: ChangeCall & { keep?: boolean },
  ): Promise<Pm2Result>;
  pm2Save(instance: string, call: ChangeCall): Promise<{ home: string; saved: number }[]>;
  pm2Flush(instance: string, service: string, call: ChangeCall): Promise<{ paths: string[]; bytes: number }>;
  tail(
    instance: string,
    service: string,
    stream: 'out' | 'err',
    lines: number,
    call: Call,
  ): Promise<{ path: string; lines: string[]; truncated: boolean }>;
  /** Pages ListCommands and matches the comment: did this operation's verb reach AWS? */
  findSent(operation: string, verb: string, since: Date, call: Call): Promise<SentCommand | undefined>;
}

export interface LogEvent {
  at: Date;
  stream: string;
  message: string;
}

export interface LogSearch {
  group: string;
  since: Date;
  until?: Date;
  /** The caller's words: sent as one quoted literal. */
  words?: string;
  level?: 'debug' | 'info' | 'warn' | 'error';
  stream?: 'out' | 'err';
  limit: number;
}

export interface LogFindings {
  /** Oldest first, the newest `limit` that match. */
  events: LogEvent[];
  more: boolean;
  /** Where the search ended before `since`: page or time budget used up. */
  searchedBackTo: Date | undefined;
}

export interface Logs {
  /** At most 10 pages or 5 s. Throws not-found when the group isn't there. */
  search(search: LogSearch, call: Call): Promise<LogFindings>;
  /** When the group last had a line; `undefined` when it is empty. */
  lastEventAt(group: string, call: Call): Promise<Date | undefined>;
}

export interface Alarm {
  name: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  since: Date | undefined;
  reason: string;
}

export interface Alarms {
  listAlarms(env: string, call: Call): Promise<Alarm[]>;
}

export interface Pool {
  id: string;
  name: string;
  client: string | undefined;
  issuer: string;
  users: number | undefined;
  passwordPolicy: string;
  mailsFrom: string;
  groups: string[];
}

export interface PoolUser {
  username: string;
  email: string;
  /** CONFIRMED, FORCE_CHANGE_PASSWORD … */
  status: string;
  enabled: boolean;
  createdAt: Date | undefined;
  /** Absent in lists: Cognito gives groups a user at a time. */
  groups?: string[];
}

/** Cognito (guide 7). */
export interface Users {
  findPool(env: string, call: Call): Promise<Pool>;
  listUsers(
    env: string,
    prefix: string | undefined,
    limit: number,
    call: Call,
  ): Promise<{ users: PoolUser[]; more: boolean }>;
  /** `undefined` where there is none. */
  findUser(env: string, email: string, call: Call): Promise<PoolUser | undefined>;
  /** With verified email; Cognito mails the invitation unless `mail` is false. */
  createUser(env: string, email: string, options: { mail: boolean }, call: ChangeCall): Promise<void>;
  addToGroup(env: string, email: string, group: string, call: ChangeCall): Promise<void>;
  /** Generates a permanent password by the pool's policy, keeps it in Secrets Manager first, sets it; answers the secret's name, never its value. */
  keepPassword(env: string, email: string, call: ChangeCall): Promise<{ secret: string }>;
}

/** USD; per hour unless the name says otherwise. Region's prices from `d2.yaml`, with defaults. */
export interface Prices {
  instance(type: string): number | undefined;
  database(dbClass: string): number | undefined;
  natGateway: number;
  balancer: number;
  endpointZone: number;
}

/** What `d2.yaml` says of environments, as far as commands need it. */
export interface Settings {
  region: string;
  timezone: string;
  protectedEnvironments: readonly string[];
  /** The services of `d2.yaml`: changes touch no others. */
  services: readonly string[];
  logGroup(service: string, env: string): string | undefined;
  /** The PM2 process name of a service; the name itself unless configured. */
  pm2Name(service: string): string;
  /** The bot's own instance, if it runs on one: plans that include it are refused. */
  selfInstance: string | undefined;
}

/** All that commands may ask of the world. */
export interface Ports {
  clock: Clock;
  compute: Compute;
  database: Database;
  network: Network;
  shell: Shell;
  logs: Logs;
  alarms: Alarms;
  users: Users;
  prices: Prices;
  settings: Settings;
  roster: Roster;
  /** For the last change, the lock and medians; absent without a table. */
  operations: Operations | undefined;
}
