import { type Action, invoke } from '../../core/reply/actions.ts';
import { type Fact, facts, type Part, text } from '../../core/reply/parts.ts';
import { clockTime, dayTime, type Span } from '../../core/reply/text.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import type { Ended, Lock } from '../../stores/locks.ts';
import { type Estimate, hourlyCost } from '../shared/cost.ts';
import { databaseState, stateText } from '../shared/database-state.ts';
import { counted } from '../shared/format.ts';
import type { Source } from '../shared/inventory.ts';
import { type StillRunning, stillRunningFact } from '../shared/still-running.ts';
import { countTargets } from '../shared/target-health.ts';
import { type EnvironmentSnapshot, runningIn } from './environment-snapshot.ts';
import type { OverallHealth } from './overall-health.ts';
import type { ResourcePresence } from './resource-presence.ts';
import type { ServiceHealth } from './service-health.ts';

/** The first screen, about ten lines on a phone; `left` runs although no service does. */
export function summaryView(
  snapshot: EnvironmentSnapshot,
  conditions: readonly ServiceHealth[],
  present: ResourcePresence,
  cost: Estimate,
  now: Date,
  left: readonly StillRunning[],
): Part[] {
  return [
    facts([
      ...knownFacts(snapshot, conditions),
      ...stillRunningFact(left, snapshot.inventory),
      { label: 'on', value: present.on.join(', ') || '–' },
      ...(present.off.length > 0 ? [{ label: 'off', value: present.off.join(', ') }] : []),
    ]),
    text(costLine(cost)),
    ...changeLines(snapshot, now),
  ];
}

/** What is shown of it before all have answered: rows of those that did, no sum and no verdict. */
export const earlyView = (
  snapshot: EnvironmentSnapshot,
  conditions: readonly ServiceHealth[],
  now: Date,
): Part[] => [facts(knownFacts(snapshot, conditions)), ...changeLines(snapshot, now)];

function knownFacts(snapshot: EnvironmentSnapshot, conditions: readonly ServiceHealth[]): Fact[] {
  return [
    ...alarmFacts(snapshot),
    ...snapshot.services.map(({ service }, index): Fact => {
      const condition = conditions[index];
      return { label: service, value: condition?.text ?? 'unknown', tone: condition?.tone ?? 'warn' };
    }),
    ...databaseFacts(snapshot),
    ...balancerFacts(snapshot),
  ];
}

const changeLines = ({ lock, last }: EnvironmentSnapshot, now: Date): Part[] => [
  ...lineOf(lock, 'Lock', (held) => lockLine(held, now)),
  ...lineOf(last, 'Last change', (ended) => lastLine(ended, now)),
];

/** A row for what failed, none for what is late. */
const unknownFact = (label: string, { reason, late }: { reason: string; late?: true }): Fact[] =>
  late ? [] : [{ label, value: `unknown: ${reason}`, tone: 'warn' }];

export function statusButtons(
  snapshot: EnvironmentSnapshot,
  { phase }: OverallHealth,
  settings: EnvironmentSettings,
): Action[] {
  const { env } = snapshot.inventory;
  const running = snapshot.services.find((view) => runningIn(view).length > 0);
  const { service } = running ?? snapshot.services[0] ?? {};
  const held = snapshot.lock.ok && snapshot.lock.value !== undefined;
  const stoppable = !settings.protected;
  return [
    ...(service === undefined ? [] : [invoke('Logs', 'logs', { service, env })]),
    ...(running && !held ? [invoke('Restart', 'pm2 restart', { service: running.service, env })] : []),
    ...(!held && (phase === 'asleep' || phase === 'partly')
      ? [invoke('Start', 'start', { env }, 'primary')]
      : []),
    ...(!held && stoppable && (phase === 'up' || phase === 'partly')
      ? [invoke('Stop', 'stop', { env })]
      : []),
    invoke('Refresh', 'status', { env }),
  ];
}

function alarmFacts({ alarms }: EnvironmentSnapshot): Fact[] {
  if (!alarms.ok) return unknownFact('alarms', alarms);
  const [first, ...others] = alarms.value.filter(({ state }) => state === 'ALARM');
  if (!first) return [];
  const since: Span[] = first.since ? [' since ', clockTime(first.since)] : [];
  const more = others.length > 0 ? [`, ${counted(others.length, 'more', 'more')}`] : [];
  return [{ label: 'alarm', value: [first.name, ...since, ...more], tone: 'bad' }];
}

function databaseFacts({ inventory: { databases } }: EnvironmentSnapshot): Fact[] {
  if (!databases.ok) return unknownFact('database', databases);
  return databases.value.map(({ id, state, restartsAt }): Fact => {
    const again: Span[] = state === 'stopped' && restartsAt ? [', AWS starts it ', dayTime(restartsAt)] : [];
    const label = databases.value.length === 1 ? 'database' : id;
    const { kind } = databaseState(state);
    const tone = kind === 'broken' ? 'bad' : state === 'available' ? 'good' : 'info';
    return { label, value: [stateText(state), ...again], tone };
  });
}

function balancerFacts({ inventory: { balancers } }: EnvironmentSnapshot): Fact[] {
  if (!balancers.ok) return unknownFact('ALB', balancers);
  return balancers.value.map(({ state, targets }): Fact => {
    const { serving, unwell, text } = countTargets(targets);
    const value = targets.length === 0 ? `${state}, ${text}` : text;
    return { label: 'ALB', value, tone: serving > 0 && !unwell ? 'good' : 'warn' };
  });
}

function costLine(cost: Estimate): string {
  const missing = cost.missing.length > 0 ? ` (without ${cost.missing.join(', ')})` : '';
  return `${hourlyCost(cost)}${missing}`;
}

function lineOf<T>(source: Source<T | undefined>, label: string, say: (value: T) => Span[]): Part[] {
  if (!source.ok) return source.late ? [] : [text(`${label} unknown: ${source.reason}`)];
  return source.value === undefined ? [] : [text(say(source.value))];
}

function lockLine({ command, caller, since, until }: Lock, now: Date): Span[] {
  const who: Span = { kind: 'person', ...caller };
  const interrupted = until <= now.getTime();
  return [
    interrupted ? `Interrupted: ${command} by ` : `Now: ${command} by `,
    who,
    ', since ',
    clockTime(new Date(since)),
    ...(interrupted ? ['; it is taken over soon'] : []),
  ];
}

function lastLine(
  { command, caller, state, at, did = `ran ${command}${state === 'done' ? '' : ` (${state})`}` }: Ended,
  now: Date,
): Span[] {
  const when = new Date(at);
  const recent = now.getTime() - at < 72_000_000;
  return ['Last: ', { kind: 'person', ...caller }, ` ${did}, `, recent ? clockTime(when) : dayTime(when)];
}
