import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { principals } from '../sandbox/aws/auth/authenticate.ts';
import type { AwsCall } from './aws-account.ts';
import type { SlackStub } from './slack-stub.ts';

export const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export interface AwsAccount {
  /** The environment of a process that works with it: as the bot, or as somebody at a terminal. */
  environmentOf(name: string): Record<string, string>;
  /** The calls since the last time. */
  takeCalls(): Promise<AwsCall[]>;
  close(): Promise<void>;
}

/** The sandbox's AWS in a process of its own; each call takes `callMs`, what runs on an instance `ssmMs`. */
export async function startAccount({ callMs = 0, ssmMs = 0 } = {}): Promise<AwsAccount> {
  const folder = await mkdtemp(join(tmpdir(), 'd2-bench-'));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', pathOf('./aws-account.ts'), String(callMs), String(ssmMs)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const [{ url, configuration }] = await Promise.race([once(child, 'message'), died(child, 'AWS')]);
  const config = join(folder, 'd2.yaml');
  await writeFile(config, configuration);
  return {
    environmentOf(name) {
      const { accessKeyId = '', secretAccessKey = '' } = principals.find((one) => one.name === name) ?? {};
      return {
        D2_CONFIG: config,
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'ap-southeast-1',
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        TMPDIR: folder,
      };
    },
    async takeCalls() {
      child.send('calls');
      const [calls] = await once(child, 'message');
      return calls;
    },
    async close() {
      await kill(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface SlackApp {
  pid: number;
  /** From the process's start to its connection. */
  connectedAfterMs: number;
  /** What it wrote to stderr. */
  complaints(): string;
  stop(): Promise<void>;
}

/** A Slack app as a process of its own, connected to the stub. */
export async function startApp(
  slack: SlackStub,
  script: string,
  env: Record<string, string> = {},
): Promise<SlackApp> {
  const connected = slack.connected();
  const began = performance.now();
  const child = spawn(process.execPath, [pathOf(script)], {
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'silent',
      SLACK_API_URL: `${slack.url}/api/`,
      SLACK_BOT_TOKEN: 'xoxb-bench',
      SLACK_APP_TOKEN: 'xapp-bench',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  await Promise.race([connected, died(child, script)]);
  return {
    pid: child.pid ?? 0,
    connectedAfterMs: performance.now() - began,
    complaints: () => complaints,
    stop: () => kill(child),
  };
}

/** Resident memory, in MB. */
export const residentMb = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function died(child: ChildProcess, what: string): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`${what} ended with ${code} before it was ready`);
}
