import type { Prices } from '../platform/prices.ts';
import type { EnvironmentSettings, ServiceSettings } from '../platform/settings.ts';
import type { ReadFile } from './file.ts';
import { pricesOf } from './prices.ts';
import type { FileEnvironment, FileService } from './schema.ts';

export interface EnvironmentConfig {
  /** The channel of operations that were asked for elsewhere. */
  channel: string;
  settings: EnvironmentSettings;
  /** Of its region. */
  prices: Prices;
}

/** Every environment as the file has it, defaults filled in. */
export function environmentsOf(read: ReadFile): Map<string, EnvironmentConfig> {
  const { file, region } = read;
  return new Map(
    Object.entries(file.environments).map(([name, environment]) => {
      const own = environment.region ?? region;
      const prices = pricesOf(own, ...(own === region ? [file.prices] : []), environment.prices);
      return [name, { channel: environment.channel, settings: settingsOf(name, environment, read), prices }];
    }),
  );
}

function settingsOf(
  name: string,
  environment: FileEnvironment,
  { file, region, where }: ReadFile,
): EnvironmentSettings {
  const { project } = file;
  const common = `${project}-${name}`;
  const { prefix = common, cognito, pm2 } = environment;
  return {
    name,
    project,
    region: environment.region ?? region,
    protected: environment.protected,
    account: environment.account,
    assume: environment.assume,
    prefixes: [...new Set([prefix, common])],
    databasePrefix: environment.database ?? common,
    pm2: { homes: pm2.homes, apps: pm2.apps, logs: pm2.logs },
    cognito: {
      pool: cognito.pool,
      client: cognito.client,
      tag: cognito.tag,
      roles: cognito.roles,
      attribute: cognito.attribute ?? 'custom:role',
    },
    alarmPrefix: environment.alarms,
    services: Object.entries(file.services).map(([service, general]) =>
      serviceOf(service, name, general, environment.services[service] ?? {}),
    ),
    selfInstance: file.self,
    // What an environment does not say itself is the file's.
    where: (path) => where(`environments.${name}.${path}`, path),
  };
}

function serviceOf(
  name: string,
  env: string,
  { logs, ...general }: FileService,
  own: FileEnvironment['services'][string],
): ServiceSettings {
  const group = typeof logs === 'string' ? filled(logs, env) : new Map(Object.entries(logs ?? {})).get(env);
  const { tag, pm2, port, health = '/health', ready, database, url, streams } = { ...general, ...own };
  return {
    name,
    tag: tag ?? { key: 'Service', value: name },
    pm2: pm2 ?? name,
    port,
    health,
    ready: ready ?? `${health.replace(/\/+$/, '')}/ready`,
    usesDatabase: database ?? true,
    url: url === undefined ? undefined : filled(url, env).replace(/\/+$/, ''),
    logGroup: own.logs ?? group,
    streams,
  };
}

const filled = (pattern: string, env: string): string => pattern.replaceAll('{env}', env);
