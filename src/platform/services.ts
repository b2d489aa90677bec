import type { Instance } from './compute.ts';
import type { EnvironmentSettings, ServiceSettings } from './settings.ts';

/** The services that an instance carries, by its tags: none, one or several. */
export function servicesOf(
  { tags }: Pick<Instance, 'tags'>,
  { services }: Pick<EnvironmentSettings, 'services'>,
): string[] {
  return services.filter(({ tag }) => tags[tag.key] === tag.value).map(({ name }) => name);
}

/** The instances that carry a service. */
export function instancesOf<I extends Pick<Instance, 'tags'>>(
  instances: readonly I[],
  service: string,
  settings: Pick<EnvironmentSettings, 'services'>,
): I[] {
  return instances.filter((instance) => servicesOf(instance, settings).includes(service));
}

/** Whether an environment's start and stop mean it: everything with its tags but what the bot itself runs on. */
export const belongsToEnvironment = (
  instance: Pick<Instance, 'tags' | 'id'>,
  settings: Pick<EnvironmentSettings, 'services' | 'selfInstance'>,
): boolean =>
  instance.tags.Service !== 'chatops' &&
  // Where the bot runs beside a service, the change is refused rather than done by half.
  (instance.id !== settings.selfInstance || servicesOf(instance, settings).length > 0);

/** Of the other services on an instance, one that PM2 could not tell from this: both have one process name. */
export function twinOf(
  service: string,
  instance: Pick<Instance, 'tags'>,
  settings: Pick<EnvironmentSettings, 'services'>,
): string | undefined {
  return servicesOf(instance, settings).find(
    (other) => other !== service && pm2Name(other, settings) === pm2Name(service, settings),
  );
}

/** What an instance is for, as people say it: its services, else its `Service` tag, else its name. */
export function instanceLabel(
  instance: Pick<Instance, 'tags' | 'name' | 'id'>,
  settings: Pick<EnvironmentSettings, 'services'>,
): string {
  return servicesOf(instance, settings).join(' + ') || instance.tags.Service || instance.name;
}

/** `undefined` for one that `d2.yaml` does not list, such as that of an operation from before. */
export function serviceSettings(
  name: string,
  { services }: Pick<EnvironmentSettings, 'services'>,
): ServiceSettings | undefined {
  return services.find((service) => service.name === name);
}

/** The name of a service's process in PM2. */
export const pm2Name = (service: string, settings: Pick<EnvironmentSettings, 'services'>): string =>
  serviceSettings(service, settings)?.pm2 ?? service;

/** The health path of a service at an address. */
export const healthAt = (url: string, { health }: Pick<ServiceSettings, 'health'>): string =>
  `${url.replace(/\/+$/, '')}${health}`;

/** Where its clients ask a service for its health, if `d2.yaml` says its address. */
export const addressOf = (service: Pick<ServiceSettings, 'url' | 'health'>): string[] =>
  service.url === undefined ? [] : [healthAt(service.url, service)];
