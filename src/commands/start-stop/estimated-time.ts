import { duration } from '../../core/operation/cards.ts';
import { median } from '../../core/operation/median.ts';
import type { Fact } from '../../core/reply/parts.ts';
import type { Platform } from '../../platform/platform.ts';

/** How long it usually takes, from the medians of past runs; says so when there were none. */
export async function takes(
  platform: Platform,
  env: string,
  command: string,
  steps: readonly { id: string }[],
): Promise<Fact> {
  const usual = await platform.stores?.timings.usual(env).catch(() => undefined);
  const seconds = steps.map(({ id }) => median(usual?.[`${command}/${id}`] ?? []));
  const known = seconds.filter((value) => value !== undefined);
  const sum = known.reduce((total, value) => total + value, 0);
  if (known.length === 0) return { label: 'Takes', value: 'some minutes; learnt from the first run on' };
  return {
    label: 'Takes',
    value: `about ${duration(sum * 1000)}${known.length < steps.length ? ', and what was never timed' : ''}`,
  };
}
