import type { App } from '@slack/bolt';
import type { Browser, Page } from 'playwright-core';
import { createClock } from '../../../sandbox/clock.ts';
import { createControl } from '../../../sandbox/control/control.ts';
import type { Account, Resource } from '../../../sandbox/interfaces.ts';
import { startServer } from '../../../sandbox/server.ts';
import { servePage } from '../../../sandbox/slack/page/serve.ts';
import { createWorkspace } from '../../../sandbox/slack/workspace.ts';
import { startApp } from '../slack/workspace-app.ts';

/** An account of which a test says what is in it. */
function createScriptedAccount() {
  const listeners = new Set<() => void>();
  let resources: Resource[] = [];
  const account: Account = {
    handle: async () => false,
    resources: () => resources,
    ledger: () => [],
    setFaults: () => {},
    reset: async () => {},
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
  function show(next: Resource[]): void {
    resources = next;
    for (const listener of listeners) listener();
  }
  return { account, show };
}

/** The page on the sandbox's real server and Slack workspace, with a Bolt app that the test scripts. */
export async function startScriptedPage(listen: (app: App) => void) {
  const clock = createClock();
  const { account, show } = createScriptedAccount();
  const server = await startServer(0);
  const { url } = server;
  const workspace = createWorkspace({ baseUrl: () => url, clock });
  const control = createControl({ account, workspace, clock });
  server.serve([workspace.handle, control.handle, await servePage()], workspace.upgrade);
  const { app, stop } = await startApp(url, listen);

  return {
    url,
    app,
    show,
    clock,
    say: (user: string, text: string) => post('say', { user, channel: 'ops', text }),
    reset: () => post('reset', {}),
    async close() {
      await stop();
      control.close();
      workspace.close();
      clock.close();
      await server.close();
    },
  };

  async function post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${url}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}

export type ScriptedPage = Awaited<ReturnType<typeof startScriptedPage>>;

export interface OpenedPage {
  page: Page;
  /** What went wrong in the page: exceptions, console errors, and anything its policy refused. */
  faults: string[];
}

/** A window in which `user` looks at `channel`. */
export async function openPage(
  browser: Browser,
  sandbox: Pick<ScriptedPage, 'url'>,
  place = 'omar/ops',
  options: Parameters<Browser['newContext']>[0] = { viewport: { width: 1280, height: 800 } },
): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  return load(await context.newPage(), sandbox, place);
}

/** The same window, as if it were newly opened: the page keeps nothing that would outlive it. */
export async function reopenPage(
  { page }: OpenedPage,
  sandbox: Pick<ScriptedPage, 'url'>,
  place = 'omar/ops',
): Promise<OpenedPage> {
  page.removeAllListeners();
  await page.unrouteAll();
  await page.goto('about:blank');
  return load(page, sandbox, place);
}

async function load(page: Page, { url }: Pick<ScriptedPage, 'url'>, place: string): Promise<OpenedPage> {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.goto(`${url}/#${place}`);
  await page.locator('[role=log][aria-busy=false]').waitFor();
  return { page, faults };
}
