import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** What is told of a PM2 process: chosen fields only, so that no environment value leaves the instance. */
export interface Process {
  name: string;
  id: number;
  pid: number | null;
  status: string;
  /** Milliseconds since 1970; null when it isn't running. */
  startedAt: number | null;
  /** The last time that it was started, whether it runs or not; milliseconds since 1970. */
  lastStart: number | null;
  /** When its log files were last written to; milliseconds since 1970. */
  lastLine: number | null;
  restarts: number;
  unstableRestarts: number;
  /** How often PM2 brought it back between two looks; 0 where nothing suggested a second one. */
  crashes: number;
  /** Per cent of one core. */
  cpu: number;
  /** Bytes. */
  memory: number;
  version: string | null;
  mode: 'cluster' | 'fork';
  instances: number;
  cwd: string;
  script: string;
  node: string | null;
  outLog: string | null;
  errLog: string | null;
  port: number | null;
  release: string | null;
}

/** The part of `pm2 jlist` that is read here. */
export interface Pm2Entry {
  name?: string;
  pid?: number;
  pm_id?: number;
  monit?: { cpu?: number; memory?: number };
  pm2_env?: {
    status?: string;
    pm_uptime?: number;
    /** Set anew by every start, restart and reload that somebody asked for, never when PM2 brings it back. */
    created_at?: number | null;
    kill_timeout?: number | string;
    restart_time?: number;
    unstable_restarts?: number;
    version?: string;
    exec_mode?: string;
    instances?: number;
    pm_cwd?: string;
    pm_exec_path?: string;
    node_version?: string;
    pm_out_log_path?: string;
    pm_err_log_path?: string;
    PORT?: string | number;
    env?: { PORT?: string | number };
  };
}

export function selectProcess(entry: Pm2Entry): Process {
  const own = entry.pm2_env ?? {};
  const cwd = own.pm_cwd ?? '';
  return {
    name: String(entry.name),
    id: Number(entry.pm_id),
    pid: entry.pid || null,
    status: own.status ?? 'unknown',
    startedAt: entry.pid ? (own.pm_uptime ?? null) : null,
    lastStart: own.pm_uptime ?? null,
    lastLine: newest([own.pm_out_log_path, own.pm_err_log_path]),
    restarts: own.restart_time ?? 0,
    unstableRestarts: own.unstable_restarts ?? 0,
    crashes: 0,
    cpu: entry.monit?.cpu ?? 0,
    memory: entry.monit?.memory ?? 0,
    version: own.version ?? null,
    mode: own.exec_mode === 'cluster_mode' ? 'cluster' : 'fork',
    instances: own.instances ?? 1,
    cwd,
    script: own.pm_exec_path ?? '',
    node: own.node_version ?? null,
    outLog: own.pm_out_log_path ?? null,
    errLog: own.pm_err_log_path ?? null,
    port: readPort(own.env?.PORT ?? own.PORT),
    release: findRelease(cwd),
  };
}

function newest(paths: readonly (string | undefined)[]): number | null {
  const times = paths.map((path) => (path ? modifiedAt(path) : 0));
  return Math.max(...times) || null;
}

function modifiedAt(path: string): number {
  try {
    return Math.round(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  } catch {
    // A folder that this user may not enter.
    return 0;
  }
}

function readPort(value: string | number | undefined): number | null {
  const port = Number(value);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}

function findRelease(cwd: string): string | null {
  try {
    const real = realpathSync(cwd);
    return basename(dirname(real)) === 'releases' ? basename(real) : null;
  } catch {
    return null;
  }
}
