import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Account } from '../interfaces.ts';
import type { Workspace } from '../slack/workspace.ts';

/** The page's live feed: `message`, `view`, `resources`, `clock` and `reset`, as server-sent events. */
export interface Events {
  open(response: ServerResponse): void;
  send(event: string, data: unknown): void;
  close(): void;
}

/** Changes of the account come many at once, and the page needs only how it is after them. */
const batchMs = 100;

export function createEvents(parts: { account: Account; workspace: Workspace; clock: Clock }): Events {
  const { account, workspace, clock } = parts;
  const open = new Set<ServerResponse>();
  let pending: NodeJS.Timeout | undefined;

  const line = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  function send(event: string, data: unknown): void {
    for (const response of open) response.write(line(event, data));
  }

  const heartbeat = setInterval(() => {
    for (const response of open) response.write(': still here\n\n');
  }, 15_000).unref();

  const stops = [
    workspace.onMessage(({ message }) => send('message', message)),
    workspace.onView((view) => send('view', view)),
    account.onChange(() => {
      if (open.size === 0) return;
      pending ??= setTimeout(() => {
        pending = undefined;
        send('resources', account.resources());
      }, batchMs).unref();
    }),
  ];

  return {
    open(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(line('clock', { now: clock.now().toISOString() }));
      response.write(line('resources', account.resources()));
      open.add(response);
      response.on('close', () => open.delete(response));
    },
    send,
    close() {
      clearInterval(heartbeat);
      clearTimeout(pending);
      for (const stop of stops) stop();
      for (const response of open) response.end();
    },
  };
}
