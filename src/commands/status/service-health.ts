import type { Tone } from '../../core/reply/parts.ts';
import type { Process } from '../../platform/instances.ts';
import { countText } from '../../platform/pm2-copies.ts';
import { cut, span } from '../shared/format.ts';
import { healthText, isHealthy } from '../shared/http-health.ts';
import { valuesOf } from '../shared/inventory.ts';
import { areOnline, findCrashLoop, judgeProcesses, staleText } from '../shared/service-processes.ts';
import type { InstanceAnswer, ServiceSnapshot } from './environment-snapshot.ts';
import { runningIn } from './environment-snapshot.ts';

/** How a service is, in a row's words. */
export interface ServiceHealth {
  tone: Tone;
  /** `ok 14 ms · r42 · up 3 h` */
  text: string;
  /** The same as a headline's end, when it is news: `is unwell: 503`. */
  news: string | undefined;
}

export function serviceHealth(view: ServiceSnapshot, pm2Name: string, now: Date): ServiceHealth {
  const { service, instances, answers } = view;
  if (!instances.ok && instances.late) return { tone: 'info', text: instances.reason, news: undefined };
  if (!instances.ok) return { tone: 'warn', text: `unknown: ${instances.reason}`, news: undefined };
  const running = runningIn(view);
  if (running.length === 0) {
    const states = [...new Set(instances.value.map((instance) => instance.state))];
    return { tone: 'info', text: states.join(', ') || 'no instance', news: undefined };
  }
  if (answers === 'asking') return { tone: 'info', text: 'asking …', news: undefined };
  const each = answers.map((answer) => instanceHealth(answer, service, pm2Name, now));
  const worst =
    each.find(({ tone }) => tone === 'bad') ?? each.find(({ tone }) => tone === 'warn') ?? each[0];
  if (!worst) return { tone: 'warn', text: 'unknown: no instance answered', news: `${service} unknown` };
  if (each.length === 1) return worst;
  const good = each.filter(({ tone }) => tone === 'good').length;
  return { ...worst, text: `${good}/${each.length} well · ${worst.text}` };
}

function instanceHealth(
  { homes, health }: InstanceAnswer,
  service: string,
  pm2Name: string,
  now: Date,
): ServiceHealth {
  const judged = judgeProcesses(valuesOf(homes), pm2Name);
  const { meant, rivals } = judged;
  const bad = (text: string, news: string): ServiceHealth => ({
    tone: 'bad',
    text,
    news: `${service} ${news}`,
  });
  if (homes.ok && !meant) {
    const runs = homes.value.some(({ state }) => state === 'ok');
    return bad(runs ? 'not in PM2’s list' : 'PM2 is not running', 'is not in PM2');
  }
  const processes = meant?.processes ?? [];
  const loop = findCrashLoop(processes, now);
  if (loop) return bad(`crash loop · ${loop.restarts} restarts`, 'is in a crash loop');
  if (meant && rivals.length > 0) {
    const homeNames = [meant, ...rivals].map((copy) => copy.in.home).join(' and ');
    return bad(`runs in ${homeNames}: two copies for one port`, 'runs in two PM2 homes');
  }
  const stale = staleText(judged);
  if (meant && !areOnline(processes)) {
    const count = countText(processes);
    const text = [processes.length > 1 ? `${count} in PM2` : `PM2 ${count}`, ...(stale ? [stale] : [])];
    return bad(text.join(' · '), processes.length > 1 ? `has ${count}` : `is ${count} in PM2`);
  }
  const about = [...processAbout(processes, now), ...(stale ? [stale] : [])];
  if (!health.ok) {
    return {
      tone: 'warn',
      text: `unknown: ${cut(health.reason, 120)}`,
      news: `${service} unknown`,
    };
  }
  const text = [healthText(health.value), ...about].join(' · ');
  if (isHealthy(health.value)) return { tone: 'good', text, news: undefined };
  return {
    tone: 'bad',
    text,
    news: `${service} is unwell: ${health.value.status ?? health.value.error ?? 'no answer'}`,
  };
}

/** Its release, and since when the youngest of its processes runs. */
function processAbout(processes: readonly Process[], now: Date): (string | undefined)[] {
  const [first] = processes;
  if (!first) return [];
  const since = Math.max(...processes.map(({ startedAt }) => startedAt));
  return [
    first.release ?? first.version,
    ...(processes.length > 1 ? [countText(processes)] : []),
    `up ${span(now.getTime() - since)}`,
  ];
}
