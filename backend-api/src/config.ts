export interface Config {
  /** 0 to 65535; 0 takes any free port. */
  port: number;
  host: string;
  logLevel: string;
  /** How long requests in flight may take to end after SIGINT or SIGTERM. */
  drainMs: number;
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** Reads the environment; throws one error that names every fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];

  function integer(name: string, fallback: number, max: number): number {
    const text = env[name] ?? String(fallback);
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= max)) faults.push(`${name} must be a whole number from 0 to ${max}`);
    return value;
  }

  const config = {
    port: integer('PORT', 3000, 65_535),
    host: env.HOST ?? '0.0.0.0',
    logLevel: env.LOG_LEVEL ?? 'info',
    drainMs: integer('DRAIN_MS', 4000, 60_000),
  };
  if (!logLevels.some((level) => level === config.logLevel)) {
    faults.push(`LOG_LEVEL must be one of ${logLevels.join(', ')}`);
  }
  if (!/^[\w.:-]{1,255}$/.test(config.host)) faults.push('HOST must be an address or a host name');
  if (faults.length > 0) throw new Error(`Bad environment: ${faults.join('; ')}`);
  return config;
}
