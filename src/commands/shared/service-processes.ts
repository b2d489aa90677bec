import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Fact } from '../../core/reply/parts.ts';
import { code } from '../../core/reply/text.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Pm2Home, Process } from '../../platform/instances.ts';
import { type Copy, copiesOf, countText, isDown, isOnline, liveCopies } from '../../platform/pm2-copies.ts';

type ServiceCopy = Copy<Process, Pm2Home>;

/** How PM2 has a service on one instance, in all its homes. */
export interface ServiceProcesses {
  /** The copy that runs, or did so last: verbs act on it, and the service is judged by all its processes. */
  meant: ServiceCopy | undefined;
  /** Copies that run besides it: the two fight for one port. */
  rivals: readonly ServiceCopy[];
  /** Copies that do not run, left over in other homes. */
  stale: readonly ServiceCopy[];
}

/** A service on an instance, as people and commands call it. */
export interface ServicePlace {
  instance: Instance;
  env: string;
  service: string;
  /** In PM2. */
  name: string;
}

/** The one judgement of a service's processes on an instance. */
export function judgeProcesses(homes: readonly Pm2Home[], name: string): ServiceProcesses {
  const [meant, ...others] = copiesOf<Process, Pm2Home>(homes, name);
  const rivals = liveCopies(others);
  return { meant, rivals, stale: others.filter((copy) => !rivals.includes(copy)) };
}

/** The service's processes in one home, or in the one that runs it where none is named; none where PM2 knows none. */
export function processesIn(homes: readonly Pm2Home[], name: string, home?: string): readonly Process[] {
  const copies = copiesOf<Process, Pm2Home>(homes, name);
  return (copies.find((copy) => copy.in.home === home) ?? copies[0])?.processes ?? [];
}

export const areOnline = (processes: readonly Process[]): boolean =>
  processes.length > 0 && processes.every(isOnline);

export const areDown = (processes: readonly Process[]): boolean => processes.every(isDown);

/** The first process that seems to crash again and again: PM2 gave up on it, waits to restart it, or has just brought it back. */
export const findCrashLoop = (processes: readonly Process[], now: Date): Process | undefined =>
  processes.find((process) => isCrashLooping(process, now));

/** Restarts that somebody asked for are no sign of it; of those PM2 may count the last as unstable, if it came at once. */
export function isCrashLooping(process: Process, now: Date): boolean {
  if (process.status === 'errored' || process.status === 'waiting restart') return true;
  if (isDown(process)) return false;
  const upMs = now.getTime() - process.startedAt;
  return process.crashes > 0 || (process.unstableRestarts > 1 && upMs < 120_000);
}

/** What a plan saw of them: `online`, `1 of 4 online`. Says no more than that of a crash loop, which changes with every look. */
export function stateText({ meant, rivals, stale }: ServiceProcesses, now: Date): string {
  if (!meant) return countText([]);
  const where = rivals.length + stale.length > 0 ? ` in ${homeName(meant.in)}` : '';
  return `${findCrashLoop(meant.processes, now) ? 'in a crash loop' : countText(meant.processes)}${where}`;
}

/** For a plan's card: every home with a copy of the service, and which of them is acted on. */
export function homesFact({ meant, stale }: ServiceProcesses, verb: string): Fact[] {
  if (!meant || stale.length === 0) return [];
  const told = (copy: ServiceCopy) => `${homeName(copy.in)} (${countText(copy.processes)})`;
  return [
    {
      label: 'PM2 homes',
      value: `${verb} in ${told(meant)}; ${stale.map(told).join(', ')} has an old copy, left alone`,
      tone: 'warn',
    },
  ];
}

/** `stale copy in root’s PM2: stopped`; `undefined` where there is none. */
export const staleText = ({ stale }: ServiceProcesses): string | undefined =>
  stale.length === 0
    ? undefined
    : `stale copy in ${stale.map((copy) => `${homeName(copy.in)}: ${countText(copy.processes)}`).join(', ')}`;

/** Throws `UserError` conflict where two homes run the service: neither is the one that is meant. */
export function assertOneCopy({ meant, rivals }: ServiceProcesses, place: ServicePlace): void {
  if (!meant || rivals.length === 0) return;
  const { instance, env, service, name } = place;
  const homes = [meant, ...rivals].map((copy) => copy.in);
  throw new UserError(
    'conflict',
    `${service} runs in ${homes.length === 2 ? 'two' : homes.length} PM2 homes on ${instance.name}: ${homes.map(({ home }) => home).join(' and ')}.`,
    {
      hint: [
        `Nothing was done. Stop the copy that should not run, on the instance and as ${homes.map(({ owner }) => owner).join(' or ')}: `,
        code(`pm2 delete ${name} && pm2 save`),
        '.',
      ],
      actions: [invoke('Processes', 'pm2 list', { env }), invoke('Show', 'pm2 show', { service, env })],
    },
  );
}

/** The refusal for a service that PM2 does not know: says what PM2 has instead. */
export function notInPm2(
  homes: readonly Pm2Home[],
  { instance, env, service, name }: ServicePlace,
): UserError {
  const { sentence, hint } = absence(homes, name, instance);
  return new UserError('not-found', sentence, {
    hint,
    actions: [
      ...(homes.every((home) => home.state === 'no pm2')
        ? []
        : [invoke(`Start ${service}`, 'pm2 start', { service, env })]),
      invoke('Logs', 'logs', { service, env }),
    ],
  });
}

function absence(homes: readonly Pm2Home[], name: string, instance: Instance) {
  const where = `on ${instance.name}`;
  const looked = `Looked in ${homes.map((home) => home.home).join(' and ')}.`;
  const others = [...new Set(homes.flatMap((home) => home.processes.map((process) => process.name)))];
  if (others.length > 0) {
    return {
      sentence: `PM2 ${where} has no process "${name}".`,
      hint: `It has ${others.slice(0, 8).join(', ')}. ${looked}`,
    };
  }
  if (homes.some((home) => home.state === 'ok')) {
    return {
      sentence: `PM2 runs ${where}, but its list is empty.`,
      hint: `${looked} Start it from its ecosystem file, or deploy it.`,
    };
  }
  if (homes.some((home) => home.state === 'no pm2')) {
    return {
      sentence: `PM2 is not on root’s PATH ${where}, nor in the login shell of its users.`,
      hint: 'If nvm, volta or the like installed it, say its folder: bin in pm2.homes of d2.yaml. If it is not installed, see /var/log/cloud-init-output.log there.',
    };
  }
  return {
    sentence: `PM2 is not running ${where}.`,
    hint: `${looked} Starting ${name} starts PM2 too.`,
  };
}

/** `root’s PM2`, `ec2-user’s PM2`: by the folder that `.pm2` lies in, since one user may own both; else by its owner. */
export function homeName({ home, owner }: Pm2Home): string {
  const person = /\/([^/]+)\/\.pm2$/.exec(home)?.[1] ?? owner;
  return person === '' ? `PM2 in ${home}` : `${person}’s PM2`;
}
