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
  // By id: names can also be namespaces, files or `all` to PM2.
  const run = already ? undefined : pm2(home, [verb, ...processes.map(({ id }) => String(id))], timeoutMs);
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
