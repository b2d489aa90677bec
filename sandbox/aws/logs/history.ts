import { database } from '../world.ts';
import type { LogEvent } from './store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const days = 7;

type Random = () => number;
type Lines = { out: LogEvent[]; err: LogEvent[]; cloudInit: LogEvent[] };

/** A week of what backend-api would have written: started each morning, busy on working days, silent by night, a few bad moments. The same for the same `now`. */
export function historyOf(now: Date): Lines {
  const random = generator(20_260_204);
  const midnight = Math.floor(now.getTime() / dayMs) * dayMs;
  const all: LogEvent[] = [];
  for (let day = days; day >= 0; day--) {
    // 08:00 to 19:00 in Kuala Lumpur is 00:00 to 11:00 UTC.
    const opens = midnight - day * dayMs;
    const weekend = [0, 6].includes(new Date(opens).getUTCDay());
    const requests = weekend ? 25 : 420 + Math.floor(random() * 160);
    const process = { pid: 1_180 + Math.floor(random() * 900), release: `r${40 + days - day}` };
    all.push(...started(opens + 4 * 60_000, process));
    for (let i = 0; i < requests; i++)
      all.push(request(opens + 6 * 60_000 + random() * 10.8 * hourMs, process.pid, random));
    if (day % 3 === 1) all.push(...outage(opens + 3 * hourMs + random() * 5 * hourMs, process.pid, random));
    if (day === 2) all.push(...failedFare(opens + 7 * hourMs, process.pid, random));
  }
  const past = all.filter(({ at }) => at < now.getTime() - 5_000).sort((a, b) => a.at - b.at);
  // As backend-api's own log parts them: from `error` on to stderr.
  const isError = ({ message }: LogEvent) => message.startsWith('{"level":"error"');
  return {
    out: past.filter((event) => !isError(event)),
    err: past.filter(isError),
    cloudInit: cloudInit(midnight - days * dayMs),
  };
}

const routes: readonly (readonly [method: string, route: string, status: number])[] = [
  ['GET', '/rides', 200],
  ['GET', '/rides/:id', 200],
  ['POST', '/rides', 201],
  ['GET', '/profile', 200],
  ['PUT', '/profile', 200],
  ['POST', '/rides/:id/accept', 200],
  ['POST', '/rides/:id/complete', 200],
  ['GET', '/rides/:id', 404],
];

function request(at: number, pid: number, random: Random): LogEvent {
  const [method, route, status] = routes[Math.floor(random() * routes.length)] ?? ['GET', '/rides', 200];
  const latencyMs = Math.round(80 + random() * 600) / 10;
  const fields = { requestId: idOf(random), method, route, status, latencyMs, msg: 'request' };
  return line(at, status >= 400 ? 'warn' : 'info', pid, fields);
}

const started = (at: number, { pid, release }: { pid: number; release: string }): LogEvent[] => [
  line(at, 'info', pid, {
    host: database.endpoint,
    user: 'app_user',
    login: 'iam',
    size: 10,
    msg: 'Database pool initialized',
  }),
  line(at + 120, 'info', pid, { port: 3000, release, node: 'v20.20.2', msg: 'backend-api listening' }),
];

/** The database goes away for a minute: one error many times over, and what it did to the requests. */
function outage(at: number, pid: number, random: Random): LogEvent[] {
  const reason = 'ECONNREFUSED';
  const away = { host: database.endpoint, reason, msg: `Database is unavailable (${reason}): retrying` };
  const lines = Array.from({ length: 12 + Math.floor(random() * 20) }, (_, index) => {
    const requestId = idOf(random);
    const failed = { requestId, method: 'GET', route: '/rides', status: 503, latencyMs: 2.1, msg: 'request' };
    return [
      line(at + index * 1_700, 'error', pid, {
        requestId,
        msg: `The database can't be asked now (${reason}).`,
      }),
      line(at + index * 1_700 + 2, 'error', pid, failed),
    ];
  }).flat();
  return [line(at - 3, 'error', pid, away), ...lines];
}

function failedFare(at: number, pid: number, random: Random): LogEvent[] {
  const requestId = idOf(random);
  const failed = { requestId, method: 'POST', route: '/rides', status: 500, latencyMs: 31.4, msg: 'request' };
  return [
    line(at, 'error', pid, {
      requestId,
      err: { type: 'RangeError', message: 'fare is NaN' },
      msg: 'unexpected error',
    }),
    line(at + 1, 'error', pid, failed),
  ];
}

const cloudInit = (at: number): LogEvent[] =>
  [
    "Cloud-init v. 22.2.2 running 'modules:final'",
    'node v20.20.2',
    'pm2 7.0.4',
    'Cloud-init v. 22.2.2 finished. Datasource DataSourceEc2',
  ].map((message, index) => ({ at: at + index * 9_000, message }));

/** As pino writes it there. */
function line(at: number, level: string, pid: number, fields: object): LogEvent {
  const whole = Math.round(at);
  const time = new Date(whole).toISOString();
  return { at: whole, message: JSON.stringify({ level, time, service: 'backend-api', pid, ...fields }) };
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
