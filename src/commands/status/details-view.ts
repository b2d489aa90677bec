import { type Fact, facts, type Part, text } from '../../core/reply/parts.ts';
import { code, dayTime, type Span } from '../../core/reply/text.ts';
import type { DatabaseInstance } from '../../platform/databases.ts';
import { pm2Name, servicesOf } from '../../platform/services.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import { breakdown, dollars, type Estimate, hourly } from '../shared/cost.ts';
import { listed, megabytes, stamp, zoneName } from '../shared/format.ts';
import { healthResultText } from '../shared/http-health.ts';
import type { Source } from '../shared/inventory.ts';
import { judgeProcesses, staleText } from '../shared/service-processes.ts';
import type { EnvironmentSnapshot, InstanceAnswer } from './environment-snapshot.ts';
import type { ResourcePresence } from './resource-presence.ts';

/** Everything that AWS and the instances said, under Details. */
export function detailsView(
  snapshot: EnvironmentSnapshot,
  present: ResourcePresence,
  cost: Estimate,
  settings: EnvironmentSettings,
  timezone: string,
  now: Date,
): Part[] {
  return [
    ...instancesPart(snapshot, settings, timezone, now),
    facts([
      ...databaseFacts(snapshot.inventory.databases),
      ...networkFacts(snapshot),
      { label: 'Cognito pool', value: poolText(snapshot) },
    ]),
    facts(serviceFacts(snapshot, settings)),
    facts([
      {
        label: 'off by toggle',
        value: listed(present.absent.map(({ name, toggle }) => `${name} (${toggle})`)),
      },
      ...costFacts(cost),
    ]),
  ];
}

function instancesPart(
  { inventory: { instances } }: EnvironmentSnapshot,
  settings: EnvironmentSettings,
  timezone: string,
  now: Date,
): Part[] {
  if (!instances.ok) return [facts([{ label: 'EC2', value: `unknown: ${instances.reason}`, tone: 'warn' }])];
  if (instances.value.length === 0) return [text('EC2: no instance with these tags.')];
  return [
    {
      kind: 'table',
      columns: ['name', 'service', 'id', 'state', 'type', 'IP', `since (${zoneName(timezone, now)})`],
      rows: instances.value.map((instance) => [
        instance.name === instance.id ? '–' : instance.name,
        servicesOf(instance, settings).join(', ') || instance.tags.Service || '–',
        instance.id,
        instance.state,
        instance.type,
        instance.privateIp ?? '–',
        // A stopped instance tells its last launch, not since when it is stopped.
        stamp(instance.state === 'running' ? instance.launchedAt : undefined, timezone),
      ]),
    },
  ];
}

function databaseFacts(databases: Source<DatabaseInstance[]>): Fact[] {
  if (!databases.ok) return [{ label: 'RDS', value: `unknown: ${databases.reason}`, tone: 'warn' }];
  if (databases.value.length === 0) return [{ label: 'RDS', value: 'none' }];
  return databases.value.flatMap((database): Fact[] => [
    { label: 'RDS', value: [code(database.id), ` is ${database.state}`] },
    { label: 'endpoint', value: database.endpoint === undefined ? 'none yet' : [code(database.endpoint)] },
    {
      label: 'class',
      value: `${database.class} · ${database.engine} · ${database.storageGb} GB · IAM auth ${database.iamAuth ? 'on' : 'off'}`,
    },
    ...(database.restartsAt
      ? [{ label: 'AWS restarts it', value: [dayTime(database.restartsAt)] satisfies Span[] }]
      : []),
  ]);
}

function networkFacts({ inventory, fromOutside }: EnvironmentSnapshot): Fact[] {
  const { natGateways, balancers, endpoints } = inventory;
  return [
    row('NAT', natGateways, ({ id, state }) => `${id} ${state}`),
    row('ALB', balancers, ({ name, state, targets }) =>
      [
        `${name} ${state}`,
        ...targets.map((target) => {
          // One instance behind two ports is two targets.
          const twice = targets.some((other) => other.id === target.id && other.port !== target.port);
          const place = twice ? `${target.id}:${target.port}` : target.id;
          return `${place} ${target.state}${target.reason ? ` (${target.reason})` : ''}`;
        }),
      ].join(', '),
    ),
    ...(fromOutside === 'asking'
      ? []
      : fromOutside.map(({ url, health }) => ({
          label: 'through ALB',
          value: `${url}: ${healthResultText(health)}`,
        }))),
    row('endpoints', endpoints, ({ service, state }) => `${service} ${state}`),
    row('bastion', inventory.instances, ({ tags, id, state }) =>
      tags.Service === 'bastion' ? `${id} ${state}` : undefined,
    ),
  ];
}

function row<T>(label: string, source: Source<T[]>, say: (item: T) => string | undefined): Fact {
  if (!source.ok) return { label, value: `unknown: ${source.reason}`, tone: 'warn' };
  const said = source.value.map(say).filter((item) => item !== undefined);
  return { label, value: said.join(' · ') || 'none' };
}

function poolText({ pool }: EnvironmentSnapshot): string {
  return pool.ok ? `${pool.value.name} (${pool.value.id})` : `unknown: ${pool.reason}`;
}

function serviceFacts({ services }: EnvironmentSnapshot, settings: EnvironmentSettings): Fact[] {
  return services.flatMap(({ service, answers }): Fact[] =>
    answers === 'asking'
      ? [{ label: service, value: 'asking …' }]
      : answers.flatMap((answer) => [
          { label: `${service} PM2`, value: pm2Text(answer, pm2Name(service, settings)) },
          {
            label: `${service} /health`,
            value: `${healthResultText(answer.health)}, on ${answer.instance.id}`,
          },
        ]),
  );
}

function pm2Text({ homes, instance }: InstanceAnswer, name: string): string {
  if (!homes.ok) return `unknown: ${homes.reason}`;
  const judged = judgeProcesses(homes.value, name);
  if (!judged.meant) return `no process ${name} on ${instance.id}`;
  const stale = staleText(judged);
  return [
    ...[judged.meant, ...judged.rivals].flatMap((copy) =>
      copy.processes.map(
        ({ status, restarts, cpu, memory, mode }) =>
          `${status} · ${restarts} restarts · ${cpu} % · ${megabytes(memory)} · ${mode} · ${copy.in.home}`,
      ),
    ),
    ...(stale === undefined ? [] : [stale]),
  ].join(', ');
}

function costFacts({ items, missing }: Estimate): Fact[] {
  const on = items.filter((item) => item.on);
  return [
    { label: 'per hour', value: on.length === 0 ? 'nothing but storage' : breakdown(on) },
    { label: 'per month', value: `${dollars(hourly(on) * 730)} left on; storage and traffic besides` },
    ...(missing.length > 0 ? [{ label: 'not in it', value: missing.join(', ') }] : []),
  ];
}
