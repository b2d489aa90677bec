import type { Text } from '../../core/reply/reply.ts';
import type { Platform } from '../../platform/platform.ts';

const minutes = 15;

/** Who else seems to use the environment: requests in the service's log of late, health checks aside. */
export async function inUse(
  platform: Platform,
  env: string,
  services: readonly string[],
  signal: AbortSignal,
): Promise<Text[]> {
  const now = platform.clock.now();
  const since = new Date(now.getTime() - minutes * 60_000);
  const warnings = await Promise.all(
    services.map(async (service): Promise<Text | undefined> => {
      const group = platform.settings.logGroup(service, env);
      if (group === undefined) return undefined;
      try {
        const { events } = await platform.logs.search({ group, since, limit: 200 }, { signal });
        const requests = events.filter(({ message }) => isRequest(message));
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

function isRequest(message: string): boolean {
  try {
    const entry: unknown = JSON.parse(message);
    if (typeof entry !== 'object' || entry === null || !('route' in entry)) return false;
    return typeof entry.route === 'string' && !/\/health\b/.test(entry.route);
  } catch {
    return false;
  }
}
