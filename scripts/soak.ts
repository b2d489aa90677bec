import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { type Proof, proofs } from './soak/proofs.ts';
import { type Chunk, readChunks, roundsOf, writeReport } from './soak/report.ts';

// Runs the random proofs at full length, chunk by chunk, and writes docs/soak.md after each.
const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const isChanged = git('status', '--porcelain', '--', ':!docs/soak.*') !== '';
const commit = `${git('rev-parse', '--short=10', 'HEAD')}${isChanged ? ' and changes' : ''}`;

let chunks = readChunks();
const isDone = (proof: Proof) =>
  roundsOf(proof, chunks) >= proof.rounds && chunks.every((one) => one.claim !== proof.claim || one.passed);
if (proofs.every(isDone)) chunks = [];

for (const proof of proofs) {
  for (const { seed, rounds } of chunks.filter((one) => one.claim === proof.claim && !one.passed)) {
    run(proof, seed, rounds);
  }
  while (roundsOf(proof, chunks) < proof.rounds) {
    const left = proof.rounds - roundsOf(proof, chunks);
    if (!run(proof, randomInt(2 ** 31), Math.min(left, proof.chunk))) break;
  }
}
if (!proofs.every(isDone)) process.exitCode = 1;

/** Whether it passed; what failed is repeated with its seed next time. */
function run({ claim, file, tests }: Proof, seed: number, rounds: number): boolean {
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['vitest', 'run', file, '-t', tests, '--reporter=json'],
    {
      encoding: 'utf8',
      env: { ...process.env, D2_SEED: String(seed), D2_ROUNDS: String(rounds) },
    },
  );
  // By a signal: nothing is known of it.
  if (status === null) process.exit(1);
  const chunk: Chunk = { claim, seed, rounds, passed: status === 0 && countPassed(stdout) > 0, commit };
  chunks = [...chunks.filter((one) => one.claim !== claim || one.seed !== seed), chunk];
  writeReport(chunks);
  process.stdout.write(`${chunk.passed ? 'held' : 'FAILED'}: ${claim}, ${rounds} rounds of seed ${seed}\n`);
  if (!chunk.passed) process.stderr.write(`${stdout}${stderr}\n`);
  return chunk.passed;
}

/** A pattern that no test's name matches is no failure to Vitest. */
function countPassed(stdout: string): number {
  const from = stdout.lastIndexOf('{"numTotalTestSuites"');
  const { numPassedTests }: { numPassedTests: number } = JSON.parse(
    from < 0 ? '{"numPassedTests":0}' : stdout.slice(from),
  );
  return numPassedTests;
}
