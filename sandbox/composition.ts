import type { Clock } from './clock.ts';
import { createControl } from './control.ts';
import type { Account, Handle } from './parts.ts';
import { startServer } from './server.ts';
import { tokens } from './slack/people.ts';
import { createWorkspace } from './slack/workspace.ts';

export interface Composition {
  url: string;
  port: number;
  /** What a client must have in its environment to reach this account and this workspace. */
  settings: Record<string, string>;
  close(): Promise<void>;
}

interface Parts {
  /** 0 takes any free one. */
  port: number;
  clock: Clock;
  account: Account;
  page: Handle;
}

/** Puts the account, a Slack workspace, the control API and the page behind one loopback port. */
export async function startComposition({ port: wanted, clock, account, page }: Parts): Promise<Composition> {
  let url = '';
  const workspace = createWorkspace({ baseUrl: () => url, clock });
  const control = createControl({ account, workspace, clock });
  const handles = [workspace.handle, control.handle, account.handle, page];
  const { port, close } = await startServer(wanted, handles, workspace.upgrade);
  url = `http://127.0.0.1:${port}`;

  return {
    url,
    port,
    settings: {
      AWS_ENDPOINT_URL: `${url}/aws`,
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
      AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
      SLACK_API_URL: `${url}/slack/api/`,
      SLACK_BOT_TOKEN: tokens.bot,
      SLACK_APP_TOKEN: tokens.app,
    },
    async close() {
      control.close();
      workspace.close();
      await close();
    },
  };
}
