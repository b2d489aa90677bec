import type { Clock } from './clock.ts';
import { createControl } from './control/control.ts';
import type { Account, RequestHandler } from './interfaces.ts';
import type { Server } from './server.ts';
import { tokens } from './slack/directory.ts';
import { createWorkspace } from './slack/workspace.ts';

export interface Endpoints {
  url: string;
  port: number;
  /** What a client must have in its environment to reach this account and this workspace. */
  settings: Record<string, string>;
  close(): Promise<void> | void;
}

interface Parts {
  server: Server;
  clock: Clock;
  account: Account;
  page: RequestHandler;
}

/** Puts the account, a Slack workspace, the control API and the page behind one loopback port. */
export function createEndpoints({ server, clock, account, page }: Parts): Endpoints {
  const { url, port } = server;
  const workspace = createWorkspace({ baseUrl: () => url, clock });
  const control = createControl({ account, workspace, clock });
  server.serve([workspace.handle, control.handle, account.handle, page], workspace.upgrade);

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
    close() {
      control.close();
      workspace.close();
    },
  };
}
