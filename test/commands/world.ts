import { expect } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { type Caller, type Role, roles } from '../../src/core/access/caller.ts';
import type { Value, Vocabulary } from '../../src/core/command/arguments.ts';
import type { Catalog } from '../../src/core/command/catalog.ts';
import { createCatalog } from '../../src/core/command/catalog.ts';
import type { Command } from '../../src/core/command/command.ts';
import { parse } from '../../src/core/command/parser.ts';
import { invocationsOf } from '../../src/core/reply/actions.ts';
import { UserError } from '../../src/core/reply/errors.ts';
import type { Part } from '../../src/core/reply/parts.ts';
import type { Reply, ReplyWith } from '../../src/core/reply/reply.ts';
import { plain } from '../../src/core/reply/text.ts';
import type { Alarm } from '../../src/platform/alarms.ts';
import type { Instance, StopObstacles } from '../../src/platform/compute.ts';
import type { DatabaseInstance } from '../../src/platform/databases.ts';
import type { Environment } from '../../src/platform/environment.ts';
import type { Agent, LogFile, Pm2Home, Process } from '../../src/platform/instances.ts';
import { createFilter } from '../../src/platform/log-filter.ts';
import type { LogEvent, LogSearch } from '../../src/platform/logs.ts';
import type { Balancer, Endpoint, HttpHealth, NatGateway } from '../../src/platform/network.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { copiesOf } from '../../src/platform/pm2-copies.ts';
import type { EnvironmentSettings } from '../../src/platform/settings.ts';
import type { Pool, PoolUser } from '../../src/platform/users.ts';
import type { Ended, Lock } from '../../src/stores/locks.ts';
import type { Stores } from '../../src/stores/stores.ts';
import { serviceOf, settingsOf } from '../environment-settings.ts';

export const now = new Date('2026-11-23T01:12:00Z');
export const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

export const backend: Instance = {
  id: 'i-080c218b1eb3925ee',
  name: 'd2-ride-booking-dev-backend',
  tags: { Service: 'backend-api' },
  state: 'running',
  type: 't3.small',
  privateIp: '10.0.1.10',
  launchedAt: hoursAgo(3),
};
export const bastion: Instance = {
  id: 'i-0123456789abcdef0',
  name: 'd2-ride-booking-dev-bastion',
  tags: { Service: 'bastion' },
  state: 'running',
  type: 't3.micro',
  privateIp: '10.0.0.20',
  launchedAt: hoursAgo(3),
};
export const rds: DatabaseInstance = {
  id: 'd2-ride-booking-dev-rds-mysql',
  state: 'available',
  class: 'db.t3.micro',
  engine: 'mysql 8.0',
  storageGb: 20,
  endpoint: 'd2-ride-booking-dev-rds-mysql.abc.ap-southeast-1.rds.amazonaws.com:3306',
  iamAuth: true,
  restartsAt: undefined,
};
export const process: Process = {
  name: 'backend-api',
  id: 0,
  pid: 4711,
  status: 'online',
  startedAt: hoursAgo(3).getTime(),
  lastStart: hoursAgo(3).getTime(),
  lastLine: null,
  restarts: 0,
  unstableRestarts: 0,
  crashes: 0,
  cpu: 1,
  memory: 130_023_424,
  version: '1.0.0',
  mode: 'cluster',
  instances: 1,
  cwd: '/opt/apps/backend-api/current',
  script: '/opt/apps/backend-api/current/dist/main.js',
  node: '20.20.0',
  outLog: '/root/.pm2/logs/backend-api-out.log',
  errLog: '/root/.pm2/logs/backend-api-error.log',
  port: 3000,
  release: 'r42',
};
export const rootHome: Pm2Home = { home: '/root/.pm2', owner: 'root', state: 'ok', processes: [process] };
export const appHome: Pm2Home = {
  home: '/home/ec2-user/.pm2',
  owner: 'ec2-user',
  state: 'absent',
  processes: [],
};
export const well: HttpHealth = {
  status: 200,
  latencyMs: 14,
  body: '{"status":"ok","timestamp":"2026-11-23T01:12:00Z"}',
  error: undefined,
};

export const vera: Caller = { id: 'U0VERA', name: 'vera', surface: 'slack' };
export const omar: Caller = { id: 'U0OMAR', name: 'omar', surface: 'slack' };
export const ada: Caller = { id: 'U0ADA', name: 'ada', surface: 'slack' };
export const vocabulary: Vocabulary = {
  environments: ['dev', 'prod'],
  defaultEnvironment: 'dev',
  services: ['backend-api'],
};

/** One environment as the fakes tell it: change a field to change the world; an `Error` in place of a list makes that source fail. */
export interface World {
  instances: Instance[] | Error;
  databases: DatabaseInstance[] | Error;
  /** Why some instances can’t be stopped. */
  obstacles: StopObstacles;
  /** Instances of which EC2 refuses a change, all of one call with them. */
  refused: Record<string, Error>;
  natGateways: NatGateway[] | Error;
  endpoints: Endpoint[] | Error;
  balancers: Balancer[] | Error;
  alarms: Alarm[] | Error;
  homes: Pm2Home[] | Error;
  /** What PM2 says on an instance where it differs. */
  homesOn: Record<string, Pm2Home[] | Error>;
  /** From on the instance. */
  health: HttpHealth | Error;
  /** The path that says whether it can serve. */
  ready: HttpHealth | Error;
  /** Through the balancer. */
  balancerHealth: HttpHealth | Error;
  agents: Agent[] | Error;
  /** The PM2 process name of every service, where it isn’t the service’s own. */
  pm2Name: string | undefined;
  logGroup: string | undefined;
  /** What `d2.yaml` says otherwise than our own layout. */
  settings: Partial<EnvironmentSettings>;
  events: LogEvent[] | Error;
  /** More events than the search gave. */
  more: boolean;
  searchedBackTo: Date | undefined;
  lastEventAt: Date | undefined;
  /** The lines of one file, or several files. */
  files: Record<'out' | 'err', string[] | Partial<LogFile>[] | Error>;
  pool: Pool | Error;
  users: PoolUser[] | Error;
  grants: Record<string, Partial<Record<Role, string[]>>>;
  hold: Lock | undefined;
  last: Ended | undefined;
  table: boolean;
  usual: Record<string, number[]>;
  /** What was searched for, in order. */
  searches: LogSearch[];
  /** Every mutation: `ec2:StopInstances i-…`. */
  mutations: string[];
}

export function createWorld(changes: Partial<World> = {}): World {
  // Copies: changes of one test must not reach the next.
  const usual: World = structuredClone({
    instances: [backend, bastion],
    databases: [rds],
    obstacles: { held: [], unknown: [] },
    refused: {},
    natGateways: [{ id: 'nat-0a1', state: 'available' }],
    endpoints: ['ssm', 'ssmmessages', 'ec2messages'].map((service) => ({
      id: `vpce-${service}`,
      service,
      state: 'available',
      zones: 1,
    })),
    balancers: [
      {
        name: 'd2-ride-booking-dev-alb',
        state: 'active',
        url: 'http://dev-alb.example.com:80',
        targets: [{ id: backend.id, port: 3000, state: 'healthy', reason: undefined }],
      },
    ],
    alarms: [],
    homes: [rootHome, appHome],
    homesOn: {},
    health: well,
    ready: { ...well, status: 404, body: '' },
    balancerHealth: { ...well, latencyMs: 21 },
    agents: [backend, bastion].map(({ id }) => ({ instance: id, online: true, version: '3.3.2746.0' })),
    pm2Name: undefined,
    logGroup: '/aws/ec2/dev-d2-ride-booking-backend',
    settings: {},
    events: [],
    more: false,
    searchedBackTo: undefined,
    lastEventAt: undefined,
    files: { out: [], err: [] },
    pool: {
      id: 'ap-southeast-1_D2SandBox',
      name: 'd2-ride-booking-dev',
      client: 'd2-ride-booking-dev-app',
      issuer: 'https://cognito-idp.ap-southeast-1.amazonaws.com/ap-southeast-1_D2SandBox',
      users: 3,
      passwordPolicy: '8 characters, upper, lower, digit, symbol',
      mailsFrom: 'Cognito, up to 50 a day',
      groups: ['ADMIN', 'DRIVER', 'PASSENGER'],
      caseSensitive: false,
      usernames: 'email',
      attributes: [
        { name: 'email', required: true },
        { name: 'phone_number', required: false },
        { name: 'custom:role', required: false, minLength: 5, maxLength: 10 },
        { name: 'custom:kind', required: false },
      ],
    },
    users: [],
    grants: {
      dev: { viewer: ['U0VERA'], operator: ['U0OMAR'], admin: ['U0ADA'] },
      prod: { viewer: ['U0OMAR'] },
    },
    hold: undefined,
    last: undefined,
    table: true,
    usual: {},
    searches: [],
    mutations: [],
  });
  const world = { ...usual, ...changes };
  const copy = <T>(list: T[] | Error): T[] | Error => (list instanceof Error ? list : structuredClone(list));
  return {
    ...world,
    instances: copy(world.instances),
    databases: copy(world.databases),
    homes: copy(world.homes),
    homesOn: Object.fromEntries(
      Object.entries(world.homesOn).map(([instance, homes]) => [instance, copy(homes)]),
    ),
    users: copy(world.users),
  };
}

const tell = async <T>(value: T | Error): Promise<T> => {
  if (value instanceof Error) throw value;
  return value;
};

/** Every port over one world. Changes take effect at once and stand in `mutations`. */
export function environmentOf(world: World, env = 'dev'): Environment {
  const pm2Name = (service: string) =>
    world.settings.services?.find(({ name }) => name === service)?.pm2 ?? world.pm2Name ?? service;
  const change = (name: string, ...what: string[]) => {
    world.mutations.push([name, ...what].join(' '));
  };
  const refuse = (ids: readonly string[]) => {
    for (const id of ids) if (world.refused[id]) throw world.refused[id];
  };
  const move = async <T extends { id: string; state: string }>(
    list: T[] | Error,
    ids: readonly string[],
    state: string,
  ) => {
    for (const item of await tell(list)) if (ids.includes(item.id)) item.state = state;
  };
  const findCopies = async (instance: string, name: string) =>
    copiesOf<Process, Pm2Home>(await tell(world.homesOn[instance] ?? world.homes), name);
  const getFrom = async (instance: string, service: string, answer: HttpHealth | Error) => {
    const copies = world.homes instanceof Error ? [] : await findCopies(instance, pm2Name(service));
    if (copies.length === 0 && !(world.homes instanceof Error)) {
      throw new UserError('not-found', `PM2 on ${instance} has no process ${pm2Name(service)}.`);
    }
    return {
      ...(await tell(answer)),
      service,
      port: 3000,
      copies: copies.map((copy) => ({
        home: copy.in.home,
        statuses: copy.processes.map(({ status }) => status),
      })),
    };
  };
  return {
    name: env,
    settings: settingsOf(env, {
      services: [serviceOf('backend-api', { pm2: world.pm2Name ?? 'backend-api', logGroup: world.logGroup })],
      ...world.settings,
    }),
    compute: {
      listInstances: () => tell(world.instances),
      async startInstances(ids) {
        refuse(ids);
        change('ec2:StartInstances', ...ids);
        await move(world.instances, ids, 'running');
      },
      async stopInstances(ids) {
        refuse(ids);
        change('ec2:StopInstances', ...ids);
        await move(world.instances, ids, 'stopped');
      },
      async findStopObstacles(instances) {
        const asked = <T extends { instance: string }>(all: T[]) =>
          all.filter(({ instance }) => instances.some(({ id }) => id === instance));
        return { held: asked(world.obstacles.held), unknown: asked(world.obstacles.unknown) };
      },
    },
    databases: {
      listDatabases: () => tell(world.databases),
      async startDatabase(id) {
        change('rds:StartDBInstance', id);
        await move(world.databases, [id], 'available');
      },
      async stopDatabase(id) {
        change('rds:StopDBInstance', id);
        await move(world.databases, [id], 'stopped');
      },
    },
    network: {
      listNatGateways: () => tell(world.natGateways),
      listEndpoints: () => tell(world.endpoints),
      listBalancers: () => tell(world.balancers),
      checkHealth: () => tell(world.balancerHealth),
    },
    instances: {
      listAgents: async (ids) => (await tell(world.agents)).filter((agent) => ids.includes(agent.instance)),
      async listProcesses(instance) {
        const agents = world.agents instanceof Error ? undefined : world.agents;
        if (agents?.length === 0 || agents?.some((one) => one.instance === instance && !one.online)) {
          throw new UserError('unavailable', `The SSM agent on ${instance} is offline.`);
        }
        return tell(world.homesOn[instance] ?? world.homes);
      },
      checkHealth: (instance, service) => getFrom(instance, service, world.health),
      checkReady: (instance, service) => getFrom(instance, service, world.ready),
      async pm2(instance, verb, service, { home }) {
        const [copy] = await findCopies(instance, pm2Name(service));
        change(`ssm:SendCommand d2-pm2-${verb}`, instance, pm2Name(service));
        if (home !== undefined && copy && copy.in.home !== home) {
          throw new UserError('conflict', `${service} is no longer in ${home}.`);
        }
        const before = structuredClone(copy?.processes ?? []);
        for (const one of copy?.processes ?? []) {
          if (verb === 'start' && one.status === 'online') continue;
          one.status = verb === 'stop' ? 'stopped' : 'online';
          one.pid = verb === 'stop' ? 0 : one.pid + 1;
        }
        const after = structuredClone(copy?.processes ?? []);
        return { service, home: copy?.in.home ?? '/root/.pm2', before, after, saved: true };
      },
      async pm2Save(instance) {
        change('ssm:SendCommand d2-pm2-save', instance);
        return [{ home: '/root/.pm2', saved: 1 }];
      },
      async pm2Flush(instance, service) {
        change('ssm:SendCommand d2-pm2-flush', instance, pm2Name(service));
        return { paths: [process.outLog, process.errLog], bytes: 2_048 };
      },
      async tail(_, __, stream, lines) {
        const path = stream === 'out' ? process.outLog : process.errLog;
        return (await tell(filesOf(world.files[stream]))).map((file) => ({
          path,
          worker: undefined,
          truncated: false,
          writtenAt: undefined,
          unread: undefined,
          ...file,
          lines: (file.lines ?? []).slice(-lines),
        }));
      },
      findSentCommand: async () => undefined,
    },
    logs: {
      async search(search) {
        world.searches.push(search);
        const all = await tell(world.events);
        const { since, until = now } = search;
        const filter = createFilter(search);
        const matching = all.filter(
          (event) => event.at >= since && event.at <= until && filter.matches(event),
        );
        return {
          events: matching.slice(-search.limit),
          more: world.more || matching.length > search.limit,
          searchedBackTo: world.searchedBackTo,
        };
      },
      lastEventAt: async () => world.lastEventAt,
    },
    alarms: { listAlarms: () => tell(world.alarms) },
    users: {
      findPool: () => tell(world.pool),
      async listUsers(prefix = '', limit) {
        const all = (await tell(world.users)).filter(({ email, username }) =>
          [email, username].some((name) => name.startsWith(prefix) || name.startsWith(prefix.toLowerCase())),
        );
        return {
          users: all.slice(0, limit).map(({ groups: _, ...user }) => user),
          more: all.length > limit,
        };
      },
      findGroups: async (username) =>
        (await tell(world.users)).find((user) => user.username === username)?.groups ?? [],
      async findUsers(name) {
        const { caseSensitive } = await tell(world.pool);
        const spelled = (text: string) => (caseSensitive ? text : text.toLowerCase());
        const all = await tell(world.users);
        const named = all.filter(({ username }) => username === name);
        return named.length > 0 ? named : all.filter(({ email }) => spelled(email) === spelled(name));
      },
      async createUser({ username, email, mail, role, attributes }) {
        change(
          'cognito-idp:AdminCreateUser',
          ...(username === email ? [email] : [username, email]),
          mail ? 'mailed' : 'not mailed',
          ...Object.entries(attributes).map(([name, value]) => `${name}=${value}`),
        );
        (await tell(world.users)).push({
          username,
          email,
          status: 'FORCE_CHANGE_PASSWORD',
          enabled: true,
          createdAt: now,
          groups: [],
          ...(role !== undefined && (world.settings.cognito?.roles ?? 'group') !== 'group' && { role }),
        });
      },
      async addToGroup(username, group) {
        change('cognito-idp:AdminAddUserToGroup', username, group);
        const user = (await tell(world.users)).find((known) => known.username === username);
        if (user) user.groups = [...(user.groups ?? []), group];
      },
      async keepPassword({ username, email }) {
        change('cognito-idp:AdminSetUserPassword', username);
        for (const user of await tell(world.users)) if (user.username === username) user.status = 'CONFIRMED';
        return { secret: `d2/${env}/cognito/${email}` };
      },
    },
    prices: {
      instance: (type) =>
        new Map([
          ['t3.micro', 0.0132],
          ['t3.small', 0.0264],
        ]).get(type),
      database: (dbClass) => (dbClass === 'db.t3.micro' ? 0.028 : undefined),
      natGateway: 0.059,
      balancer: 0.0252,
      endpointZone: 0.013,
    },
  };
}

/** All that commands see; every environment's name leads to the same world, unless `environment` is replaced. */
export function platformOf(world: World): Platform {
  return {
    clock: { now: () => now, sleep: async () => {} },
    timezone: 'Asia/Kuala_Lumpur',
    environment: (name) => environmentOf(world, name),
    roleDirectory: {
      async resolveRole(caller, env) {
        const grants = world.grants[env] ?? {};
        const role = [...roles].reverse().find((name) => grants[name]?.includes(caller.id));
        return role
          ? { role, because: `${caller.id} is listed` }
          : { role: undefined, because: `${caller.id} is in no list for ${env}` };
      },
      holders: (role, env) => world.grants[env]?.[role] ?? [],
    },
    stores: world.table ? storesOf(world) : undefined,
  };
}

/** What commands read of the stores; the road of a change has its own tests with the real ones. */
function storesOf(world: World): Stores {
  return {
    operations: {
      create: async () => 1,
      find: async () => undefined,
      save: async (_, rev) => rev + 1,
      request: async () => true,
      open: async () => {},
      close: async () => {},
      listOpen: async () => [],
    },
    locks: {
      claim: async () => ({ won: true }),
      holder: async () => world.hold,
      renew: async () => true,
      release: async () => {},
      last: async () => world.last,
    },
    deduplication: { first: async () => true },
    replies: { keep: async () => {}, find: async () => undefined },
    timings: { usual: async () => world.usual, learn: async () => {} },
  };
}

/** A command whose data must be what it declares, and plain JSON, whenever it runs. */
function checked(command: Command<Platform>): Command<Platform> {
  const check = <R extends ReplyWith<unknown>>(reply: R): R => {
    expect(command.output.parse(reply.data), `the data of ${command.name}`).toEqual(reply.data);
    expect(JSON.parse(JSON.stringify(reply.data))).toEqual(reply.data);
    return reply;
  };
  if (command.kind === 'read') {
    return {
      ...command,
      run: async (context: Parameters<typeof command.run>[0]) => check(await command.run(context)),
    };
  }
  return {
    ...command,
    async plan(context: Parameters<typeof command.plan>[0]) {
      const plan = await command.plan(context);
      if (plan.nothing) check(plan.nothing);
      return plan;
    },
    run: async (context: Parameters<typeof command.run>[0]) => check(await command.run(context)),
  };
}

export const catalogOf = (
  list: readonly Command<Platform>[] = commands,
  { settings: { services } }: Pick<World, 'settings'> = { settings: {} },
): Catalog<Platform> =>
  createCatalog(list.map(checked), {
    vocabulary: { ...vocabulary, ...(services && { services: services.map(({ name }) => name) }) },
    prompt: '/d2',
  });

export interface Told {
  reply: Reply;
  /** What stood there before it. */
  interims: Reply[];
}

/** Types a line as a reader of the world and answers what is shown. Throws what the command throws. */
export async function ask(
  line: string,
  world: World = createWorld(),
  {
    caller = omar,
    platform = platformOf(world),
    list = commands,
    onInterim = () => undefined,
  }: {
    caller?: Caller;
    platform?: Platform;
    list?: readonly Command<Platform>[];
    onInterim?: () => void;
  } = {},
): Promise<Told> {
  const catalog = catalogOf(list, world);
  const { command, args } = parse(line, catalog);
  if (command.kind !== 'read') throw new Error(`${command.name} is not a read`);
  const interims: Reply[] = [];
  const reply = await command.run({
    args,
    platform,
    caller,
    signal: new AbortController().signal,
    interim(early) {
      interims.push(early);
      onInterim();
    },
    catalog,
    cancel: async (operation) =>
      void (await platform.stores?.operations.request(operation, { cancel: caller.name })),
  });
  return { reply, interims };
}

/** The refusal that a line ends in. */
export async function refusal(
  line: string,
  world?: World,
  options?: { caller?: Caller },
): Promise<UserError> {
  try {
    await ask(line, world, options);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`"${line}" was not refused`);
}

const filesOf = (said: string[] | Partial<LogFile>[] | Error): Partial<LogFile>[] | Error => {
  if (said instanceof Error) return said;
  const lines = said.filter((one) => typeof one === 'string');
  const files = said.filter((one) => typeof one !== 'string');
  return lines.length > 0 || files.length === 0 ? [{ lines }] : files;
};

/** The reply as lines of text: the title, then what stands before Details. */
export const screen = (reply: Reply): string =>
  [plain(reply.title), ...reply.parts.flatMap(linesOf)].join('\n');
export const details = (reply: Reply): string => (reply.details ?? []).flatMap(linesOf).join('\n');
export const labels = (reply: { actions: Reply['actions'] }): string[] =>
  reply.actions.flatMap((action) =>
    'choices' in action ? action.choices.map(({ label }) => label) : [action.label],
  );

/** The invocation behind a button. */
export function pressed(
  { actions }: { actions: Reply['actions'] },
  label: string,
): { command: string; args: Readonly<Record<string, Value>> } {
  const action = invocationsOf(actions).find((known) => known.label === label);
  if (!action) throw new Error(`no button "${label}" among ${labels({ actions }).join(', ')}`);
  return action.invocation;
}

function linesOf(part: Part): string[] {
  switch (part.kind) {
    case 'text':
    case 'note':
      return [plain(part.text)];
    case 'facts':
      return part.facts.map(({ label, value }) => `${label}  ${plain(value)}`);
    case 'table':
      return [part.columns, ...part.rows].map((row) => row.join(' | '));
    case 'log':
      return part.lines.map(({ level, text, count }) =>
        `${level ?? ''} ${text}${(count ?? 1) > 1 ? ` ×${count}` : ''}`.trim(),
      );
    case 'checklist':
      return part.checks.map(({ title, state }) => `${state} ${title}`);
    case 'image':
      return [part.alt];
    case 'file':
      return [part.name];
  }
}
