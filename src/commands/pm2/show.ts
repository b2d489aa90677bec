import { environment, service } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { type Fact, facts, note, type Part, text } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { code, dayTime } from '../../core/reply/text.ts';
import { pm2Name } from '../../platform/services.ts';
import { defineRead } from '../define.ts';
import { counted, megabytes, span } from '../shared/format.ts';
import {
  type FoundProcess,
  findProcesses,
  findRunning,
  homeName,
  isCrashLooping,
  listHomes,
} from '../shared/processes.ts';
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
    const several = asked.length > 1;
    const shown = asked.map(({ instance, homes }) => ({
      instance,
      homes,
      found: homes.ok ? findProcesses(homes.value, name, { instance, ...args }) : [],
    }));
    const all = shown.flatMap(({ found }) => found);
    const loop = all.find(({ process }) => isCrashLooping(process, now));
    const down = all.find(({ process }) => process.status !== 'online');
    const state = loop ? 'may be in a crash loop' : down ? `is ${down.process.status}` : 'is online';
    return createReply({
      data: describePm2(asked, name),
      title: `${args.service} ${state} in ${args.env}`,
      tone: loop || down ? 'bad' : shown.some(({ homes }) => !homes.ok) ? 'warn' : 'good',
      parts: shown.flatMap(({ instance, homes, found }): Part[] => [
        ...(several ? [note(`${instance.name} (${instance.id})`)] : []),
        ...(homes.ok ? found.flatMap((one) => processParts(one, now)) : [text(`unknown: ${homes.reason}`)]),
        ...(found.length > 1
          ? [text('⚠ It stands in both PM2 homes: two copies may fight for one port.')]
          : []),
      ]),
      details: all.flatMap(placeParts),
      actions: [
        ...(loop || down
          ? [invoke('Errors', 'logs', { ...args, level: 'error' })]
          : [invoke('Logs', 'logs', args)]),
        invoke('Restart', 'pm2 restart', args),
        invoke('Health', 'health', args),
        invoke('Refresh', 'pm2 show', args),
      ],
    });
  },
});

function processParts({ home, process }: FoundProcess, now: Date): Part[] {
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
  return [...(isCrashLooping(process, now) ? [text(warning({ home, process }, now))] : []), facts(rows)];
}

function warning({ process }: FoundProcess, now: Date): string {
  if (process.status === 'errored')
    return `⚠ PM2 gave up on it after ${counted(process.restarts, 'restart')}.`;
  return `⚠ ${counted(process.restarts, 'restart')}, up only ${span(now.getTime() - process.startedAt)}: it may crash again and again.`;
}

function placeParts({ home, process }: FoundProcess): Part[] {
  const place = (label: string, value: string): Fact => ({
    label,
    value: value === '' ? 'not told' : [code(value)],
  });
  return [
    facts([
      place('script', process.script),
      place('folder', process.cwd),
      place('Node', process.node),
      place('port', process.port === null ? '' : String(process.port)),
      place('out log', process.outLog),
      place('error log', process.errLog),
      place('PM2 home', home.home),
    ]),
  ];
}
