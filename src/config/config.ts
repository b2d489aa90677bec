import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Role } from '../core/access/caller.ts';
import type { Grant, Grants } from '../core/access/role-directory.ts';
import type { Vocabulary } from '../core/command/arguments.ts';
import type { Prices } from '../platform/prices.ts';
import type { Settings } from '../platform/settings.ts';
import { ConfigError, type Fault, findingsOf, pathText } from './faults.ts';
import { type Origin, type ReadFile, readFile } from './file.ts';
import { pricesOf } from './prices.ts';
import { placeholder } from './rules.ts';
import { commonEnvSchema, type FileEnvironment, slackEnvSchema } from './schema.ts';

export interface EnvironmentConfig {
  /** The channel of operations that were asked for elsewhere. */
  channel: string;
  protected: boolean;
  /** PM2's homes and the folder of deployed services, as the SSM documents take them. */
  pm2: { root: string; app: string; apps: string };
}

export interface Config {
  /** Absolute path of the file it was read from, or the variable that carried it. */
  path: string;
  app: string;
  team: string | undefined;
  enterprise: string | undefined;
  /** `/d2` */
  command: string;
  /** Every channel where commands are taken: the environments' own and the further ones. */
  channels: readonly string[];
  project: string;
  region: string;
  timezone: string;
  /** Without table or trail there are only reads. */
  table: string | undefined;
  trail: string | undefined;
  environments: ReadonlyMap<string, EnvironmentConfig>;
  vocabulary: Vocabulary;
  grants: Grants;
  settings: Settings;
  prices: Prices;
  logLevel: string;
}

export interface SlackConfig {
  botToken: string;
  appToken: string;
  /** Ends with a slash; Slack's own when absent. */
  apiUrl: string | undefined;
}

export interface BotConfig extends Config {
  slack: SlackConfig;
}

export interface ConfigSource {
  /** Instead of D2_YAML, D2_CONFIG and `./d2.yaml`. */
  path?: string;
  cwd?: string;
  /** Instead of the process's own, into which `.env` of `cwd` is read first. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** What the bot needs. Throws `ConfigError` with every fault of file and environment. */
export function readConfig(source: ConfigSource & { mode: 'bot' }): BotConfig;
/** The terminal needs no Slack, and may leave the example's placeholders in. */
export function readConfig(source: ConfigSource & { mode: 'terminal' }): Config;
export function readConfig({
  mode,
  path,
  cwd = process.cwd(),
  env = ownEnv(cwd),
}: ConfigSource & { mode: 'bot' | 'terminal' }) {
  const faults: Fault[] = [];
  const common = readEnv(commonEnvSchema, env, faults);
  const slack = mode === 'bot' ? readEnv(slackEnvSchema, env, faults) : undefined;
  const origin = originOf(path, cwd, env);
  const read = readFile(origin, { cwd, awsRegion: env.AWS_REGION, filledIn: mode === 'bot' }, faults);
  if (!read || !common || faults.length > 0) throw new ConfigError(faults);
  const config: Config = {
    path: 'path' in origin ? origin.path : origin.variable,
    ...build(read),
    logLevel: common.LOG_LEVEL ?? (mode === 'bot' ? 'info' : 'error'),
  };
  if (!slack) return config;
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl } = slack;
  return { ...config, slack: { botToken, appToken, apiUrl } };
}

function originOf(path: string | undefined, cwd: string, env: ConfigSource['env'] & {}): Origin {
  if (path === undefined && env.D2_YAML) return { variable: 'D2_YAML', content: env.D2_YAML };
  return { path: resolve(cwd, path ?? (env.D2_CONFIG || 'd2.yaml')) };
}

function ownEnv(cwd: string): ConfigSource['env'] & {} {
  const file = resolve(cwd, '.env');
  // Into the process itself, because the AWS SDK reads its own variables there; what is set already stays.
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/** NO_COLOR (no-color.org) and dumb terminals: known before any file is read. */
export function wantsColor(env: ConfigSource['env'] = process.env): boolean {
  return !env.NO_COLOR && env.TERM !== 'dumb';
}

/** What is typed before a command, so that a shown command can be pasted: npm sets its variable under npx. */
export function promptOf(env: ConfigSource['env'] = process.env): string {
  return env.npm_command === 'exec' ? 'npx d2' : 'd2';
}

/** Where to learn what this process runs on; the variables are AWS's own. */
export function hostSettings(env: ConfigSource['env'] & {} = process.env) {
  return {
    ecsUri: env.ECS_CONTAINER_METADATA_URI_V4,
    ec2Disabled: env.AWS_EC2_METADATA_DISABLED === 'true',
    ec2Endpoint: env.AWS_EC2_METADATA_SERVICE_ENDPOINT,
  };
}

/** The configuration as the AWS adapters take it. */
export function awsOptions({ region, project, table, trail, vocabulary, environments }: Config) {
  // One layout for all environments: a rule of the file.
  const pm2 = environments.get(vocabulary.defaultEnvironment)?.pm2;
  return {
    region,
    project,
    table,
    auditGroup: trail,
    ...(pm2 && { paths: { rootHome: pm2.root, appHome: pm2.app, appRoot: pm2.apps } }),
  };
}

function readEnv<S extends z.ZodType>(schema: S, env: object, faults: Fault[]): z.infer<S> | undefined {
  // An empty line in .env means the same as none.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  for (const { path, message } of findingsOf(result.error)) {
    faults.push({ source: 'environment', line: undefined, path: pathText(path), message });
  }
  return undefined;
}

function build({ file, region }: ReadFile): Omit<Config, 'path' | 'logLevel'> {
  const environments = Object.entries(file.environments);
  const unprotected = environments.filter(([, environment]) => !environment.protected).map(([name]) => name);
  const services = new Map(Object.entries(file.services));
  return {
    app: file.app,
    team: file.team,
    enterprise: file.enterprise,
    command: file.command,
    channels: [...new Set([...environments.map(([, { channel }]) => channel), ...file.channels])],
    project: file.project,
    region,
    timezone: file.timezone,
    table: file.table,
    trail: file.trail,
    environments: new Map(
      environments.map(([name, { channel, protected: isProtected, pm2 }]) => [
        name,
        { channel, protected: isProtected, pm2 },
      ]),
    ),
    vocabulary: {
      environments: environments.map(([name]) => name),
      defaultEnvironment: unprotected.includes('dev') ? 'dev' : (unprotected[0] ?? ''),
      services: [...services.keys()],
    },
    grants: Object.fromEntries(environments.map(([name, { roles }]) => [name, grantsOf(roles)])),
    settings: {
      services: [...services.keys()],
      region,
      timezone: file.timezone,
      protectedEnvironments: environments.filter(([, env]) => env.protected).map(([name]) => name),
      logGroup: (service, env) => new Map(Object.entries(services.get(service)?.logs ?? {})).get(env),
      pm2Name: (service) => services.get(service)?.pm2 ?? service,
      selfInstance: file.self,
    },
    prices: pricesOf(region, file.prices),
  };
}

function grantsOf(listed: FileEnvironment['roles']): Grants[string] {
  const grant = (role: Role): Grant => {
    const slack = (listed[role]?.slack ?? []).filter((id) => !id.includes(placeholder));
    return {
      people: slack.filter((id) => !id.startsWith('S')),
      groups: slack.filter((id) => id.startsWith('S')),
      arns: (listed[role]?.aws ?? []).filter((arn) => !arn.includes(placeholder)),
    };
  };
  return { viewer: grant('viewer'), operator: grant('operator'), admin: grant('admin') };
}
