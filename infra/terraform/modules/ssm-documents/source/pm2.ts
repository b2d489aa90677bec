import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { countCrashes } from './crashes.ts';
import { type Pm2Entry, type Process, selectProcess } from './process.ts';

/** A PM2 home on this instance. */
export interface Home {
  home: string;
  owner: string | null;
  state: 'ok' | 'absent' | 'not running' | 'no pm2' | `failed: ${string}`;
  processes: Process[];
}

export interface Pm2Run {
  ok: boolean;
  stdout: string;
  /** The last line that PM2 wrote, for a failure. */
  said: string;
}

/** The homes that the document names, in its order, each with the user whose it is: `/root/.pm2=root,…`. */
export const namedHomes = (): Map<string, string> =>
  new Map(homeWords().map(([home = '', user = '']) => [home, user]));

/** The folder of a home's own node and pm2, where one is named: `/home/app/.pm2=app=/home/app/.volta/bin`. */
const binOf = (home: string): string | undefined => homeWords().find(([name]) => name === home)?.[2];

const homeWords = (): string[][] =>
  env('homes')
    .split(',')
    .map((words) => words.split('='));

/** What root saw of a home that the user of the only Node.js may not look into: see `find-node.sh`. */
const seenByRoot = (home: string): string | undefined =>
  (process.env.SSM_seen ?? '')
    .split(',')
    .map((pair) => pair.split('='))
    .find(([name]) => name === home)?.[1];

/** Whether PM2 can be run in it at all by whoever runs this. */
export const isInReach = (home: string): boolean => seenByRoot(home) === undefined;

/** A parameter of the document; the shell around this has checked that it is there. */
export function env(name: string): string {
  const value = process.env[`SSM_${name}`];
  if (!value) throw new Error(`parameter ${name} is missing`);
  return value;
}

/** Looks at a home without ever starting a daemon: `pm2 jlist` alone would. `crashes`: with a second look at what may be in a crash loop. */
export async function readHome(home: string, { crashes = false } = {}): Promise<Home> {
  const seen = seenByRoot(home);
  if (seen !== undefined) return unreachable(home, seen);
  const stat = statSync(home, { throwIfNoEntry: false });
  if (!stat) return { home, owner: null, state: 'absent', processes: [] };
  const owner = userName(stat.uid);
  if (!hasPm2(home)) return { home, owner, state: 'no pm2', processes: [] };
  const account = accountOf(home);
  if ('error' in account) return { home, owner, state: `failed: ${account.error}`, processes: [] };
  if (!(await answers(join(home, 'rpc.sock')))) return { home, owner, state: 'not running', processes: [] };
  const run = pm2(home, ['jlist']);
  const entries = run.ok ? findList(run.stdout) : undefined;
  if (!entries) return { home, owner, state: `failed: ${run.said}`, processes: [] };
  const looked = crashes
    ? await countCrashes(entries, () => findList(pm2(home, ['jlist']).stdout))
    : undefined;
  const processes = (looked?.entries ?? entries).map((entry) => ({
    ...selectProcess(entry),
    crashes: looked?.crashes.get(entry.pm_id) ?? 0,
  }));
  return { home, owner, state: 'ok', processes };
}

export async function readHomes(how?: { crashes: boolean }): Promise<Home[]> {
  return Promise.all([...namedHomes().keys()].map((home) => readHome(home, how)));
}

function unreachable(home: string, seen: string): Home {
  const owner = namedHomes().get(home) ?? null;
  if (seen === 'absent' || seen === 'not running') return { home, owner, state: seen, processes: [] };
  const state =
    `failed: node and pm2 are not on ${owner}’s PATH, and whoever has them may not look into it` as const;
  return { home, owner, state, processes: [] };
}

/** Runs PM2 as the home's user, and not at all in a home that is another's. The parameters stay out of what PM2 would keep as a process's environment. */
export function pm2(home: string, args: readonly string[], timeoutMs = 15_000): Pm2Run {
  const clean = Object.entries(process.env).filter(([name]) => !/^(AWS_)?SSM_/.test(name));
  const account = accountOf(home);
  if ('error' in account) return { ok: false, stdout: '', said: account.error };
  const { uid, gid } = account;
  const bin = binOf(home);
  if (bin && uid === 0 && !isRoots(join(bin, 'pm2'))) {
    return { ok: false, stdout: '', said: `${bin}/pm2 is not root’s own` };
  }
  const run = spawnSync('pm2', args, {
    ...(uid !== process.getuid?.() && { uid, gid }),
    cwd: existsSync(home) ? dirname(home) : '/',
    env: {
      ...Object.fromEntries(clean),
      PATH: pathOf(home),
      PM2_HOME: home,
      HOME: dirname(home),
      PM2_DISABLE_VERSION_CHECK: 'true',
      NO_COLOR: '1',
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const lines = `${run.stdout ?? ''}\n${run.stderr ?? ''}`.split('\n').filter((line) => line.trim() !== '');
  const said = run.error ? run.error.message : (lines.at(-1) ?? `exit code ${run.status}`).slice(0, 300);
  return { ok: run.status === 0, stdout: run.stdout ?? '', said };
}

interface Account {
  uid: number;
  gid: number;
}

/** The home's user. A home may be a link that somebody else placed: one that its user does not own is refused. */
export function accountOf(home: string): Account | { error: string } {
  const user = namedHomes().get(home) ?? '';
  const account = findAccount(user);
  if (!account) return { error: `there is no user ${user}` };
  const stat = statSync(home, { throwIfNoEntry: false });
  if (!stat || stat.uid === account.uid) return account;
  return { error: `${home} is owned by ${userName(stat.uid)}, not by ${user}` };
}

export function findAccount(user: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const run = spawnSync('id', [flag, user], { encoding: 'utf8', timeout: 5_000 });
    return run.status === 0 ? Number(run.stdout) : undefined;
  });
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

export function hasPm2(home: string): boolean {
  return pathOf(home)
    .split(delimiter)
    .some((folder) => {
      try {
        accessSync(join(folder, 'pm2'), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const pathOf = (home: string): string =>
  [binOf(home), process.env.PATH].filter((part) => part !== undefined).join(delimiter);

function isRoots(file: string): boolean {
  try {
    const { uid, mode } = statSync(file);
    return uid === 0 && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** The JSON in jlist's output: some versions print warnings before it, and those may begin with `[` too. */
function findList(stdout: string): Pm2Entry[] | undefined {
  for (const match of stdout.matchAll(/^\[/gm)) {
    try {
      const parsed: unknown = JSON.parse(stdout.slice(match.index));
      if (Array.isArray(parsed)) return parsed;
    } catch {}
  }
  return undefined;
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (answer: boolean) => {
      client.destroy();
      resolve(answer);
    };
    const client = connect(socket, () => end(true));
    client.setTimeout(2_000, () => end(false));
    client.on('error', () => end(false));
  });
}

function userName(uid: number): string {
  const run = spawnSync('id', ['-un', String(uid)], { encoding: 'utf8', timeout: 5_000 });
  return run.status === 0 ? run.stdout.trim() : String(uid);
}
