import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { createClock } from '../../../sandbox/clock.ts';
import { createControl } from '../../../sandbox/control/control.ts';
import type { Account, Fault } from '../../../sandbox/interfaces.ts';
import { startServer } from '../../../sandbox/server.ts';
import { tokens } from '../../../sandbox/slack/directory.ts';
import type { Message } from '../../../sandbox/slack/messages.ts';
import { createWorkspace } from '../../../sandbox/slack/workspace.ts';

/** An empty account that keeps the faults it is given. */
function createEmptyAccount(): Account & { faults: Fault[]; change(): void } {
  const listeners = new Set<() => void>();
  const account = {
    faults: [] as Fault[],
    handle: async () => false,
    resources: () => [],
    ledger: () => [],
    setFaults: (faults: Fault[]) => {
      account.faults = faults;
    },
    reset: async () => {},
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change: () => {
      for (const listener of listeners) listener();
    },
    close: async () => {},
  };
  return account;
}

/** What the control API answers, each with some of these. */
export interface ControlAnswer {
  finished: boolean;
  messages: Message[];
  said: Message;
  error: string;
  now: string;
  connections: number;
  users: unknown[];
  channels: unknown[];
}

/** What the Web API answers, each method with some of these. */
interface WebApiAnswer {
  ok: boolean;
  error: string;
  url: string;
  ts: string;
  message_ts: string;
  message: { blocks: { block_id: string; elements: { action_id: string }[] }[] };
  response_metadata?: { messages: string[] };
  user: Record<string, unknown>;
  channel: Record<string, unknown>;
  users: string[];
}

/** The workspace alone behind its real server, with the control API on top. */
export async function startWorkspace({ settledMs = 250 } = {}) {
  const clock = createClock();
  const account = createEmptyAccount();
  const server = await startServer(0);
  const { url } = server;
  const workspace = createWorkspace({ baseUrl: () => url, clock, settledMs });
  const control = createControl({ account, workspace, clock });
  server.serve([workspace.handle, control.handle], workspace.upgrade);

  async function send(method: string, path: string, body?: unknown) {
    const response = await fetch(`${url}${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as ControlAnswer };
  }

  return {
    url,
    clock,
    account,
    workspace,
    get: async (path: string) => (await send('GET', `/sandbox/${path}`)).body,
    list: async <T>(path: string) => (await (await fetch(`${url}/sandbox/${path}`)).json()) as T[],
    post: (path: string, body: unknown) => send('POST', `/sandbox/${path}`, body),
    /** A Web API call, form-urlencoded as the SDK sends it; objects become JSON strings. */
    async call(method: string, args: Record<string, unknown> = {}, token: string = tokens.bot) {
      const fields = Object.entries(args).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]);
      const response = await fetch(`${url}/slack/api/${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams(Object.fromEntries(fields)),
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as WebApiAnswer,
      };
    },
    async close() {
      control.close();
      workspace.close();
      clock.close();
      await server.close();
    },
  };
}

export type StartedWorkspace = Awaited<ReturnType<typeof startWorkspace>>;

/** The real Bolt app over Socket Mode, with no listener yet. */
export async function startApp(url: string, listen: (app: App) => void) {
  const slackApiUrl = `${url}/slack/api/`;
  const receiver = new SocketModeReceiver({
    appToken: tokens.app,
    logLevel: LogLevel.ERROR,
    // Bolt waits as long before it connects again; its 5 s would outlast Slack's 3 s.
    clientPingTimeout: 1000,
    installerOptions: { clientOptions: { slackApiUrl } },
  });
  const app = new App({
    token: tokens.bot,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl, timeout: 5000, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
  });
  listen(app);
  await app.start();
  return { app, stop: () => app.stop() };
}
