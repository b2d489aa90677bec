import type { Resource } from '../interfaces.ts';
import type { World } from '../worlds/world.ts';
import type { createCognito } from './cognito/cognito.ts';
import type { Mail } from './cognito/users.ts';
import { table } from './constants.ts';
import type { Instances } from './ec2/instances.ts';
import type { LoadBalancer } from './elb/load-balancer.ts';
import type { createLogs } from './logs/logs.ts';
import type { createRds } from './rds.ts';
import type { createSecrets } from './secrets.ts';

interface AccountParts {
  world: World;
  /** When Terraform would have made what never changes its state. */
  builtAt: Date;
  instances: Instances;
  rds: ReturnType<typeof createRds>;
  logs: ReturnType<typeof createLogs>;
  cognito: ReturnType<typeof createCognito>;
  secrets: ReturnType<typeof createSecrets>;
  loadBalancer: Pick<LoadBalancer, 'target'>;
  exists: boolean;
}

/** Everything of the account as the page's panel shows it. */
export function resourcesOf({
  builtAt,
  instances,
  rds,
  logs,
  cognito,
  secrets,
  loadBalancer,
  exists,
  world,
}: AccountParts): Resource[] {
  const { database, natGateway, endpoints, pool, services } = world;
  const dev = (
    resource: Omit<Resource, 'since' | 'details' | 'environment'> & Partial<Resource>,
  ): Resource => ({ environment: 'dev', since: builtAt.toISOString(), details: {}, ...resource });
  return [
    ...instances.all().map((one) =>
      dev({
        kind: 'ec2',
        id: one.id,
        name: one.tags.Name ?? one.id,
        ...(one.tags.Service !== undefined && { service: one.tags.Service }),
        state: one.state,
        since: one.since.toISOString(),
        details: {
          type: one.type,
          privateIp: one.privateIp,
          ssm: one.agent && one.state === 'running' ? 'online' : 'offline',
        },
      }),
    ),
    ...(rds.live.exists
      ? [
          dev({
            kind: 'rds',
            id: database.id,
            name: database.id,
            state: rds.live.state,
            since: rds.live.since.toISOString(),
            details: {
              class: database.class,
              ...(rds.live.restartsAt && { awsRestartsIt: rds.live.restartsAt.toISOString() }),
            },
          }),
        ]
      : []),
    ...(exists
      ? [
          dev({
            kind: 'nat-gateway',
            id: natGateway.id,
            name: natGateway.tags.Name ?? natGateway.id,
            state: 'available',
          }),
          dev({
            kind: 'alb',
            id: world.loadBalancer.arn,
            name: world.loadBalancer.name,
            state: 'active',
            details: targetsOf(services, loadBalancer),
          }),
          ...endpoints.map((one) =>
            dev({ kind: 'vpc-endpoint', id: one.id, name: one.service, state: 'available' }),
          ),
        ]
      : []),
    dev({
      kind: 'cognito-pool',
      id: pool.id,
      name: pool.name,
      state: 'active',
      details: {
        users: cognito.count(),
        mailsSent: cognito.outbox().length,
        ...lastMail(cognito.outbox()),
      },
    }),
    ...logs.groupNames().map((name) =>
      dev({
        kind: 'log-group',
        id: name,
        name,
        state: 'active',
        details: lastEvent(logs.lastOf(name)),
      }),
    ),
    dev({ kind: 'table', id: table, name: table, state: 'active' }),
    ...secrets.names().map((name) => dev({ kind: 'secret', id: name, name, state: 'active' })),
  ];
}

/** The one target's state, or each service's. */
function targetsOf(services: World['services'], { target }: Pick<LoadBalancer, 'target'>) {
  const states = services.map(({ name }) => [name, target(name).State] as const);
  const [only, ...more] = states;
  return only && more.length === 0 ? { target: only[1] } : Object.fromEntries(states);
}

function lastMail(outbox: readonly Mail[]): Record<string, string> {
  const last = outbox.at(-1);
  return last ? { lastMail: `${last.kind} to ${last.to}, ${last.at.toISOString()}` } : {};
}

const lastEvent = (at: number | undefined): Record<string, string> =>
  at === undefined ? {} : { lastEvent: new Date(at).toISOString() };
