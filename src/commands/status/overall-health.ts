import type { Tone } from '../../core/reply/parts.ts';
import { databaseState } from '../shared/database-state.ts';
import { counted } from '../shared/format.ts';
import { failedSources, valuesOf } from '../shared/inventory.ts';
import { asleepText, type StillRunning } from '../shared/still-running.ts';
import { countTargets } from '../shared/target-health.ts';
import { type EnvironmentSnapshot, runningIn } from './environment-snapshot.ts';
import type { ServiceHealth } from './service-health.ts';

export type Phase = 'up' | 'partly' | 'asleep' | 'moving' | 'unknown';

export interface OverallHealth {
  /** `dev is up and well`, `dev: RDS unknown`: the worst news there is. */
  title: string;
  tone: Tone;
  phase: Phase;
}

/** One headline out of everything: movement first (it explains the rest), then what is broken, then what is unknown. */
export function overallHealth(
  snapshot: EnvironmentSnapshot,
  conditions: readonly ServiceHealth[],
  now: Date,
  left: readonly StillRunning[],
): OverallHealth {
  const { inventory, services, alarms, lock } = snapshot;
  const { env } = inventory;
  const titled = (title: string, tone: Tone, phase: Phase): OverallHealth => ({ title, tone, phase });

  const moving = movement(snapshot, now);
  if (moving) return titled(`${env} is ${moving}`, 'info', 'moving');

  const running = services.some((view) => runningIn(view).length > 0);
  const broken = [
    ...conditions.flatMap(({ tone, news }) => (tone === 'bad' && news ? [news] : [])),
    ...valuesOf(inventory.databases).flatMap(({ state }) =>
      databaseState(state).kind === 'broken' ? [`RDS is ${state}`] : [],
    ),
    ...(running ? unhealthyBalancers(snapshot) : []),
  ];
  const held = lock.ok ? lock.value : undefined;
  const unsure = [
    ...(held && held.until <= now.getTime() ? [`${held.command} interrupted`] : []),
    ...failedSources(inventory).map(({ name }) => `${name} unknown`),
    ...conditions.flatMap(({ tone, news }) => (tone === 'warn' && news ? [news] : [])),
  ];
  const news = [...broken, ...unsure];
  const [first, ...others] = news;
  if (first !== undefined) {
    const phase = running ? 'up' : unsure.length > 0 ? 'unknown' : 'partly';
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    return titled(`${env}: ${first}${more}`, broken.length > 0 ? 'bad' : 'warn', phase);
  }

  const databases = valuesOf(inventory.databases);
  const awake = databases.filter(({ state }) => state !== 'stopped');
  if (!running && awake.length === 0) {
    return left.length === 0
      ? titled(`${env} is asleep`, 'info', 'asleep')
      : titled(asleepText(env, left), 'warn', 'partly');
  }
  const off = [
    ...services.filter((view) => runningIn(view).length === 0).map(({ service }) => service),
    ...(databases.some(({ state }) => state === 'stopped') ? ['RDS'] : []),
  ];
  if (off.length > 0) return titled(`${env}: ${off.join(', ')} off`, 'warn', 'partly');
  const busy = awake.find(({ state }) => state !== 'available');
  if (busy) return titled(`${env}: RDS is ${busy.state}`, 'info', 'up');
  const firing = valuesOf(alarms).filter(({ state }) => state === 'ALARM');
  if (firing.length > 0)
    return titled(`${env} is up, ${counted(firing.length, 'alarm')} firing`, 'warn', 'up');
  if (!alarms.ok || !lock.ok) return titled(`${env} is up, something unknown`, 'warn', 'up');
  return conditions.every(({ tone }) => tone === 'good')
    ? titled(`${env} is up and well`, 'good', 'up')
    : titled(`${env} is up`, 'info', 'up');
}

/** `starting`, `stopping`: as the running operation says, else as AWS does. */
function movement({ inventory, services, others, lock }: EnvironmentSnapshot, now: Date): string | undefined {
  const held = lock.ok ? lock.value : undefined;
  if (held && held.until > now.getTime()) {
    if (held.command === 'start') return 'starting';
    if (held.command === 'stop') return 'stopping';
  }
  const states = [
    ...services.flatMap((view) => valuesOf(view.instances).map(({ state }) => state)),
    ...others.map(({ state }) => state),
    ...valuesOf(inventory.databases).map(({ state }) => state),
  ];
  if (states.some((state) => state === 'pending' || state === 'starting')) return 'starting';
  if (states.includes('stopping')) return 'stopping';
  return undefined;
}

function unhealthyBalancers({ inventory }: EnvironmentSnapshot): string[] {
  return valuesOf(inventory.balancers).flatMap(({ targets }) => {
    const { healthy, serving, unwell } = countTargets(targets);
    if (unwell) return [`ALB ${healthy}/${serving} healthy`];
    // What joins will serve; where nothing does or will, clients get a 503.
    const idle = serving === 0 && targets.length > 0 && !targets.some(({ state }) => state === 'initial');
    return idle ? ['ALB has no target in use'] : [];
  });
}
