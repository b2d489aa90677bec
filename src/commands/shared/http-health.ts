import type { Call } from '../../platform/call.ts';
import type { HttpHealth, Network } from '../../platform/network.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import type { Source } from './inventory.ts';

/** A balancer that only sends on to HTTPS says nothing of the service behind it. */
export const isRedirect = ({ status, location }: HttpHealth): boolean =>
  location !== undefined && status !== undefined && status >= 300 && status < 400;

export const isHealthy = (health: HttpHealth): boolean =>
  health.status !== undefined && health.status >= 200 && health.status < 300;

/** `ok 14 ms`, `503 in 20 ms`, `refused`. */
export function healthText(health: HttpHealth): string {
  if (isRedirect(health)) return `redirects to ${health.location}`;
  if (isHealthy(health)) return `ok ${Math.round(health.latencyMs)} ms`;
  if (health.status !== undefined) return `${health.status} in ${Math.round(health.latencyMs)} ms`;
  return health.error ?? 'no answer';
}

export const healthResultText = (health: Source<HttpHealth>): string =>
  health.ok ? healthText(health.value) : `${health.code === 'not-found' ? '' : 'unknown: '}${health.reason}`;

/** GET as a client would. Sent on to a host that `d2.yaml` says, it is asked there: of any other a certificate may be wrong, or the answer somebody else’s. */
export async function askFromOutside(
  { checkHealth }: Pick<Network, 'checkHealth'>,
  url: string,
  { services }: Pick<EnvironmentSettings, 'services'>,
  call: Call,
): Promise<HttpHealth> {
  const first = await checkHealth(url, call);
  if (!isRedirect(first) || !URL.canParse(first.location ?? '', url)) return first;
  const to = new URL(first.location ?? '', url);
  const known = services.some(
    (service) => service.url !== undefined && new URL(service.url).host === to.host,
  );
  return known && to.href !== new URL(url).href ? checkHealth(to.href, call) : first;
}

/** Nobody answered from where the bot runs: of a service that is well inside, that is no verdict. */
export const isUnreachable = ({ status }: HttpHealth): boolean => status === undefined;
