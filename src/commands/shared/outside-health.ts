import type { Call } from '../../platform/call.ts';
import type { HttpHealth, Network } from '../../platform/network.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';

/** A balancer that only sends on to HTTPS says nothing of the service behind it. */
export const isRedirect = ({ status, location }: HttpHealth): boolean =>
  location !== undefined && status !== undefined && status >= 300 && status < 400;

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
