import type { Text } from '../../core/reply/text.ts';
import type { Environment } from '../../platform/environment.ts';
import { serviceSettings } from '../../platform/services.ts';
import { parseLine } from '../shared/log-line.ts';

const minutes = 15;

/** Who else seems to use the environment: requests in the service's log of late, health checks aside. */
export async function inUse(
  { logs, settings }: Pick<Environment, 'logs' | 'settings'>,
  now: Date,
  services: readonly string[],
  signal: AbortSignal,
): Promise<Text[]> {
  const since = new Date(now.getTime() - minutes * 60_000);
  const warnings = await Promise.all(
    services.map(async (service): Promise<Text | undefined> => {
      const { logGroup: group, health = '/health' } = serviceSettings(service, settings) ?? {};
      if (group === undefined) return undefined;
      try {
        const { events } = await logs.search({ group, since, limit: 200 }, { signal });
        const requests = events.filter(({ message }) => isRequest(message, health));
        const last = requests.at(-1);
        if (!last) return undefined;
        const ago = Math.max(0, Math.round((now.getTime() - last.at.getTime()) / 60_000));
        return `In use: ${requests.length}${requests.length >= 200 ? ' or more' : ''} requests to ${service} in ${minutes} min, last ${ago} min ago`;
      } catch {
        return `Whether ${service} is in use can’t be told: its log could not be read`;
      }
    }),
  );
  return warnings.filter((warning) => warning !== undefined);
}

/** Whoever asks a health path is no user: balancers and the bot do. */
function isRequest(message: string, health: string): boolean {
  const { fields, text } = parseLine(message);
  if (!fields) return /^[A-Z]{3,7} \/\S* \d{3}$/.test(text) && !isHealth(text.split(' ')[1], health);
  const path = fields.route ?? fields.path ?? fields.url;
  const isAsked = fields.method !== undefined || fields.route !== undefined;
  return isAsked && typeof path === 'string' && !isHealth(path, health);
}

const isHealth = (path = '', health: string): boolean => path.startsWith(health) || /\/health\b/.test(path);
