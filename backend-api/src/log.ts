import { type Logger, multistream, pino, stdTimeFunctions } from 'pino';
import { logLevels } from './config.ts';

/** JSON lines: up to `warn` on stdout, from `error` on stderr, which PM2 keeps in a file of its own. */
export function createLog(level = 'info'): Logger {
  // Through the streams' own write, not their descriptor: in cluster mode PM2 listens there.
  const streams = multistream(
    [
      { level: 'trace', stream: process.stdout },
      { level: 'error', stream: process.stderr },
    ],
    { dedupe: true },
  );
  return pino(
    {
      // An unknown level is the configuration's fault to report, in a log that works.
      level: logLevels.some((known) => known === level) ? level : 'info',
      base: { service: 'backend-api', pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    streams,
  );
}
