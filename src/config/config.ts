import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Role } from '../core/access/caller.ts';
import type { Grant, Grants } from '../core/access/role-directory.ts';
import type { Vocabulary } from '../core/command/arguments.ts';
import { type EnvironmentConfig, environmentsOf } from './environments.ts';
import { ConfigError, type Fault } from './faults.ts';
import { type Origin, type ReadFile, readFile } from './file.ts';
import { pathText } from './findings.ts';
import { type MeaningOf, placeholder } from './rules.ts';
import type { FileEnvironment } from './schema.ts';
import { findingsOf } from './schema-findings.ts';
import { commonVariables, slackVariables } from './variables.ts';

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
  /** The instance that the bot runs on, as the file says. */
  self: string | undefined;
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
  /** Of the words that commands know already: no environment may be called so. */
  meaningOf: MeaningOf;
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
  meaningOf,
}: ConfigSource & { mode: 'bot' | 'terminal' }) {
  const faults: Fault[] = [];
  const common = readEnv(commonVariables, env, faults);
  const slack = mode === 'bot' ? readEnv(slackVariables, env, faults) : undefined;
  const origin = originOf(path, cwd, env);
  const reading = { cwd, awsRegion: env.AWS_REGION, filledIn: mode === 'bot', meaningOf };
  const read = readFile(origin, reading, faults);
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
export function awsOptions({ region, table, trail }: Config) {
  return { region, table, auditGroup: trail };
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

function build(read: ReadFile): Omit<Config, 'path' | 'logLevel'> {
  const { file, region } = read;
  const environments = Object.entries(file.environments);
  const unprotected = environments.filter(([, environment]) => !environment.protected).map(([name]) => name);
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
    environments: environmentsOf(read),
    vocabulary: {
      environments: environments.map(([name]) => name),
      defaultEnvironment: unprotected.includes('dev') ? 'dev' : (unprotected[0] ?? ''),
      services: Object.keys(file.services),
    },
    grants: Object.fromEntries(environments.map(([name, { roles }]) => [name, grantsOf(roles)])),
    self: file.self,
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
