import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { pathOf, readBody } from '../http.ts';
import type { RequestHandler } from '../interfaces.ts';
import { type Answer, type Args, answerCall, Refusal, readArgs } from './call.ts';
import { readContent } from './chat-methods.ts';
import { bot } from './directory.ts';
import type { Faults } from './faults.ts';
import type { Message, Messages } from './messages.ts';

const prefix = '/slack/respond/';
const mostUses = 5;
const lifetimeMs = 30 * 60_000;

/** Where a response_url came from; `message` is the one whose button was pressed. */
interface Origin {
  channel: string;
  user: string;
  message?: Message;
}

interface ResponseUrl {
  origin: Origin;
  createdAt: number;
  uses: number;
  /** The message last posted through it. */
  last?: Message;
}

export interface ResponseUrls {
  handle: RequestHandler;
  /** The opaque part of a new response_url. */
  create(origin: Origin): string;
  url(opaque: string): string;
  /** What an acknowledgement with a message in it does; counts no use. Throws Refusal. */
  acknowledge(opaque: string, payload: Record<string, unknown>): void;
  clear(): void;
}

export function createResponseUrls(
  baseUrl: () => string,
  clock: Clock,
  messages: Messages,
  faults: Faults,
): ResponseUrls {
  const urls = new Map<string, ResponseUrl>();

  function apply(opaque: string, url: ResponseUrl, args: Args): void {
    const { origin } = url;
    const existing = [origin.message ?? url.last].find((message) => message && !message.deleted);
    if (args.flag('delete_original')) {
      if (!existing) throw new Refusal('message_not_found');
      messages.remove(existing, opaque);
      return;
    }
    if (args.flag('replace_original') && existing) {
      messages.edit(existing, readContent(args), opaque);
      return;
    }
    const thread = args.text('thread_ts') || undefined;
    const ephemeral = args.text('response_type') === 'in_channel' ? undefined : origin.user;
    const draft = { channel: origin.channel, user: bot.user, ...readContent(args), ephemeral, thread };
    url.last = messages.post(draft, opaque);
  }

  function use(opaque: string, type: string, body: string): Answer {
    const url = urls.get(opaque);
    if (!url) return { status: 404, body: { ok: false, error: 'invalid_url' } };
    if (clock.now().getTime() - url.createdAt > lifetimeMs) {
      return { status: 404, body: { ok: false, error: 'expired_url' } };
    }
    if (url.uses >= mostUses) return { status: 404, body: { ok: false, error: 'used_url' } };
    url.uses += 1;
    try {
      apply(opaque, url, readArgs(type, body, new URLSearchParams()));
      return { status: 200, body: { ok: true } };
    } catch (error) {
      if (error instanceof Refusal) {
        return { status: 400, body: { ok: false, error: error.message, ...error.details } };
      }
      throw error;
    }
  }

  return {
    async handle(request, response) {
      const { pathname } = pathOf(request);
      if (!pathname.startsWith(prefix)) return false;
      const body = await readBody(request);
      const type = request.headers['content-type'] ?? 'application/json';
      await answerCall(request, response, 'response_url', faults.next('response_url'), () =>
        use(pathname.slice(prefix.length), type, body),
      );
      return true;
    },
    create(origin) {
      const opaque = randomBytes(18).toString('base64url');
      urls.set(opaque, { origin, createdAt: clock.now().getTime(), uses: 0 });
      return opaque;
    },
    url: (opaque) => `${baseUrl()}${prefix}${opaque}`,
    acknowledge(opaque, payload) {
      const url = urls.get(opaque);
      if (url)
        apply(opaque, url, readArgs('application/json', JSON.stringify(payload), new URLSearchParams()));
    },
    clear: () => urls.clear(),
  };
}
