import { setTimeout as sleep } from 'node:timers/promises';
import { countText } from '../../../../../src/platform/pm2-copies.ts';
import { type Found, findToChange } from './find.ts';
import { env, pm2, readHome, readHomes } from './pm2.ts';
import { print } from './print.ts';
import type { Process } from './process.ts';

interface Change {
  verb: 'restart' | 'reload' | 'stop' | 'start';
  /** The status that every process of the service is to end in. */
  wanted: 'online' | 'stopped';
  /** Leaves alone the processes that are where they are wanted, or on their way there. */
  only?: (process: Process) => boolean;
  save?: boolean;
  timeoutMs: number;
}

/** Does one verb to a service that PM2 knows, and prints what its processes were before and are after. */
export async function change(options: Change): Promise<void> {
  const found = findToChange(await readHomes());
  if ('error' in found) return print({ service: env('service'), ...found });
  await changeFound(found, options);
}

export async function changeFound(found: Found, options: Change): Promise<void> {
  const { verb, wanted, only = () => true, save = true, timeoutMs } = options;
  const { home, processes } = found;
  const meant = processes.filter(only);
  const run = meant.length === 0 ? undefined : pm2(home, [verb, ...targets(found, meant, verb)], timeoutMs);
  const after = await settled(home);
  const error = run && !run.ok ? run.said : unended(after, processes.length, wanted);
  const saved = save && error === null && pm2(home, ['save']).ok;
  print({
    service: env('service'),
    home,
    before: processes.map(stateOf),
    after: after.map(stateOf),
    saved,
    error,
  });
}

/** What is told of each process before and after: short, since a service may have one for each processor. */
export const stateOf = ({ id, pid, status, startedAt, restarts }: Process) => ({
  id,
  pid,
  status,
  startedAt,
  restarts,
});

/** What the processes are instead of what they were to be. */
export function unended(after: readonly Process[], count: number, wanted: Change['wanted']): string | null {
  const ended = after.filter(({ status }) => status === wanted);
  if (ended.length >= count) return null;
  if (after.length === 0) return 'the process is gone';
  return count === 1 ? `the process is ${after[0]?.status}` : `of its processes ${countText(after)}`;
}

/**
 * Ids, for a name can be `all`, a file or a namespace to PM2. Only a reload goes by name where that is plainly one:
 * given ids, PM2 7 misses `ready` (it compares a string with a number) and waits out the whole listen_timeout.
 */
function targets({ processes }: Found, meant: readonly Process[], verb: string): string[] {
  const service = env('service');
  const plain = service !== 'all' && Number.isNaN(Number(service)) && !/\.(json|ya?ml|config)/.test(service);
  const byName = verb === 'reload' && plain && meant.length === processes.length;
  return byName ? [service] : meant.map(({ id }) => String(id));
}

/** The service's processes once PM2 no longer calls them on their way. */
async function settled(home: string): Promise<Process[]> {
  for (let look = 0; ; look++) {
    const { processes } = await readHome(home);
    const own = processes.filter(({ name }) => name === env('service'));
    const moving = own.some(({ status }) => ['launching', 'stopping', 'waiting restart'].includes(status));
    if (!moving || look === 10) return own;
    await sleep(500);
  }
}
