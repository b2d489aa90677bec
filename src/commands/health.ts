import { z } from 'zod';
import { environment, service } from '../core/command/kinds.ts';
import { invoke } from '../core/reply/actions.ts';
import { type Fact, facts, note, type Part, type Tone, text } from '../core/reply/parts.ts';
import { createReply } from '../core/reply/reply.ts';
import type { LocalHealth } from '../platform/instances.ts';
import type { HttpHealth } from '../platform/network.ts';
import { countText, isOnline, liveCopies } from '../platform/pm2-copies.ts';
import { serviceSettings } from '../platform/services.ts';
import type { EnvironmentSettings, ServiceSettings } from '../platform/settings.ts';
import { defineRead } from './define.ts';
import { describeHealth, healthData, unknownOf, unknowns } from './shared/data.ts';
import { cut } from './shared/format.ts';
import { type Source, sourceOf, valuesOf } from './shared/inventory.ts';
import { runningOf } from './shared/processes.ts';
import { healthResultText, isHealthy, isRedirect } from './status/service-health.ts';

interface Answer {
  /** `on i-080c…`, `through d2-…-alb`. */
  way: string;
  health: Source<HttpHealth>;
  /** What PM2 says against it there: `has 1 of 4 online`. */
  news?: string | undefined;
}

export const health = defineRead({
  name: 'health',
  summary: 'Ask a service whether it is well, from inside and through the load balancer',
  role: 'viewer',
  everyday: true,
  aliases: ['ping'],
  args: { service, env: environment },
  examples: ['health', 'health backend-api dev', 'ping'],
  output: z.object({
    state: z.enum(['healthy', 'unhealthy', 'unknown']),
    instances: z.array(z.object({ instance: z.string(), port: z.number().nullable(), health: healthData })),
    addresses: z.array(z.object({ name: z.string(), url: z.string(), health: healthData })),
    unknown: unknowns,
  }),
  async run({ args, platform, signal }) {
    const call = { signal };
    const { compute, network, instances: hosts, settings } = platform.environment(args.env);
    const [instances, balancers] = await Promise.all([
      compute.listInstances(call),
      sourceOf(network.listBalancers(call)),
    ]);
    const running = runningOf(instances, args.service, settings);
    const reachable = roadsTo(serviceSettings(args.service, settings), balancers);
    const [inside, through] = await Promise.all([
      Promise.all(
        running.map(async ({ id }) => ({
          id,
          way: `on ${id}`,
          health: await sourceOf<LocalHealth>(hosts.checkHealth(id, args.service, call)),
        })),
      ),
      Promise.all(
        reachable.map(async ({ name, url, path }) => ({
          name,
          url: `${url}${path}`,
          way: `through ${name}`,
          health: await sourceOf(network.checkHealth(`${url}${path}`, call)),
        })),
      ),
    ]);
    const answers: Answer[] = [
      ...inside.map(({ way, health }) => ({
        way,
        health,
        news: health.ok ? pm2News(health.value) : undefined,
      })),
      ...through,
    ];
    const { tone, title } = headline(args.service, answers);
    return createReply({
      title,
      tone,
      data: {
        state: tone === 'good' ? 'healthy' : tone === 'bad' ? 'unhealthy' : 'unknown',
        instances: inside.map(({ id, health }) => ({
          instance: id,
          port: (health.ok && health.value.port) || null,
          health: describeHealth(health),
        })),
        addresses: through.map(({ name, url, health }) => ({ name, url, health: describeHealth(health) })),
        unknown: unknownOf({ balancers }),
      },
      summary: `${title} (${args.env})`,
      parts: [
        facts([...answers.map(answerFact), ...balancerFact(reachable, balancers)]),
        ...bodyPart(answers),
        ...adviceOf(answers),
        ...redirectNote(through, args.service, settings),
        ...docsOf(inside, reachable),
      ],
      actions: [
        ...(tone === 'good'
          ? []
          : [
              invoke('Errors', 'logs', { ...args, level: 'error' }),
              invoke('PM2', 'pm2 list', { env: args.env }),
            ]),
        invoke('Again', 'health', args),
        invoke('Status', 'status', { env: args.env }),
      ],
    });
  },
});

interface Road {
  /** The balancer’s name, or the service’s own host. */
  name: string;
  url: string;
  path: string;
}

/** How its clients reach a service: its own address where `d2.yaml` says one, else the balancers’ names. */
function roadsTo(
  service: ServiceSettings | undefined,
  balancers: Source<readonly { name: string; url: string | undefined }[]>,
): Road[] {
  const { url: own, health: path = '/health' } = service ?? {};
  if (own !== undefined) return [{ name: new URL(own).host, url: own, path }];
  return valuesOf(balancers).flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url, path }]));
}

/** What is amiss with its processes, as a headline's end; `undefined` where all are online in one PM2 home. */
function pm2News({ copies }: LocalHealth): string | undefined {
  const judged = copies.map(({ home, statuses }) => ({
    home,
    processes: statuses.map((status) => ({ status })),
  }));
  const live = liveCopies(judged);
  if (live.length > 1) return `runs in ${live.map(({ home }) => home).join(' and ')}`;
  const processes = judged[0]?.processes ?? [];
  if (processes.every(isOnline)) return undefined;
  return processes.length > 1 ? `has ${countText(processes)}` : `is ${countText(processes)} in PM2`;
}

function headline(name: string, answers: readonly Answer[]): { tone: Tone; title: string } {
  const sick = answers.find(
    ({ health }) => health.ok && !isHealthy(health.value) && !isRedirect(health.value),
  );
  if (sick?.health.ok) {
    const { status, error } = sick.health.value;
    return { tone: 'bad', title: `${name} is unwell: ${status ?? error ?? 'no answer'} ${sick.way}` };
  }
  const gone = answers.find(({ health }) => !health.ok && health.code === 'not-found');
  if (gone) return { tone: 'bad', title: `${name} is not there ${gone.way}` };
  const half = answers.find(({ news }) => news !== undefined);
  if (half) return { tone: 'bad', title: `${name} ${half.news} ${half.way}` };
  if (answers.some(({ health }) => !health.ok)) return { tone: 'warn', title: `${name}: health unknown` };
  return { tone: 'good', title: `${name} is well` };
}

function answerFact({ way, health, news }: Answer): Fact {
  const well = health.ok && isHealthy(health.value) && news === undefined;
  const tone = !health.ok || isRedirect(health.value) ? 'warn' : well ? 'good' : 'bad';
  return { label: way, value: [healthResultText(health), ...(news ? [news] : [])].join(' · '), tone };
}

function balancerFact(
  roads: readonly Road[],
  balancers: Source<readonly { url: string | undefined }[]>,
): Fact[] {
  if (roads.length > 0) return [];
  if (!balancers.ok)
    return [{ label: 'through the ALB', value: `unknown: ${balancers.reason}`, tone: 'warn' }];
  if (balancers.value.length === 0) return [{ label: 'through the ALB', value: 'there is none' }];
  return [
    {
      label: 'through the ALB',
      value: 'not asked: no listener serves plain HTTP, and the certificate is for another name',
    },
  ];
}

/** HTTPS must be asked by the name that the certificate is for, which only `d2.yaml` can tell. */
function redirectNote(through: readonly Answer[], service: string, settings: EnvironmentSettings): Part[] {
  return through.some(({ health }) => health.ok && isRedirect(health.value))
    ? [
        text(
          `The balancer only sends on to HTTPS. Say the service’s own address, to have it asked there: ${settings.where(`services.${service}.url`)}`,
        ),
      ]
    : [];
}

/** The body's own fields, of the first that answered with any. */
function bodyPart(answers: readonly Answer[]): Part[] {
  const body = answers.flatMap(({ health }) =>
    health.ok && health.value.body !== '' ? [health.value.body] : [],
  )[0];
  if (body === undefined) return [];
  const fields = fieldsOf(body);
  return fields.length > 0 ? [facts(fields)] : [text(`It answered: ${cut(body.trim(), 200)}`)];
}

function fieldsOf(body: string): Fact[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return [];
  }
  if (parsed === null || typeof parsed !== 'object') return [];
  return Object.entries(parsed)
    .slice(0, 8)
    .map(([name, value]) => ({
      label: cut(name, 40),
      value: cut(typeof value === 'string' ? value : JSON.stringify(value), 120),
    }));
}

const advice = new Map([
  ['refused', 'Nothing listens on its port: look at PM2 and at the last errors.'],
  [
    'timed out',
    'It took the connection and did not answer in time: it may be overloaded or waiting for the database.',
  ],
  ['no port', 'PM2’s entry names no PORT, so there is nothing to ask: the ecosystem file sets it.'],
]);

function adviceOf(answers: readonly Answer[]): Part[] {
  const errors = answers.flatMap(({ health }) =>
    health.ok && health.value.error !== undefined ? [health.value.error] : [],
  );
  return [...new Set(errors)].flatMap((error) => {
    const sentence = advice.get(error);
    return sentence === undefined ? [] : [text(sentence)];
  });
}

function docsOf(
  inside: readonly { health: Source<LocalHealth> }[],
  reachable: readonly { url: string }[],
): Part[] {
  const [balancer] = reachable;
  if (balancer) {
    return [
      note([
        'API docs: ',
        { kind: 'link', url: `${balancer.url}/api/docs`, label: `${balancer.url}/api/docs` },
      ]),
    ];
  }
  const port = inside.flatMap(({ health }) =>
    health.ok && health.value.port !== undefined ? [health.value.port] : [],
  )[0];
  return port === undefined
    ? []
    : [note(`API docs: http://localhost:${port}/api/docs, from on the instance`)];
}
