// What the team's services print: Nest's coloured console line with JSON in it. Plain JavaScript, since it is also
// preloaded into those services, where no loader runs.

const levels = {
  fatal: { name: 'FATAL', colour: 31, level: 'error' },
  error: { name: 'ERROR', colour: 31, level: 'error' },
  warn: { name: 'WARN', colour: 33, level: 'warn' },
  info: { name: 'LOG', colour: 32, level: 'info' },
  debug: { name: 'DEBUG', colour: 95, level: 'debug' },
  trace: { name: 'VERBOSE', colour: 96, level: 'debug' },
};

const paint = (colour, text) => `\u001b[${colour}m${text}\u001b[39m`;

const timeOf = (ts) =>
  new Date(ts).toLocaleString('en-US', {
    timeZone: 'UTC',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  });

function requestMessage(status) {
  if (status >= 500) return 'HTTP request failed';
  return status >= 400 ? 'HTTP request client error' : 'HTTP request';
}

/** A line of backend-api's own log (pino's JSON) as the team's service would print it. What is no such line stays as it is. */
export function formatNestLine(line) {
  let own;
  try {
    own = JSON.parse(line);
  } catch {
    return line;
  }
  const { level, time, pid, msg, context, requestId, method, route, status, latencyMs, err, stack } =
    own ?? {};
  const known = Object.hasOwn(levels, level) ? levels[level] : undefined;
  if (!known) return line;
  const isRequest = msg === 'request' && method !== undefined;
  const source = isRequest ? 'HttpLogger' : (context ?? 'Application');
  const fields = isRequest
    ? {
        msg: requestMessage(status),
        requestId,
        method,
        path: route,
        statusCode: status,
        durationMs: latencyMs,
      }
    : {
        msg: err?.message ? `${msg}: ${err.message}` : msg,
        ...(requestId && { requestId }),
        ...((err?.stack ?? stack) && { stack: err?.stack ?? stack }),
      };
  const json = JSON.stringify({ ts: time, level: known.level, context: source, ...fields });
  const head = paint(known.colour, `[Nest] ${pid}  - `);
  const level7 = paint(known.colour, known.name.padStart(7));
  return `${head}${timeOf(time)} ${level7} ${paint(33, `[${source}] `)}${paint(known.colour, json)}`;
}

/** PM2's date before a line, with `log_date_format` `YYYY-MM-DD HH:mm:ss.SSS Z` on a host in UTC. */
export const pm2Date = (at) => `${at.toISOString().replace('T', ' ').replace('Z', '')} +00:00`;
