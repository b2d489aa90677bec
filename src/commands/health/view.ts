import { type Fact, facts, note, type Part, text } from '../../core/reply/parts.ts';
import type { LocalHealth } from '../../platform/instances.ts';
import type { HttpHealth } from '../../platform/network.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import { cut } from '../shared/format.ts';
import { isRedirect } from '../shared/http-health.ts';
import type { Source } from '../shared/inventory.ts';

export interface Answer {
  /** `on i-080c…`, `through d2-…-alb`. */
  way: string;
  health: Source<HttpHealth>;
  /** From where the bot runs, which may not reach what clients do. */
  outside?: boolean;
  /** What PM2 says against it there: `has 1 of 4 online`. */
  news?: string | undefined;
  /** What is amiss although it answers: `answers, but its database is stopped`. */
  lacks?: string | undefined;
}

export function balancerFact(
  roads: readonly unknown[],
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
export function redirectNote(
  through: readonly Answer[],
  service: string,
  settings: EnvironmentSettings,
): Part[] {
  return through.some(({ health }) => health.ok && isRedirect(health.value))
    ? [
        text(
          `The balancer only sends on to HTTPS. Say the service’s own address, to have it asked there: ${settings.where(`services.${service}.url`)}`,
        ),
      ]
    : [];
}

/** The body's own fields, of the first that answered with any. */
export function bodyPart(answers: readonly Answer[]): Part[] {
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

export function adviceOf(answers: readonly Answer[]): Part[] {
  const errors = answers.flatMap(({ health }) =>
    health.ok && health.value.error !== undefined ? [health.value.error] : [],
  );
  return [...new Set(errors)].flatMap((error) => {
    const sentence = advice.get(error);
    return sentence === undefined ? [] : [text(sentence)];
  });
}

export function docsOf(
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
