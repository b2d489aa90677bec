/** What random proofs draw from: a new one each time; `D2_SEED` repeats it. */
export const seed = Number(process.env.D2_SEED ?? Date.now() % 2 ** 31);

/** How often a random proof is tried: a sample in the tests, whatever `npm run soak` asks for there. */
export const rounds = (sample: number): number => Number(process.env.D2_ROUNDS ?? sample);

/** Whether `npm run soak` asks for all of what the tests take a sample of. */
export const isSoaking = process.env.D2_ROUNDS !== undefined;

/** One in so many of a table of cases in the tests, all of them in `npm run soak`. */
export const sampled = <T>(all: readonly T[], oneIn: number): readonly T[] =>
  isSoaking ? all : all.filter((_, index) => index % oneIn === 0);
