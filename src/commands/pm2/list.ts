import { environment } from '../../core/command/kinds.ts';
import { choice, invoke, select } from '../../core/reply/actions.ts';
import { type Fact, facts, note, type Part, type Tone } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Pm2Home, Process } from '../../platform/instances.ts';
import { servicesOf } from '../../platform/services.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import { defineRead } from '../define.ts';
import { counted, cut, megabytes, span, withId } from '../shared/format.ts';
import { valuesOf } from '../shared/inventory.ts';
import { type InstanceProcesses, listHomes, runningOf } from '../shared/processes.ts';
import { homeName, isCrashLooping, judgeProcesses } from '../shared/service-processes.ts';
import { describePm2, pm2Data } from './data.ts';

export const pm2List = defineRead({
  name: 'pm2 list',
  summary: 'PM2’s processes on every instance, in root’s home and the app user’s',
  role: 'viewer',
  everyday: true,
  aliases: ['ps', 'pm2 status', 'pm2 ls', 'pm2 ps'],
  args: { env: environment },
  examples: ['pm2 list', 'ps dev'],
  output: pm2Data,
  async run({ args: { env }, platform, signal }) {
    const here = platform.environment(env);
    const { settings } = here;
    const instances = runningServices(await here.compute.listInstances({ signal }), settings);
    const asked = await listHomes(here, instances, signal);
    const now = platform.clock.now();
    const { title, tone } = headline(asked, env, now);
    const sick = looping(asked, now)[0];
    const sickService = settings.services.find(({ pm2 }) => pm2 === sick?.name);
    return createReply({
      title,
      tone,
      data: describePm2(asked),
      parts: asked.flatMap((answer) => instanceParts(answer, asked.length > 1, now)),
      details: asked.flatMap(tablePart),
      actions: [
        ...(sickService
          ? [invoke('Errors', 'logs', { service: sickService.name, env, level: 'error' })]
          : []),
        ...select(
          'Show',
          settings.services.map(({ name }) => choice(`Show ${name}`, 'pm2 show', { service: name, env })),
        ),
        invoke('Refresh', 'pm2 list', { env }),
      ],
    });
  },
});

/** The running instances of all configured services. Throws what `runningOf` throws when none of them runs. */
function runningServices(instances: readonly Instance[], settings: EnvironmentSettings): Instance[] {
  const running = instances.filter(
    (instance) => instance.state === 'running' && servicesOf(instance, settings).length > 0,
  );
  return running.length > 0 ? running : runningOf(instances, settings.services[0]?.name ?? '', settings);
}

/** What runs or should: a copy that another home's has replaced is shown and not counted. */
const processesOf = ({ homes }: InstanceProcesses): Process[] =>
  valuesOf(homes).flatMap((home) =>
    home.processes.filter(({ name }) => staleness(name, home, valuesOf(homes)) !== 'stale'),
  );

/** What another home's copy makes of one: it fights with it for a port, or is out of date. */
function staleness(name: string, home: Pm2Home, homes: readonly Pm2Home[]): 'rival' | 'stale' | undefined {
  const { meant, rivals, stale } = judgeProcesses(homes, name);
  if (stale.some((copy) => copy.in === home)) return 'stale';
  return rivals.length > 0 && [meant, ...rivals].some((copy) => copy?.in === home) ? 'rival' : undefined;
}

const looping = (asked: readonly InstanceProcesses[], now: Date): Process[] =>
  asked.flatMap(processesOf).filter((process) => isCrashLooping(process, now));

function headline(
  asked: readonly InstanceProcesses[],
  env: string,
  now: Date,
): { title: string; tone: Tone } {
  const all = asked.flatMap(processesOf);
  const loop = looping(asked, now)[0];
  if (loop) return { title: `${env}: ${loop.name} may be in a crash loop`, tone: 'bad' };
  if (asked.some(({ homes }) => !homes.ok)) return { title: `${env}: PM2 unknown`, tone: 'warn' };
  if (all.length === 0) return { title: `${env}: PM2 has no process`, tone: 'bad' };
  const rival = asked
    .flatMap(({ homes }) =>
      valuesOf(homes).flatMap((home) => home.processes.map(({ name }) => ({ name, homes }))),
    )
    .find(({ name, homes }) => judgeProcesses(valuesOf(homes), name).rivals.length > 0);
  if (rival) return { title: `${env}: ${rival.name} runs in two PM2 homes`, tone: 'bad' };
  const online = all.filter(({ status }) => status === 'online').length;
  return {
    title: `${env}: ${online} of ${counted(all.length, 'PM2 process', 'PM2 processes')} online`,
    tone: online === all.length ? 'good' : 'bad',
  };
}

function instanceParts({ instance, homes }: InstanceProcesses, several: boolean, now: Date): Part[] {
  const heading = several ? [note(withId(instance.name, instance.id))] : [];
  if (!homes.ok) {
    return [...heading, facts([{ label: instance.name, value: `unknown: ${homes.reason}`, tone: 'warn' }])];
  }
  return [...heading, ...homes.value.flatMap((home) => homeParts(home, homes.value, now))];
}

function homeParts(home: Pm2Home, homes: readonly Pm2Home[], now: Date): Part[] {
  const which = note(`${homeName(home)} (${home.home})${homeNews(home)}`);
  if (home.processes.length === 0) return [which];
  return [
    which,
    facts(home.processes.map((process) => processFact(process, staleness(process.name, home, homes), now))),
  ];
}

function homeNews({ state, processes }: Pm2Home): string {
  if (state === 'absent') return ': not there';
  if (state === 'not running') return ': no PM2 daemon runs';
  if (state === 'no pm2') return ': PM2 is not installed';
  return processes.length === 0 ? ': its list is empty' : '';
}

function processFact(process: Process, other: ReturnType<typeof staleness>, now: Date): Fact {
  const online = process.status === 'online';
  const up = online ? ` · up ${span(now.getTime() - process.startedAt)}` : '';
  return {
    label: cut(process.name, 40),
    value: [`${process.status}${up}`, `↺ ${process.restarts}`, ...(other ? [besides[other]] : [])].join(
      ' · ',
    ),
    tone: other === 'stale' ? 'warn' : online && !other && !isCrashLooping(process, now) ? 'good' : 'bad',
  };
}

const besides = { stale: 'stale copy: another home has the service', rival: 'runs in another home too' };

function tablePart({ instance, homes }: InstanceProcesses): Part[] {
  if (!homes.ok) return [];
  const rows = homes.value.flatMap((home) =>
    home.processes.map((process) => [
      home.owner || home.home,
      String(process.id),
      cut(process.name, 40),
      process.status,
      String(process.pid || '–'),
      String(process.restarts),
      `${process.cpu} %`,
      megabytes(process.memory),
      process.version || '–',
      process.mode,
    ]),
  );
  const columns = ['of', 'id', 'name', 'status', 'pid', '↺', 'cpu', 'memory', 'version', 'mode'];
  return rows.length === 0
    ? []
    : [note(withId(instance.name, instance.id)), { kind: 'table', columns, rows }];
}
