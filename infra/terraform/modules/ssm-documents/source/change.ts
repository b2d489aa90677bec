import { setTimeout as sleep } from 'node:timers/promises';
import { type Found, findService } from './find.ts';
import { env, pm2, readHome, readHomes } from './pm2.ts';
import { print } from './print.ts';
import type { Process } from './process.ts';

interface Change {
  verb: 'restart' | 'reload' | 'stop' | 'start';
  /** The status that the process is to end in; one that has it already is left alone if the change only states. */
  wanted: 'online' | 'stopped';
  idempotent?: boolean;
  save?: boolean;
  timeoutMs: number;
}

/** Does one verb to a service that PM2 knows, and prints what it was before and is after. */
export async function change(options: Change): Promise<void> {
  const found = findService(await readHomes());
  if ('error' in found) return print({ service: env('service'), ...found });
  await changeFound(found, options);
}

export async function changeFound(found: Found, options: Change): Promise<void> {
  const { verb, wanted, idempotent = false, save = true, timeoutMs } = options;
  const { home, processes } = found;
  const already = idempotent && processes.every(({ status }) => status === wanted);
  const run = already ? undefined : pm2(home, [verb, ...targets(found, verb)], timeoutMs);
  const after = await settled(home);
  const ended = after.filter(({ status }) => status === wanted).length;
  const error =
    run && !run.ok
      ? run.said
      : ended < processes.length
        ? `the process is ${after.find(({ status }) => status !== wanted)?.status ?? 'gone'}`
        : null;
  const saved = save && error === null && pm2(home, ['save']).ok;
  print({ service: env('service'), home, before: processes[0], after: after[0] ?? null, saved, error });
}

/**
 * Ids, for a name can be `all`, a file or a namespace to PM2. Only a reload goes by name where that is plainly one:
 * given ids, PM2 7 misses `ready` (it compares a string with a number) and waits out the whole listen_timeout.
 */
function targets({ processes }: Found, verb: string): string[] {
  const service = env('service');
  const plain = service !== 'all' && Number.isNaN(Number(service)) && !/\.(json|ya?ml|config)/.test(service);
  return verb === 'reload' && plain ? [service] : processes.map(({ id }) => String(id));
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
