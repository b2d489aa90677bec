import { LogLevel, WebClient } from '@slack/web-api';
import { ulid } from 'ulid';
import {
  bot,
  findChannel,
  findPerson,
  team,
  tokens,
  app as workspaceApp,
} from '../../sandbox/slack/directory.ts';
import type { Dispatcher } from '../../src/core/dispatcher.ts';
import type { Answer } from '../../src/core/reply/answer.ts';
import type { Reply } from '../../src/core/reply/reply.ts';
import { createReplyCache } from '../../src/slack/deliver/reply-cache.ts';
import { createSlackSurface } from '../../src/slack/listeners/listeners.ts';
import { createDeduplicator } from '../../src/slack/verify/deduplicator.ts';
import { createRequestVerifier } from '../../src/slack/verify/request-verifier.ts';
import { createUserDirectory } from '../../src/slack/verify/user-directory.ts';
import type { Stores } from '../../src/stores/stores.ts';
import { startWorkspace } from '../sandbox/slack/workspace-app.ts';

type Asked = Parameters<Dispatcher['line' | 'invoke' | 'operate']>[0];
type Kept = Pick<Stores, 'deduplication' | 'replies'>;

export const newId = () => ulid();

export const reply = (title: string, more: Partial<Reply> = {}): Reply => ({
  title,
  tone: 'info',
  summary: title,
  parts: [],
  actions: [],
  ...more,
});

/** Slack's client, quiet about the failures that tests ask for; `onCall` hears of every call before it is sent. */
export function createWeb(
  url: string,
  onCall: (url: string, body: string) => void = () => undefined,
): WebClient {
  return new WebClient(tokens.bot, {
    slackApiUrl: `${url}/slack/api/`,
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    fetch(input, init) {
      onCall(String(input), String(init?.body));
      return fetch(input, init);
    },
  });
}

/** Stores that live as long as the test; the replies can be forgotten. */
function createMemory(): Kept & { forget(): void } {
  const seen = new Set<string>();
  const replies = new Map<string, string>();
  return {
    deduplication: {
      async first(key) {
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      },
    },
    replies: {
      keep: async (id, json) => void replies.set(id, json),
      find: async (id) => replies.get(id),
    },
    forget: () => replies.clear(),
  };
}

/** The production listeners over Socket Mode in the sandbox's workspace, and behind them a dispatcher that a test scripts. */
export async function startStage({ command = '/d2' } = {}) {
  // Bot and workspace are in one process: what one sends the other has at once.
  const place = await startWorkspace({ settledMs: 100 });
  const posted: string[] = [];
  const web = createWeb(place.url, (url, body) => {
    if (/chat\.post(?:Message|Ephemeral)$/.test(url)) posted.push(body);
  });
  const memory = createMemory();
  const logged: string[] = [];
  const heard: string[] = [];
  const stage = {
    place,
    web,
    heard,
    logged,
    /** The bodies of every post so far. */
    posted,
    memory,
    /** Stand before the memory: stores that are down or hang. */
    stores: memory as Kept,
    script: async (asked: Asked) => {
      await asked.responder.answer({ id: idOf(asked), state: 'done', reply: reply('well') });
    },
    /** Presses, and answers what came of it. */
    async click(user: string, ts: string | undefined, action: string) {
      return (await place.post('click', { user, message: ts, action })).body.messages;
    },
    async say(user: string, text: string, more: { channel?: string; thread?: string } = {}) {
      return (await place.post('say', { user, channel: 'ops', text, ...more })).body.messages;
    },
    /** Types without waiting for an answer that may never come. */
    begin(user: string, text: string, channel = 'ops'): void {
      const person = findPerson(user);
      const where = findChannel(channel, person);
      if (!person || !where) throw new Error(`the workspace has no ${user} or no ${channel}`);
      place.workspace.userActions.say(person, where, text);
    },
    faults: (...faults: object[]) => place.post('faults', faults),
    /** As new, but for what the bot remembers. */
    async reset() {
      await place.post('reset', {});
      await place.post('clock', { advance: '2m' });
      heard.length = 0;
      logged.length = 0;
      stage.stores = memory;
    },
    async close() {
      await slack.stop();
      await place.close();
    },
  };
  const log = {
    info: () => undefined,
    warn: (_: object, message: string) => void logged.push(message),
    error: (fields: object, message: string) =>
      void logged.push(`${message} ${'error' in fields ? String(fields.error) : ''}`),
  };
  const dispatcher: Dispatcher = {
    async line(asked) {
      heard.push(`${asked.caller.name}: ${asked.line}`);
      await stage.script(asked);
    },
    async invoke(asked) {
      heard.push(`${asked.caller.name} pressed ${JSON.stringify(asked.invocation)}`);
      await stage.script(asked);
    },
    async operate(asked) {
      heard.push(`${asked.caller.name} moved ${asked.move}`);
      await stage.script(asked);
    },
  };
  const stores: Kept = {
    deduplication: { first: (key) => stage.stores.deduplication.first(key) },
    replies: {
      keep: (id, json) => stage.stores.replies.keep(id, json),
      find: (id) => stage.stores.replies.find(id),
    },
  };
  const people = createUserDirectory(web, team.id);
  const slack = createSlackSurface({
    tokens,
    apiUrl: `${place.url}/slack/api/`,
    command,
    botUser: bot.user,
    zone: 'Asia/Kuala_Lumpur',
    dispatcher,
    verifier: createRequestVerifier({
      web,
      people,
      app: workspaceApp.id,
      team: team.id,
      enterprise: undefined,
      channels: ['C0OPS', 'C0SHARED'],
    }),
    replyCache: createReplyCache(stores.replies),
    isFirst: createDeduplicator(stores.deduplication),
    web,
    newId,
    log,
    againMs: 50,
    countsForMs: 60_000,
  });
  await slack.start();
  return stage;
}

export type Stage = Awaited<ReturnType<typeof startStage>>;

export const idOf = (asked: Asked): string => ('id' in asked ? asked.id : asked.operation);

/** A script that gives these answers, one after the other. */
export const answering =
  (...answers: Omit<Answer, 'id'>[]) =>
  async (asked: Asked): Promise<void> => {
    for (const answer of answers) await asked.responder.answer({ id: idOf(asked), ...answer });
  };
