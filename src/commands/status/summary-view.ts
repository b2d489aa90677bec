import type { Ended, Hold } from '../../core/operation/record.ts';
import {
  type Action,
  clockTime,
  dayTime,
  type Fact,
  facts,
  invoke,
  type Part,
  type Span,
  text,
} from '../../core/reply/reply.ts';
import type { Settings } from '../../platform/platform.ts';
import { type Estimate, hourlyCost } from '../shared/cost.ts';
import { heard, type Source } from '../shared/inventory.ts';
import { counted } from '../shared/format.ts';
import type { Condition } from './service-health.ts';
import { type Outlook, runningIn } from './environment-snapshot.ts';
import type { Present } from './resource-presence.ts';
import type { Verdict } from './overall-health.ts';

/** The first screen, about ten lines on a phone. */
export function statusScreen(
  outlook: Outlook,
  conditions: readonly Condition[],
  present: Present,
  cost: Estimate,
  now: Date,
): Part[] {
  const { services, hold, last } = outlook;
  return [
    facts([
      ...alarmFacts(outlook),
      ...services.map(({ service }, index): Fact => {
        const condition = conditions[index];
        return { label: service, value: condition?.text ?? 'unknown', tone: condition?.tone ?? 'warn' };
      }),
      ...databaseFacts(outlook),
      ...balancerFacts(outlook),
      { label: 'on', value: present.on.join(', ') || '–' },
      ...(present.off.length > 0 ? [{ label: 'off', value: present.off.join(', ') }] : []),
    ]),
    text(costLine(cost)),
    ...lineOf(hold, 'Lock', (held) => holdLine(held, now)),
    ...lineOf(last, 'Last change', (ended) => lastLine(ended, outlook.inventory.env, now)),
  ];
}

export function statusButtons(outlook: Outlook, { phase }: Verdict, settings: Settings): Action[] {
  const { env } = outlook.inventory;
  const running = outlook.services.find((view) => runningIn(view).length > 0);
  const { service } = running ?? outlook.services[0] ?? {};
  const held = outlook.hold.ok && outlook.hold.value !== undefined;
  const stoppable = !settings.protectedEnvironments.includes(env);
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

function alarmFacts({ alarms }: Outlook): Fact[] {
  if (!alarms.ok) return [{ label: 'alarms', value: `unknown: ${alarms.reason}`, tone: 'warn' }];
  const [first, ...others] = alarms.value.filter(({ state }) => state === 'ALARM');
  if (!first) return [];
  const since: Span[] = first.since ? [' since ', clockTime(first.since)] : [];
  const more = others.length > 0 ? [`, ${counted(others.length, 'more', 'more')}`] : [];
  return [{ label: 'alarm', value: [first.name, ...since, ...more], tone: 'bad' }];
}

function databaseFacts({ inventory: { databases } }: Outlook): Fact[] {
  if (!databases.ok) return [{ label: 'database', value: `unknown: ${databases.reason}`, tone: 'warn' }];
  return databases.value.map(({ id, state, restartsAt }): Fact => {
    const again: Span[] = state === 'stopped' && restartsAt ? [', AWS starts it ', dayTime(restartsAt)] : [];
    const label = databases.value.length === 1 ? 'database' : id;
    return { label, value: [state, ...again], tone: state === 'available' ? 'good' : 'info' };
  });
}

function balancerFacts({ inventory: { balancers } }: Outlook): Fact[] {
  if (!balancers.ok) return [{ label: 'ALB', value: `unknown: ${balancers.reason}`, tone: 'warn' }];
  return balancers.value.map(({ state, targets }): Fact => {
    const healthy = targets.filter((target) => target.state === 'healthy').length;
    const well = healthy === targets.length && targets.length > 0;
    const value = targets.length === 0 ? `${state}, no target` : `${healthy}/${targets.length} healthy`;
    return { label: 'ALB', value, tone: well ? 'good' : 'warn' };
  });
}

function costLine(cost: Estimate): string {
  const missing = cost.missing.length > 0 ? ` (without ${cost.missing.join(', ')})` : '';
  return `${hourlyCost(cost)}${missing}`;
}

function lineOf<T>(source: Source<T | undefined>, label: string, say: (value: T) => Span[]): Part[] {
  if (!source.ok) return [text(`${label} unknown: ${source.reason}`)];
  return source.value === undefined ? [] : [text(say(source.value))];
}

function holdLine({ command, caller, since, until }: Hold, now: Date): Span[] {
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

const past = new Map([
  ['start', 'started'],
  ['stop', 'stopped'],
]);

function lastLine({ command, caller, state, at }: Ended, env: string, now: Date): Span[] {
  const when = new Date(at);
  const recent = now.getTime() - at < 72_000_000;
  const verb = past.get(command);
  const done = state === 'done';
  return [
    'Last: ',
    { kind: 'person', ...caller },
    verb && done ? ` ${verb} ${env}, ` : ` ran ${command}${done ? '' : ` (${state})`}, `,
    recent ? clockTime(when) : dayTime(when),
  ];
}

/** Whether something is still to be heard: a running service, or a balancer with an address. */
export const hasMoreToHear = (outlook: Outlook): boolean =>
  outlook.services.some((view) => runningIn(view).length > 0) ||
  heard(outlook.inventory.balancers).some(({ url }) => url !== undefined);
