import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { findPort } from '../../sandbox/port.ts';

export const backend = new URL('../../backend-api/', import.meta.url).pathname;

const lineShape = z.looseObject({ level: z.string(), time: z.iso.datetime(), msg: z.string() });
export type LogLine = z.infer<typeof lineShape>;

export interface Service {
  child: ChildProcess;
  port: number;
  url: string;
  /** What it has logged so far, every line of which must be JSON. */
  lines(stream: 'out' | 'err'): LogLine[];
  /** Its exit code, once it has ended. */
  exit: Promise<number | null>;
  /** Ends it as a deployment does, and waits. */
  stop(): Promise<void>;
}

/** What the service can't do without; nobody answers there. */
export const anyPool = {
  COGNITO_USER_POOL_ID: 'ap-southeast-1_D2SandBox',
  COGNITO_CLIENT_ID: '1ak3tj1bn3neor7hgsjr1ml5h3',
  COGNITO_JWKS_URI: 'http://127.0.0.1:1/jwks.json',
};

const running = new Set<ChildProcess>();

/** Starts the built service with nothing but these settings in its environment. */
export function spawnService(settings: Record<string, string>): Omit<Service, 'port' | 'url'> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: backend,
    env: {
      HOST: '127.0.0.1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...anyPool,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  const written = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    written.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    written.err += chunk.toString();
  });
  const exit = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return z.number().nullable().parse(code);
  });
  return {
    child,
    exit,
    lines: (stream) =>
      written[stream]
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => lineShape.parse(JSON.parse(line))),
    async stop() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** Starts it and waits until it says that it is ready, as PM2 does. */
export async function startService(settings: Record<string, string> = {}): Promise<Service> {
  const port = await findPort();
  const service = spawnService({ PORT: String(port), ...settings });
  const [message] = await Promise.race([
    once(service.child, 'message'),
    service.exit.then((code) => {
      throw new Error(`backend-api ended with ${code}: ${JSON.stringify(service.lines('err'))}`);
    }),
  ]);
  if (message !== 'ready') throw new Error(`backend-api said ${message}`);
  return { ...service, port, url: `http://127.0.0.1:${port}` };
}

/** Kills what a failed test left behind. */
export function killServices(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** `npm run migrate`, with these settings. */
export async function runMigrations(settings: Record<string, string>, cwd = backend) {
  const child = spawn(process.execPath, ['dist/migrate.js'], { cwd, env: settings });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [code] = await once(child, 'close');
  return { code: z.number().nullable().parse(code), output };
}
