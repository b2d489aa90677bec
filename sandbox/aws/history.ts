import type { LogEvent } from './logs-store.ts';

const hourMs = 3_600_000;
const days = 7;

/** A week of what backend-api would have written: busy by day, silent by night, a few bad moments. The same for the same `now`. */
export function historyOf(now: Date): { out: LogEvent[]; err: LogEvent[]; cloudInit: LogEvent[] } {
  const random = generator(20_260_204);
  const out: LogEvent[] = [];
  const err: LogEvent[] = [];
  const midnight = Math.floor(now.getTime() / 86_400_000) * 86_400_000;
  for (let day = days; day >= 0; day--) {
    // 08:00 to 19:00 in Kuala Lumpur is 00:00 to 11:00 UTC.
    const opens = midnight - day * 86_400_000;
    out.push(...startLines(opens + 4 * 60_000, 40 + days - day));
    const requests = 330 + Math.floor(random() * 120);
    for (let i = 0; i < requests; i++) {
      const at = opens + 6 * 60_000 + random() * 10.8 * hourMs;
      const [route, usual] = routes[Math.floor(random() * routes.length)] ?? ['GET /rides', 200];
      out.push(
        line(
          at,
          'info',
          'request completed',
          { route, status: usual, latencyMs: Math.round(8 + random() * 60) },
          random,
        ),
      );
    }
    if (day % 3 === 1) err.push(...burst(opens + 3 * hourMs + random() * 5 * hourMs, random));
    if (day === 2)
      err.push(
        line(
          opens + 7 * hourMs,
          'error',
          'unhandled: fare is NaN',
          { route: 'POST /rides', status: 500, latencyMs: 31 },
          random,
        ),
      );
  }
  const past = (events: LogEvent[]) =>
    events.filter(({ at }) => at < now.getTime() - 5_000).sort((a, b) => a.at - b.at);
  const booted = midnight - days * 86_400_000;
  return {
    out: past(out),
    err: past(err),
    cloudInit: [
      "Cloud-init v. 22.2.2 running 'modules:final'",
      'node v20.20.2',
      'pm2 7.0.4',
      'Cloud-init v. 22.2.2 finished. Datasource DataSourceEc2',
    ].map((message, index) => ({ at: booted + index * 9_000, message })),
  };
}

const routes: readonly (readonly [string, number])[] = [
  ['GET /rides', 200],
  ['GET /rides/:id', 200],
  ['POST /rides', 201],
  ['GET /profile', 200],
  ['PUT /profile', 200],
  ['POST /rides/:id/accept', 200],
  ['POST /rides/:id/complete', 200],
  ['GET /rides/:id', 404],
];

function startLines(at: number, release: number): LogEvent[] {
  return [
    entry(at, { level: 'info', msg: 'Database pool initialized', size: 10 }),
    entry(at + 120, { level: 'info', msg: 'backend-api listening', port: 3000, release: `r${release}` }),
  ];
}

/** The database goes away for a minute: one error many times over. */
function burst(at: number, random: () => number): LogEvent[] {
  return Array.from({ length: 12 + Math.floor(random() * 20) }, (_, index) =>
    line(
      at + index * 1_700,
      'error',
      'connect ECONNREFUSED 10.20.21.9:3306',
      { route: 'GET /rides', status: 503, latencyMs: 2 },
      random,
    ),
  );
}

const line = (at: number, level: string, msg: string, fields: object, random: () => number): LogEvent =>
  entry(at, {
    level,
    requestId: Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0'),
    ...fields,
    msg,
  });

function entry(at: number, fields: object): LogEvent {
  const whole = Math.round(at);
  return {
    at: whole,
    message: JSON.stringify({
      level: 'info',
      time: new Date(whole).toISOString(),
      service: 'backend-api',
      ...fields,
    }),
  };
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
