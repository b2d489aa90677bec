import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { BodyError, pathOf, readBody, sendJson } from '../http.ts';
import type { Account, RequestHandler } from '../interfaces.ts';
import {
  app,
  bot,
  type Channel,
  channels,
  findChannel,
  findPerson,
  type Person,
  people,
  team,
} from '../slack/directory.ts';
import type { Interaction } from '../slack/interactions.ts';
import { UserActionError } from '../slack/user-actions.ts';
import type { Workspace } from '../slack/workspace.ts';
import { createEvents } from './events.ts';
import * as input from './input.ts';

export interface Control {
  handle: RequestHandler;
  close(): void;
}

/** How long `say` and `click` wait for the end of what they began; real milliseconds. */
const longestWaitMs = 120_000;

async function readInput<T extends z.ZodType>(request: IncomingMessage, shape: T): Promise<z.infer<T>> {
  const body = await readBody(request, 200_000);
  let value: unknown;
  try {
    value = JSON.parse(body || '{}');
  } catch {
    throw new BodyError(400, 'The body is not JSON.');
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new BodyError(400, `Not understood: ${faults.join('; ')}.`);
}

function findCaller(word: string): Person {
  const person = findPerson(word);
  if (person) return person;
  throw new BodyError(
    404,
    `Nobody is called "${word}". People: ${people.map((each) => each.name).join(', ')}.`,
  );
}

function findPlace(word: string, person?: Person): Channel {
  const channel = findChannel(word, person);
  if (channel) return channel;
  const names = channels.filter((each) => !each.person).map((each) => each.name);
  throw new BodyError(
    404,
    `No channel is called "${word}". Channels: ${names.join(', ')}, or dm (with a user).`,
  );
}

const describeWorkspace = () => ({
  team,
  app: { ...app, bot },
  users: people.map(({ realName, restricted, stranger, ...person }) => ({
    ...person,
    real_name: realName,
    is_restricted: restricted,
    is_stranger: stranger,
  })),
  channels: channels.map(({ extShared, botIsMember, ...channel }) => ({
    ...channel,
    is_ext_shared: extShared,
    bot_is_member: botIsMember,
  })),
});

/** The sandbox's own API under /sandbox/: people's userActions, the clock, faults, and what there is to see. */
export function createControl(parts: { account: Account; workspace: Workspace; clock: Clock }): Control {
  const { account, workspace, clock } = parts;
  const events = createEvents(parts);

  function wait(interaction: Interaction, response: ServerResponse) {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    return interaction.settle(longestWaitMs, gone.signal);
  }

  type Answer = (request: IncomingMessage, query: URLSearchParams, response: ServerResponse) => unknown;
  const routes: Readonly<Record<string, Answer>> = {
    async 'POST say'(request, _, response) {
      const { user, channel, text, thread } = await readInput(request, input.say);
      const person = findCaller(user);
      const { interaction, said } = workspace.userActions.say(
        person,
        findPlace(channel, person),
        text,
        thread,
      );
      const outcome = interaction ? await wait(interaction, response) : { finished: true, messages: [] };
      return said ? { ...outcome, said } : outcome;
    },
    async 'POST click'(request, _, response) {
      const { user, message, action } = await readInput(request, input.click);
      return wait(workspace.userActions.click(findCaller(user), message, action), response);
    },
    async 'POST submit'(request) {
      const { user, view, values } = await readInput(request, input.submit);
      return { errors: await workspace.userActions.submit(findCaller(user), view, values) };
    },
    'GET messages'(_, query) {
      const person = query.get('user') ? findCaller(query.get('user') ?? '') : undefined;
      const channel = query.get('channel') ? findPlace(query.get('channel') ?? '', person) : undefined;
      return workspace.messages({ channel: channel?.id, user: person?.id });
    },
    'GET views'(_, query) {
      const person = query.get('user') ? findCaller(query.get('user') ?? '') : undefined;
      return workspace.views().filter((view) => !person || view.user === person.id);
    },
    'GET workspace': describeWorkspace,
    'GET resources': () => account.resources(),
    'GET ledger': () => account.ledger(),
    'GET clock': () => ({ now: clock.now().toISOString() }),
    async 'POST clock'(request) {
      const { advance } = await readInput(request, input.clock);
      clock.advance(advance);
      const now = { now: clock.now().toISOString() };
      events.send('clock', now);
      return now;
    },
    async 'POST faults'(request) {
      const faults = await readInput(request, input.faults);
      const isSlack = (action: string) => action.startsWith('slack:');
      workspace.setFaults(faults.filter((each) => isSlack(each.action)));
      account.setFaults(faults.filter((each) => !isSlack(each.action)));
      return { faults };
    },
    'GET socket': () => ({ connections: workspace.connections() }),
    async 'POST socket'(request) {
      const { disconnect, duplicate } = await readInput(request, input.socket);
      if (duplicate !== undefined) workspace.duplicate(duplicate);
      if (disconnect) workspace.disconnect();
      return { connections: workspace.connections() };
    },
    async 'POST reset'() {
      workspace.reset();
      await account.reset();
      events.send('reset', {});
      return { ok: true };
    },
  };

  return {
    async handle(request, response) {
      const url = pathOf(request);
      if (!url.pathname.startsWith('/sandbox/')) return false;
      const name = `${request.method} ${url.pathname.slice('/sandbox/'.length)}`;
      if (name === 'GET events') {
        events.open(response);
        return true;
      }
      const answer = Object.hasOwn(routes, name) ? routes[name] : undefined;
      try {
        if (!answer) {
          throw new BodyError(
            404,
            `There is no ${name}. There is: ${Object.keys(routes).join(', ')}, GET events.`,
          );
        }
        sendJson(response, 200, await answer(request, url.searchParams, response));
      } catch (error) {
        if (error instanceof UserActionError)
          sendJson(response, error.status, { error: error.message, ...error.details });
        else if (error instanceof BodyError) sendJson(response, error.status, { error: error.message });
        else throw error;
      }
      return true;
    },
    close: events.close,
  };
}
