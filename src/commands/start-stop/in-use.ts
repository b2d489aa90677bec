import type { Text } from '../../core/reply/text.ts';
import type { Environment } from '../../platform/environment.ts';
import { parseLine } from '../../platform/log-lines/parse-line.ts';
import type { Request } from '../../platform/log-lines/parsed-line.ts';
import type { LogEvent } from '../../platform/logs.ts';
import { serviceSettings } from '../../platform/services.ts';

const minutes = 15;
const enough = 200;

/** Who else seems to use the environment: requests in the service's log of late, health checks aside. */
export async function inUse(
  { logs, settings }: Pick<Environment, 'logs' | 'settings'>,
  now: Date,
  services: readonly string[],
  signal: AbortSignal,
): Promise<Text[]> {
  const since = new Date(now.getTime() - minutes * 60_000);
  const ago = (at: Date) => Math.max(0, Math.round((now.getTime() - at.getTime()) / 60_000));
  const warnings = await Promise.all(
    services.map(async (service): Promise<Text | undefined> => {
      const { logGroup: group, health = '/health' } = serviceSettings(service, settings) ?? {};
      if (group === undefined) return undefined;
      const keep = ({ message }: LogEvent) => isUse(parseLine(message).request, health);
      try {
        const { events, more, searchedBackTo } = await logs.search(
          { group, since, limit: enough, keep },
          { signal },
        );
        const requests = answered(events);
        const last = requests.at(-1);
        if (last)
          return `In use: ${requests.length}${more || searchedBackTo ? ' or more' : ''} requests to ${service} in ${minutes} min, last ${ago(last.at)} min ago`;
        return searchedBackTo
          ? `Whether ${service} is in use can’t be told: its log could be read back to ${ago(searchedBackTo)} min ago only`
          : undefined;
      } catch {
        return `Whether ${service} is in use can’t be told: its log could not be read`;
      }
    }),
  );
  return warnings.filter((warning) => warning !== undefined);
}

/** Whoever asks a health path is no user: balancers and the bot do. */
const isUse = (request: Request | undefined, health: string): boolean =>
  request?.path !== undefined && !isHealth(request.path, health);

/** The path itself, or one below it: `/health/ready`, and not `/healthcare`. */
function isHealth(path: string, health: string): boolean {
  const [bare = ''] = path.split(/[?#]/);
  return (
    [health, '/health'].some((one) => bare === one || bare.startsWith(`${one}/`)) || bare.endsWith('/health')
  );
}

/** Where a service says a request when it comes and when it is answered, each counts once. */
function answered(events: readonly LogEvent[]): readonly LogEvent[] {
  const done = events.filter(({ message }) => parseLine(message).request?.status !== undefined);
  return done.length > 0 ? done : events;
}
