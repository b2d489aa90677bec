import { healthProblem } from './heartbeat.ts';

// The container's HEALTHCHECK.
const ailment = healthProblem();
if (ailment !== undefined) {
  process.stderr.write(`${ailment}\n`);
  process.exitCode = 1;
}
