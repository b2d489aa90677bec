/** The value below which this share of all lies: 0.5 for the median, 1 for the worst. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** `✓` or `✗`, with what is asked for. */
export const against = (isMet: boolean, bar: string): string => `${isMet ? '✓' : '✗'} (bar ${bar})`;
