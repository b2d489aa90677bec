import { type Finding, finding, type Path } from './findings.ts';
import type { EnvironmentOutline, Outline, ServiceOutline } from './outline.ts';

/** Values that are right by themselves and can't both be meant. */
export const contradictions: readonly ((outline: Outline) => Finding[])[] = [
  function accountIsTheRoles({ environments = {} }) {
    return Object.entries(environments).flatMap(([env, { account, assume }]) => {
      if (account !== undefined && assume === undefined) {
        return [
          finding(
            ['environments', env, 'account'],
            'never checked, since no role is taken: expected assume beside it',
          ),
        ];
      }
      const roles = /^arn:[^:]*:iam::(\d{12}):role\//.exec(assume ?? '')?.[1];
      return account !== undefined && roles !== undefined && account !== roles
        ? [
            finding(
              ['environments', env, 'account'],
              `${account}, but the role of assume is in ${roles}: expected the same account in both`,
            ),
          ]
        : [];
    });
  },

  function homesAreOnce({ environments = {} }) {
    return Object.entries(environments).flatMap(([env, { pm2 }]) => {
      const homes = (pm2?.homes ?? []).map(({ home }) => home?.replace(/\/+$/, ''));
      return homes.flatMap((home, index) =>
        home !== undefined && homes.indexOf(home) < index
          ? [
              finding(
                ['environments', env, 'pm2', 'homes', index, 'home'],
                `${home} a second time, expected each home once`,
              ),
            ]
          : [],
      );
    });
  },

  function attributeIsRead({ environments = {} }) {
    return Object.entries(environments).flatMap(([env, { cognito }]) =>
      cognito?.attribute !== undefined && (cognito.roles ?? 'group') === 'group'
        ? [
            finding(
              ['environments', env, 'cognito', 'attribute'],
              'never read, since roles are groups here: expected `roles: attribute` or `roles: both` beside it',
            ),
          ]
        : [],
    );
  },

  function poolIsSaidOnce({ environments = {} }) {
    return Object.entries(environments).flatMap(([env, { cognito }]) =>
      cognito?.pool !== undefined && cognito.tag !== undefined
        ? [
            finding(
              ['environments', env, 'cognito', 'tag'],
              'never read, since pool names it: expected one of the two',
            ),
          ]
        : [],
    );
  },

  function streamsDiffer({ environments = {}, services = {} }) {
    return everyService(environments, services).flatMap(({ path, service: { streams } }) =>
      streams?.out !== undefined && streams.out === streams.err
        ? [
            finding(
              [...path, 'streams'],
              `${streams.out} for both, expected a word that only the one’s names have, such as stdout and stderr`,
            ),
          ]
        : [],
    );
  },

  /** One value for all would show prod's lines, or ask prod, where dev is meant. */
  function environmentsAreToldApart({ environments = {}, services = {} }) {
    const names = Object.keys(environments);
    return Object.entries(services).flatMap(([name, service]) =>
      (['logs', 'url'] as const).flatMap((key) => {
        const value = service[key];
        const takers = names.filter((env) => environments[env]?.services?.[name]?.[key] === undefined);
        return typeof value === 'string' && !value.includes('{env}') && takers.length > 1
          ? [
              finding(
                ['services', name, key],
                `the same for ${takers.join(' and ')}, expected {env} in it, or environments.<env>.services.${name}.${key}`,
              ),
            ]
          : [];
      }),
    );
  },

  /** Services with one tag are on one instance: there each needs a process and a port of its own. */
  function servicesOfOneHostDiffer({ environments = {}, services = {} }) {
    const found = new Map<string, Finding>();
    const tell = (path: Path, message: string) => {
      const key = path.join('.');
      if (!found.has(key)) found.set(key, finding(path, message));
    };
    for (const [env, environment] of Object.entries(environments)) {
      const resolved = Object.keys(services).map((name) => servicePlaces(name, env, environment, services));
      for (const [index, { tag, pm2, port }] of resolved.entries()) {
        const others = resolved.slice(0, index).filter((other) => other.tag === tag);
        const where = `both are on the instances tagged ${tag} in ${env}`;
        const twin = others.find((other) => other.pm2.value === pm2.value);
        if (twin)
          tell(
            pm2.path,
            `${pm2.value} is ${twin.name}’s name in PM2 too, and ${where}: expected another name, or another tag`,
          );
        const neighbour = others.find((other) => port.value !== undefined && other.port.value === port.value);
        if (neighbour)
          tell(
            port.path,
            `${port.value} is ${neighbour.name}’s port too, and ${where}: expected another port`,
          );
      }
    }
    return [...found.values()];
  },

  /** Where AWS shows no tags, a resource is the environment's whose prefix its name has. */
  function prefixesAreApart({ project = '', region, environments = {} }) {
    return (['prefix', 'database'] as const).flatMap((key) => {
      const begins = Object.entries(environments).map(([env, own]) => ({
        env,
        value: own[key] ?? `${project}-${env}`,
        said: own[key] !== undefined,
        place: `${own.region ?? region} ${/::(\d+):/.exec(own.assume ?? '')?.[1] ?? own.account}`,
      }));
      return begins.flatMap(({ env, value, said, place }, index) => {
        const other = begins.find(
          (one, at) =>
            at !== index && one.place === place && (one.value === value || one.value.startsWith(`${value}-`)),
        );
        return said && other
          ? [
              finding(
                ['environments', env, key],
                `${value} begins ${other.env}’s names too (${other.value}), expected what only ${env}’s names begin with`,
              ),
            ]
          : [];
      });
    });
  },
];

interface Place<T> {
  value: T;
  path: Path;
}

/** A service as an environment has it, each value with where it was said. */
function servicePlaces(
  name: string,
  env: string,
  { services: overrides = {} }: EnvironmentOutline,
  services: Record<string, ServiceOutline>,
) {
  const own = overrides[name] ?? {};
  const general = services[name] ?? {};
  const tag = own.tag ?? general.tag ?? { key: 'Service', value: name };
  const placed = <K extends 'pm2' | 'port'>(key: K): Place<ServiceOutline[K]> =>
    own[key] === undefined
      ? { value: general[key], path: ['services', name, ...(general[key] === undefined ? [] : [key])] }
      : { value: own[key], path: ['environments', env, 'services', name, key] };
  const pm2 = placed('pm2');
  return {
    name,
    tag: `${tag.key}=${tag.value}`,
    pm2: { ...pm2, value: pm2.value ?? name },
    port: placed('port'),
  };
}

function everyService(
  environments: Record<string, EnvironmentOutline>,
  services: Record<string, ServiceOutline>,
): { path: Path; service: ServiceOutline }[] {
  return [
    ...Object.entries(services).map(([name, service]) => ({ path: ['services', name], service })),
    ...Object.entries(environments).flatMap(([env, { services: own = {} }]) =>
      Object.entries(own).map(([name, service]) => ({
        path: ['environments', env, 'services', name],
        service,
      })),
    ),
  ];
}
