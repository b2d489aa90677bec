import type { LogSource, World } from '../../worlds/world.ts';
import type { LogEvent } from './store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const days = 7;

type Random = () => number;
type HistoryWorld = Pick<World, 'database' | 'logs'>;

/**
 * A week of what a service of the host would have written: started each morning, busy on working days, silent by night,
 * a few bad moments. The same for the same `now`.
 */
export function historyOf(
  now: Date,
  world: HistoryWorld,
  service: string,
): (readonly [source: LogSource, events: LogEvent[]])[] {
  const past = pastOf(now, service, world.database.endpoint).map(({ at, message }) => ({
    at,
    isError: message.startsWith('{"level":"error"'),
    message: world.logs.format(message, new Date(at)),
  }));
  // As a service's own log splits them: from `error` on to stderr.
  const booted = Math.floor(now.getTime() / dayMs) * dayMs - days * dayMs;
  const boot = world.logs.boot.map((message, index) => ({ at: booted + index * 9_000, message }));
  const eventsOf = (errors: boolean) =>
    past.filter(({ isError }) => isError === errors).map(({ at, message }) => ({ at, message }));
  return [
    ['out', eventsOf(false)],
    ['err', eventsOf(true)],
    ['boot', boot],
  ];
}

function pastOf(now: Date, service: string, endpoint: string): LogEvent[] {
  const random = generator(20_260_204);
  const midnight = Math.floor(now.getTime() / dayMs) * dayMs;
  const all: LogEvent[] = [];
  for (let day = days; day >= 0; day--) {
    // 08:00 to 19:00 in Kuala Lumpur is 00:00 to 11:00 UTC.
    const opens = midnight - day * dayMs;
    const weekend = [0, 6].includes(new Date(opens).getUTCDay());
    const requests = weekend ? 25 : 420 + Math.floor(random() * 160);
    const process = {
      service,
      pid: 1_180 + Math.floor(random() * 900),
      release: `r${40 + days - day}`,
      endpoint,
    };
    all.push(...started(opens + 4 * 60_000, process));
    for (let i = 0; i < requests; i++)
      all.push(request(opens + 6 * 60_000 + random() * 10.8 * hourMs, process, random));
    if (service !== 'backend-api') continue;
    if (day % 3 === 1) all.push(...outage(opens + 3 * hourMs + random() * 5 * hourMs, process, random));
    if (day === 2) all.push(...failedFare(opens + 7 * hourMs, process, random));
  }
  return all.filter(({ at }) => at < now.getTime() - 5_000).sort((a, b) => a.at - b.at);
}

/** A process of the past. */
interface Process {
  service: string;
  pid: number;
  release: string;
  endpoint: string;
}

type Route = readonly [method: string, route: string, status: number];

const apiRoutes: readonly Route[] = [
  ['GET', '/rides', 200],
  ['GET', '/rides/:id', 200],
  ['POST', '/rides', 201],
  ['GET', '/profile', 200],
  ['PUT', '/profile', 200],
  ['POST', '/rides/:id/accept', 200],
  ['POST', '/rides/:id/complete', 200],
  ['GET', '/rides/:id', 404],
];
const pageRoutes: readonly Route[] = [
  ['GET', '/', 200],
  ['GET', '/rides', 200],
  ['GET', '/sign-in', 200],
  ['GET', '/favicon.png', 404],
];

function request(at: number, process: Process, random: Random): LogEvent {
  const routes = process.service === 'backend-api' ? apiRoutes : pageRoutes;
  const [method, route, status] = routes[Math.floor(random() * routes.length)] ?? ['GET', '/', 200];
  const latencyMs = Math.round(80 + random() * 600) / 10;
  const fields = { requestId: idOf(random), method, route, status, latencyMs, msg: 'request' };
  return line(at, status >= 400 ? 'warn' : 'info', process, fields);
}

function started(at: number, process: Process): LogEvent[] {
  const { service, release, endpoint } = process;
  if (service !== 'backend-api')
    return [line(at, 'info', process, { context: 'NextServer', msg: `${service} listening on 3001` })];
  const pool = { host: endpoint, user: 'app_user', login: 'iam', size: 10, msg: 'Database pool initialized' };
  const listening = { port: 3000, release, node: 'v20.20.2', msg: 'backend-api listening' };
  return [line(at, 'info', process, pool), line(at + 120, 'info', process, listening)];
}

/** The database goes away for a minute: one error many times over, and what it did to the requests. */
function outage(at: number, process: Process, random: Random): LogEvent[] {
  const reason = 'ECONNREFUSED';
  const away = { host: process.endpoint, reason, msg: `Database is unavailable (${reason}): retrying` };
  const lines = Array.from({ length: 12 + Math.floor(random() * 20) }, (_, index) => {
    const requestId = idOf(random);
    const failed = { requestId, method: 'GET', route: '/rides', status: 503, latencyMs: 2.1, msg: 'request' };
    return [
      line(at + index * 1_700, 'error', process, {
        requestId,
        msg: `The database can't be asked now (${reason}).`,
      }),
      line(at + index * 1_700 + 2, 'error', process, failed),
    ];
  }).flat();
  return [line(at - 3, 'error', process, away), ...lines];
}

function failedFare(at: number, process: Process, random: Random): LogEvent[] {
  const requestId = idOf(random);
  const failed = { requestId, method: 'POST', route: '/rides', status: 500, latencyMs: 31.4, msg: 'request' };
  return [
    line(at, 'error', process, {
      requestId,
      err: { type: 'RangeError', message: 'fare is NaN' },
      msg: 'unexpected error',
    }),
    line(at + 1, 'error', process, failed),
  ];
}

/** As pino writes it there. */
function line(at: number, level: string, { service, pid }: Process, fields: object): LogEvent {
  const rounded = Math.round(at);
  const time = new Date(rounded).toISOString();
  return { at: rounded, message: JSON.stringify({ level, time, service, pid, ...fields }) };
}

const idOf = (random: Random): string =>
  Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');

function generator(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
