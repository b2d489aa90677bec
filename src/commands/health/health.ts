import { z } from 'zod';
import { environment, service } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { type Fact, facts, type Tone } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import type { LocalHealth } from '../../platform/instances.ts';
import { countText, isOnline, liveCopies } from '../../platform/pm2-copies.ts';
import { serviceSettings } from '../../platform/services.ts';
import type { ServiceSettings } from '../../platform/settings.ts';
import { defineRead } from '../define.ts';
import { describeHealth, healthData, unknownOf, unknowns } from '../shared/data.ts';
import {
  askFromOutside,
  healthResultText,
  isHealthy,
  isRedirect,
  isUnreachable,
} from '../shared/http-health.ts';
import { type Source, sourceOf, valuesOf } from '../shared/inventory.ts';
import { runningOf } from '../shared/processes.ts';
import { databaseNews, type Readiness, readiness } from './readiness.ts';
import { type Answer, adviceOf, balancerFact, bodyPart, docsOf, redirectNote } from './view.ts';

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
    instances: z.array(
      z.object({
        instance: z.string(),
        port: z.number().nullable(),
        health: healthData,
        ready: z
          .boolean()
          .nullable()
          .describe('whether it can serve, its database included; null where it does not say'),
      }),
    ),
    addresses: z.array(z.object({ name: z.string(), url: z.string(), health: healthData })),
    unknown: unknowns,
  }),
  async run({ args, platform, signal }) {
    const call = { signal };
    const here = platform.environment(args.env);
    const { compute, network, instances: hosts, settings } = here;
    const service = serviceSettings(args.service, settings);
    const [instances, balancers, databases] = await Promise.all([
      compute.listInstances(call),
      sourceOf(network.listBalancers(call)),
      service?.usesDatabase ? sourceOf(here.databases.listDatabases(call)) : undefined,
    ]);
    const running = runningOf(instances, args.service, settings);
    const reachable = roadsTo(service, balancers);
    const [inside, through] = await Promise.all([
      Promise.all(
        running.map(async ({ id }) => {
          const [health, ready] = await Promise.all([
            sourceOf<LocalHealth>(hosts.checkHealth(id, args.service, call)),
            service?.usesDatabase ? sourceOf(hosts.checkReady(id, args.service, call)) : undefined,
          ]);
          return { id, way: `on ${id}`, health, ready: readiness(health, ready) };
        }),
      ),
      Promise.all(
        reachable.map(async ({ name, url, path }) => ({
          name,
          url: `${url}${path}`,
          way: `through ${name}`,
          health: await sourceOf(askFromOutside(network, `${url}${path}`, settings, call)),
          outside: true,
        })),
      ),
    ]);
    const answers: Answer[] = [
      ...inside.map(({ way, health, ready }) => ({
        way,
        health,
        lacks: databaseNews(ready, databases),
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
        instances: inside.map(({ id, health, ready }) => ({
          instance: id,
          ready: readyData(ready),
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

const readyData = (ready: Readiness): boolean | null => (ready === 'unknown' ? null : ready === 'ready');

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

/** What nobody answered from outside is no verdict: the bot’s network or DNS may be what lacks the way. */
const isSick = ({ health, outside = false }: Answer): boolean =>
  health.ok &&
  !isHealthy(health.value) &&
  !isRedirect(health.value) &&
  !(outside && isUnreachable(health.value));

function headline(name: string, answers: readonly Answer[]): { tone: Tone; title: string } {
  const sick = answers.find((answer) => isSick(answer));
  if (sick?.health.ok) {
    const { status, error } = sick.health.value;
    return { tone: 'bad', title: `${name} is unwell: ${status ?? error ?? 'no answer'} ${sick.way}` };
  }
  const gone = answers.find(({ health }) => !health.ok && health.code === 'not-found');
  if (gone) return { tone: 'bad', title: `${name} is not there ${gone.way}` };
  const half = answers.find(({ news }) => news !== undefined);
  if (half) return { tone: 'bad', title: `${name} ${half.news} ${half.way}` };
  const lacking = answers.find(({ lacks }) => lacks !== undefined);
  if (lacking) return { tone: 'bad', title: `${name} ${lacking.lacks}` };
  if (answers.some(({ health }) => !health.ok)) return { tone: 'warn', title: `${name}: health unknown` };
  return { tone: 'good', title: `${name} is well` };
}

function answerFact(answer: Answer): Fact {
  const { way, health, news, lacks, outside = false } = answer;
  const blind = outside && health.ok && isUnreachable(health.value);
  const said = blind ? `not reachable from here: ${healthResultText(health)}` : healthResultText(health);
  const well = health.ok && isHealthy(health.value) && news === undefined && lacks === undefined;
  const tone = well ? 'good' : isSick(answer) || news !== undefined || lacks !== undefined ? 'bad' : 'warn';
  return { label: way, value: [said, news, lacks].filter(Boolean).join(' · '), tone };
}
