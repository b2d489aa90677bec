import { environment, service } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { type Fact, facts, note, type Part, type Tone, text } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { code, dayTime } from '../../core/reply/text.ts';
import type { Pm2Home, Process } from '../../platform/instances.ts';
import { countText, isOnline } from '../../platform/pm2-copies.ts';
import { pm2Name } from '../../platform/services.ts';
import { defineRead } from '../define.ts';
import { counted, megabytes, span } from '../shared/format.ts';
import { valuesOf } from '../shared/inventory.ts';
import { findRunning, type InstanceProcesses, listHomes } from '../shared/processes.ts';
import {
  areOnline,
  findCrashLoop,
  homeName,
  judgeProcesses,
  notInPm2,
  type ServiceProcesses,
  staleText,
} from '../shared/service-processes.ts';
import { describePm2, pm2Data } from './data.ts';

export const pm2Show = defineRead({
  name: 'pm2 show',
  summary:
    'One PM2 process: script, folder, release, Node, log files, and whether it crashes again and again',
  role: 'viewer',
  aliases: ['pm2 info', 'pm2 describe'],
  args: { service, env: environment },
  examples: ['pm2 show backend-api', 'pm2 show'],
  output: pm2Data,
  async run({ args, platform, signal }) {
    const here = platform.environment(args.env);
    const asked = await listHomes(here, await findRunning(here, args.service, signal), signal);
    const now = platform.clock.now();
    const name = pm2Name(args.service, here.settings);
    const [only] = asked;
    if (asked.length === 1 && only && !only.homes.ok) {
      throw new UserError('unavailable', only.homes.reason, {
        hint: `PM2 on ${only.instance.name} (${only.instance.id}) could not be asked. Its logs in CloudWatch can still be read.`,
        actions: [invoke('Logs', 'logs', args), invoke('Status', 'status', { env: args.env })],
      });
    }
    const shown = asked.map((answer) => ({
      ...answer,
      judged: judgeProcesses(answer.homes.ok ? answer.homes.value : [], name),
    }));
    const { title, tone } = headline(args.service, args.env, shown, now);
    const [first] = shown;
    if (first && shown.every(({ homes, judged }) => homes.ok && judged.meant === undefined)) {
      throw notInPm2(valuesOf(first.homes), { instance: first.instance, name, ...args });
    }
    return createReply({
      data: describePm2(asked, name),
      title,
      tone,
      parts: shown.flatMap((one) => [
        ...(shown.length > 1 ? [note(`${one.instance.name} (${one.instance.id})`)] : []),
        ...instanceParts(one, name, now),
      ]),
      details: shown.flatMap(({ judged }) => copiesIn(judged).flatMap(placeParts)),
      actions: [
        ...(tone === 'bad'
          ? [invoke('Errors', 'logs', { ...args, level: 'error' })]
          : [invoke('Logs', 'logs', args)]),
        invoke('Restart', 'pm2 restart', args),
        invoke('Health', 'health', args),
        invoke('Refresh', 'pm2 show', args),
      ],
    });
  },
});

interface Shown extends InstanceProcesses {
  judged: ServiceProcesses;
}

const copiesIn = ({ meant, rivals, stale }: ServiceProcesses) => [
  ...(meant ? [meant] : []),
  ...rivals,
  ...stale,
];

function headline(
  service: string,
  env: string,
  shown: readonly Shown[],
  now: Date,
): { title: string; tone: Tone } {
  const titled = (state: string, tone: Tone) => ({ title: `${service} ${state} in ${env}`, tone });
  const meant = shown.flatMap(({ judged }) => judged.meant?.processes ?? []);
  if (findCrashLoop(meant, now)) return titled('may be in a crash loop', 'bad');
  if (shown.some(({ judged }) => judged.rivals.length > 0)) return titled('runs in two PM2 homes', 'bad');
  const has = shown.filter(({ judged }) => judged.meant !== undefined).length;
  const silent = shown.filter(({ homes }) => !homes.ok).length;
  const state = meant.length === 1 || areOnline(meant) ? '' : `: ${countText(meant)}`;
  const where = has < shown.length - silent ? ` on ${has} of ${shown.length} instances` : '';
  if (state !== '') return { title: `${service} in ${env}${state}${where}`, tone: 'bad' };
  const tone = !areOnline(meant) || where !== '' ? 'bad' : silent > 0 ? 'warn' : 'good';
  return titled(`is ${areOnline(meant) ? 'online' : (meant[0]?.status ?? 'unknown')}${where}`, tone);
}

function instanceParts({ instance, homes, judged }: Shown, name: string, now: Date): Part[] {
  if (!homes.ok) return [text(`unknown: ${homes.reason}`)];
  if (!judged.meant) return [text(`PM2 on ${instance.name} has no process ${name}.`)];
  const { meant, rivals } = judged;
  const stale = staleText(judged);
  return [
    ...[meant, ...rivals].flatMap((copy) => copyParts(copy, now)),
    ...(rivals.length > 0
      ? [text('⚠ It runs in two PM2 homes: the copies fight for one port, and no verb knows which is meant.')]
      : []),
    ...(stale === undefined ? [] : [text(`⚠ There is a ${stale}. Verbs leave it alone.`)]),
  ];
}

type Copy = NonNullable<ServiceProcesses['meant']>;

/** One process in full; several of one name as a table, with what they have in common above it. */
function copyParts({ in: home, processes }: Copy, now: Date): Part[] {
  const [first, ...others] = processes;
  if (others.length === 0) return processParts(home, first, now);
  const looping = findCrashLoop(processes, now);
  return [
    ...(looping ? [text(warning(looping, now))] : []),
    facts([
      { label: 'status', value: countText(processes), tone: areOnline(processes) ? 'good' : 'bad' },
      { label: 'release', value: first.release ?? 'not told' },
      { label: 'version', value: first.version || 'not told' },
      { label: 'in', value: homeName(home) },
    ]),
    {
      kind: 'table',
      columns: ['id', 'status', 'up', '↺', 'unstable', 'pid', 'cpu', 'memory', 'mode'],
      rows: processes.map((process) => [
        String(process.id),
        process.status,
        isOnline(process) ? span(now.getTime() - process.startedAt) : '–',
        String(process.restarts),
        String(process.unstableRestarts),
        String(process.pid || '–'),
        `${process.cpu} %`,
        megabytes(process.memory),
        process.mode,
      ]),
    },
  ];
}

function processParts(home: Pm2Home, process: Process, now: Date): Part[] {
  const online = process.status === 'online';
  const rows: Fact[] = [
    { label: 'status', value: process.status, tone: online ? 'good' : 'bad' },
    ...(online
      ? [
          {
            label: 'up',
            value: [
              span(now.getTime() - process.startedAt),
              ', since ',
              dayTime(new Date(process.startedAt)),
            ],
          },
        ]
      : []),
    { label: 'restarts', value: `${process.restarts}, ${process.unstableRestarts} of them unstable` },
    { label: 'release', value: process.release ?? 'not told' },
    { label: 'version', value: process.version || 'not told' },
    { label: 'CPU, memory', value: `${process.cpu} %, ${megabytes(process.memory)}` },
    { label: 'pid', value: String(process.pid || 'none') },
    { label: 'mode', value: `${process.mode}, ${counted(process.instances, 'instance')}` },
    { label: 'in', value: homeName(home) },
  ];
  return [...(findCrashLoop([process], now) ? [text(warning(process, now))] : []), facts(rows)];
}

function warning({ status, restarts, startedAt }: Process, now: Date): string {
  if (status === 'errored') return `⚠ PM2 gave up on it after ${counted(restarts, 'restart')}.`;
  if (status !== 'online')
    return `⚠ ${counted(restarts, 'restart')}, now ${status}: it may crash again and again.`;
  return `⚠ ${counted(restarts, 'restart')}, up only ${span(now.getTime() - startedAt)}: it may crash again and again.`;
}

/** Where things are: of several processes of one name only what differs. */
function placeParts({ in: home, processes }: Copy): Part[] {
  const rows = new Map<string, Set<string>>();
  for (const process of processes) {
    const places = [
      ['script', process.script],
      ['folder', process.cwd],
      ['Node', process.node],
      ['port', process.port === null ? '' : String(process.port)],
      ['out log', process.outLog],
      ['error log', process.errLog],
    ] as const;
    for (const [label, value] of places) rows.set(label, (rows.get(label) ?? new Set()).add(value));
  }
  rows.set('PM2 home', new Set([home.home]));
  return [
    facts(
      [...rows].flatMap(([label, values]) =>
        [...values].map((value) => ({ label, value: value === '' ? 'not told' : [code(value)] })),
      ),
    ),
  ];
}
