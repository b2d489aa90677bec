import type { TargetHealth } from '../../platform/network.ts';

export interface TargetCount {
  healthy: number;
  /** Those that are to serve: what joins, leaves or is not in use is not of them. */
  serving: number;
  /** `1/1 healthy (1 draining)`; `no target in use (1 unused)` */
  text: string;
  /** Some that should serve are not well. */
  unwell: boolean;
}

/** ELB User Guide, “Target health status”: joins, leaves, is not in use, is not checked. */
const aside = new Map([
  ['initial', 'starting'],
  ['draining', 'draining'],
  ['unhealthy.draining', 'draining'],
  ['unused', 'unused'],
  ['unavailable', 'not checked'],
]);

export function countTargets(targets: readonly Pick<TargetHealth, 'state'>[]): TargetCount {
  const serving = targets.filter(({ state }) => !aside.has(state));
  const healthy = serving.filter(({ state }) => state === 'healthy').length;
  const others = new Map<string, number>();
  for (const { state } of targets) {
    const word = aside.get(state);
    if (word !== undefined) others.set(word, (others.get(word) ?? 0) + 1);
  }
  const rest = [...others].map(([word, count]) => `${count} ${word}`).join(', ');
  const first =
    serving.length > 0
      ? `${healthy}/${serving.length} healthy`
      : others.has('starting')
        ? 'no target yet'
        : targets.length > 0
          ? 'no target in use'
          : 'no target';
  return {
    healthy,
    serving: serving.length,
    text: rest === '' ? first : `${first} (${rest})`,
    unwell: healthy < serving.length,
  };
}
