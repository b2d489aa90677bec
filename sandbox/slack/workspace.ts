import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Fault, RequestHandler } from '../interfaces.ts';
import { createChatMethods, type Method } from './chat-methods.ts';
import { createFaults } from './faults.ts';
import { createFiles } from './files.ts';
import { createInteractions } from './interactions.ts';
import { createLookupMethods } from './lookup-methods.ts';
import { type Change, createMessages, type Message } from './messages.ts';
import { createRateLimits } from './rate-limits.ts';
import { createResponseUrls } from './response-urls.ts';
import { createSocketMode } from './socket-mode.ts';
import { createTriggerIds } from './trigger-ids.ts';
import { createUserActions, type UserActions } from './user-actions.ts';
import { createViews, type View } from './views.ts';
import { createWebApi } from './web-api.ts';

/** The Slack workspace: what the app reaches by its protocols, and what people in it see and do. */
export interface Workspace {
  /** /slack/api/… and /slack/respond/… */
  handle: RequestHandler;
  /** The WebSocket of Socket Mode; false for other paths. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  userActions: UserActions;
  /** Oldest first. With a user: what that user sees; without: everything. */
  messages(filter: { channel?: string; user?: string }): Message[];
  /** Open modals and Home tabs. */
  views(): View[];
  onMessage(listener: (change: Change) => void): () => void;
  onView(listener: (view: View) => void): () => void;
  /** Those whose action begins with `slack:`. */
  setFaults(faults: readonly Fault[]): void;
  /** How many Socket Mode connections are open. */
  connections(): number;
  /** Asks every Socket Mode connection to come again. */
  disconnect(): void;
  /** The next `times` payloads arrive twice. */
  duplicate(times: number): void;
  /** Empties channels, views, budgets and faults; connections stay. */
  reset(): void;
  close(): void;
}

interface WorkspaceOptions {
  /** Asked for at each use, because the port is known late: `http://127.0.0.1:4000`. */
  baseUrl: () => string;
  clock: Clock;
  /** How long nothing may have changed before an answer counts as the whole answer. */
  settledMs?: number;
}

export function createWorkspace({ baseUrl, clock, settledMs }: WorkspaceOptions): Workspace {
  const messages = createMessages(clock);
  const rateLimits = createRateLimits(clock);
  const faults = createFaults();
  const triggerIds = createTriggerIds();
  const views = createViews(triggerIds);
  const socket = createSocketMode(baseUrl);
  const responseUrls = createResponseUrls(baseUrl, clock, messages, faults);
  const files = createFiles(baseUrl, messages);
  const interactions = createInteractions(messages, settledMs);
  const userActions = createUserActions({
    clock,
    messages,
    responseUrls,
    triggerIds,
    socket,
    interactions,
    views,
  });
  const methods = new Map<string, Method>(
    Object.entries({
      ...createLookupMethods(),
      ...createChatMethods(messages),
      ...files.methods,
      ...views.methods,
      'apps.connections.open': () => ({ url: socket.createUrl() }),
    }),
  );
  const webApi = createWebApi(methods, rateLimits, faults);

  return {
    handle: async (request, response) =>
      (await webApi(request, response)) ||
      (await files.handle(request, response)) ||
      (await responseUrls.handle(request, response)),
    upgrade: socket.upgrade,
    userActions,
    messages: ({ channel, user }) =>
      messages
        .list()
        .filter((message) => !channel || message.channel === channel)
        .filter((message) => !user || !message.ephemeral || message.ephemeral === user),
    views: views.list,
    onMessage: messages.onChange,
    onView: views.onChange,
    setFaults: faults.set,
    connections: socket.connections,
    disconnect: socket.disconnect,
    duplicate: socket.duplicate,
    reset() {
      for (const each of [interactions, messages, rateLimits, triggerIds, views, responseUrls, files])
        each.clear();
      faults.set([]);
    },
    close() {
      userActions.close();
      interactions.close();
      socket.close();
    },
  };
}
