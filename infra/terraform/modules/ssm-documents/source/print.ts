/** Run Command keeps 24,000 characters of stdout; what lies beyond is cut, and no longer JSON. */
export const maxOutput = 23_000;

export function print(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
