import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writePm2Command } from '../../sandbox/instance/pm2-command.ts';

const entrySchema = z.looseObject({
  name: z.string(),
  pid: z.number(),
  pm2_env: z.looseObject({
    status: z.string(),
    exec_mode: z.string(),
    restart_time: z.number(),
    kill_timeout: z.number(),
    PORT: z.string().optional(),
  }),
});

export interface Pm2 {
  /** Runs `pm2 …` and returns what it printed; throws that when it fails. */
  run(...args: string[]): Promise<string>;
  /** The only process that it keeps. */
  show(): Promise<z.infer<typeof entrySchema>>;
  /** All that `pm2 jlist` and the saved list say, as text. */
  tell(): Promise<string>;
  /** The lines of one of backend-api's log files, all of which must be JSON. */
  log(stream: 'out' | 'error'): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A PM2 of the test's own, in a home whose path is short enough for its sockets. */
export async function startPm2(shell: Record<string, string> = {}): Promise<Pm2> {
  const folder = await mkdtemp(join(tmpdir(), 'd2p-'));
  const home = join(folder, '.pm2');
  await mkdir(home);
  // PM2 greets a home without this file and tells its makers of the installation.
  await writeFile(join(home, 'touch'), '');
  const command = join(folder, 'pm2.cjs');
  await writePm2Command(command);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    PM2_HOME: home,
    PM2_DISABLE_VERSION_CHECK: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...shell,
  };

  const run: Pm2['run'] = (...args) =>
    new Promise((resolve, reject) => {
      const options = { cwd: folder, env, maxBuffer: 2 ** 26 };
      execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) =>
        error ? reject(new Error(`pm2 ${args.join(' ')}: ${stdout}${stderr}`)) : resolve(stdout),
      );
    });

  return {
    run,
    async show() {
      const list = await run('jlist');
      const entries = z.array(entrySchema).parse(JSON.parse(list.slice(list.search(/^\[/m))));
      const [only] = entries;
      if (!only || entries.length > 1) throw new Error(`${entries.length} processes`);
      return only;
    },
    async tell() {
      await run('save');
      return `${await run('jlist')}\n${await readFile(join(home, 'dump.pm2'), 'utf8')}`;
    },
    async log(stream) {
      const text = await readFile(join(home, 'logs', `backend-api-${stream}.log`), 'utf8');
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
    },
    async close() {
      await run('kill');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
