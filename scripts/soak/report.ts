import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Proof, proofs } from './proofs.ts';

export interface Chunk {
  claim: string;
  seed: number;
  rounds: number;
  passed: boolean;
  /** What was checked out, marked when something was changed since. */
  commit: string;
}

const at = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

export function readChunks(): Chunk[] {
  return existsSync(at('soak.json')) ? JSON.parse(readFileSync(at('soak.json'), 'utf8')) : [];
}

/** Keeps the chunks, to go on from, and what they come to, for people. */
export function writeReport(chunks: readonly Chunk[]): void {
  const lines = chunks.map((chunk) => `  ${JSON.stringify(chunk)}`);
  writeFileSync(at('soak.json'), `[\n${lines.join(',\n')}\n]\n`);
  writeFileSync(at('soak.md'), `${[...head, ...proofs.map((proof) => row(proof, chunks))].join('\n')}\n`);
}

export const roundsOf = ({ claim }: Proof, chunks: readonly Chunk[]): number =>
  chunks.reduce((sum, one) => sum + (one.claim === claim && one.passed ? one.rounds : 0), 0);

const head = [
  '# Soak',
  '',
  'The long proofs in full, of which `npm test` runs a sample. `npm run soak` writes this page, goes on where',
  'it was interrupted and repeats what failed; once all is done it begins anew. A chunk is repeated by',
  '`D2_SEED=<seed> D2_ROUNDS=<rounds> npx vitest run <file> -t "<tests>"`, as `scripts/soak/proofs.ts` has them.',
  '',
  '| What holds | Rounds | Of | Failed (seeds) | Seeds | Commits |',
  '|---|---:|---:|---|---|---|',
];

function row(proof: Proof, chunks: readonly Chunk[]): string {
  const own = chunks.filter(({ claim }) => claim === proof.claim);
  const seeds = own.map(({ seed, rounds }) => `${seed} × ${rounds}`);
  const failed = own.filter(({ passed }) => !passed).map(({ seed }) => seed);
  const cells = [
    proof.claim,
    roundsOf(proof, chunks),
    proof.rounds,
    failed.join(', ') || 'none',
    seeds.join(', '),
    [...new Set(own.map(({ commit }) => commit))].join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}
