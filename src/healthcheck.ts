import { ailmentOf } from './heartbeat.ts';

// The container's HEALTHCHECK.
const ailment = ailmentOf();
if (ailment !== undefined) {
  process.stderr.write(`${ailment}\n`);
  process.exitCode = 1;
}
