import { pathOf, readBody } from '../http.ts';
import type { RequestHandler } from '../interfaces.ts';
import { type Answer, type Args, answerCall, Refusal, readArgs } from './call.ts';
import type { Method } from './chat-methods.ts';
import { tokens } from './directory.ts';
import type { Faults } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';

const prefix = '/slack/api/';
const appMethod = 'apps.connections.open';

function checkToken(method: string, bearer: string): void {
  if (!bearer) throw new Refusal('not_authed');
  const right = method === appMethod ? tokens.app : tokens.bot;
  if (bearer === right) return;
  const known: string[] = Object.values(tokens);
  throw new Refusal(known.includes(bearer) ? 'not_allowed_token_type' : 'invalid_auth');
}

/** Slack's Web API under /slack/api/. A method that isn't there is refused and named on stderr. */
export function createWebApi(
  methods: ReadonlyMap<string, Method>,
  rateLimits: RateLimits,
  faults: Faults,
): RequestHandler {
  function call(method: string, args: Args, bearer: string): Answer {
    try {
      const run = methods.get(method);
      if (!run) {
        process.stderr.write(`sandbox: Slack's ${method} was called, which the sandbox does not have yet\n`);
        throw new Refusal('unknown_method', { req_method: method });
      }
      checkToken(method, bearer);
      const wait = rateLimits.take(method, args.text('channel'));
      if (wait !== undefined) {
        const headers = { 'retry-after': String(wait) };
        return { status: 429, body: { ok: false, error: 'ratelimited' }, headers };
      }
      return { status: 200, body: { ok: true, ...run(args) } };
    } catch (error) {
      if (error instanceof Refusal)
        return { status: 200, body: { ok: false, error: error.message, ...error.details } };
      throw error;
    }
  }

  return async (request, response) => {
    const url = pathOf(request);
    if (!url.pathname.startsWith(prefix)) return false;
    const method = url.pathname.slice(prefix.length);
    const body = await readBody(request);
    const type = request.headers['content-type'] ?? '';
    const bearer = request.headers.authorization?.replace(/^Bearer\s+/i, '');
    await answerCall(request, response, method, faults.next(method), () => {
      try {
        const args = readArgs(type, body, url.searchParams);
        return call(method, args, bearer ?? args.text('token'));
      } catch (error) {
        if (error instanceof Refusal) return { status: 200, body: { ok: false, error: error.message } };
        throw error;
      }
    });
    return true;
  };
}
