import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { listElements, matchElements } from './blocks/elements.ts';
import { Refusal } from './call.ts';
import { app, bot, type Channel, channels, type Person, slackbot } from './directory.ts';
import type { Interaction, Interactions } from './interactions.ts';
import type { Message, Messages } from './messages.ts';
import { blockActions, eventCallback, saidEvent, slashCommand, viewSubmission } from './payloads.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Delivery, SocketMode } from './socket-mode.ts';
import type { TriggerIds } from './trigger-ids.ts';
import { toSlackText } from './typed-text.ts';
import type { Views } from './views.ts';

/** Slack would not let a person do this; the sentence is for the caller of the control API. */
export class UserActionError extends Error {
  readonly status: 400 | 404 | 409;
  readonly details: Record<string, unknown>;
  constructor(status: 400 | 404 | 409, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

export interface UserActions {
  /** Types into a channel. `interaction` is there when the app gets to hear of it, `said` when a message stands there. */
  say(
    person: Person,
    channel: Channel,
    text: string,
    thread?: string,
  ): { interaction?: Interaction; said?: Message };
  /** Presses a button, or chooses an option by its label. Confirm dialogs are taken as accepted. */
  click(person: Person, ts: string, action: string): Interaction;
  /** Submits a modal; `values` by action_id. Answers the fields' errors, if the app finds any. */
  submit(
    person: Person,
    view: string,
    values: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>>;
  close(): void;
}

interface Slack {
  clock: Clock;
  messages: Messages;
  responseUrls: ResponseUrls;
  triggerIds: TriggerIds;
  socket: SocketMode;
  interactions: Interactions;
  views: Views;
}

/** When Slack sends an event again that was not acknowledged: at once, after a minute, after five. */
const retriesMs = [0, 60_000, 300_000];

export function createUserActions(slack: Slack): UserActions {
  const { clock, messages, responseUrls, triggerIds, socket, interactions, views } = slack;

  /** Slackbot speaks to one person alone. */
  function postAsSlackbot(person: Person, channel: Channel, text: string, via: string): void {
    messages.post({ channel: channel.id, user: slackbot, text, ephemeral: person.id }, via);
  }

  async function deliverEvent(channel: Channel, event: Record<string, unknown>): Promise<void> {
    const payload = eventCallback(channel, event);
    const envelope = { type: 'events_api', accepts_response_payload: false, payload } as const;
    const attempt = async (count: number, reason: string): Promise<void> => {
      const again = { retry_attempt: count, ...(count > 0 ? { retry_reason: reason } : {}) };
      const delivery = await socket.send({ ...envelope, ...again });
      const wait = retriesMs[count];
      if (delivery.state === 'acknowledged' || wait === undefined) return;
      const cause = delivery.state === 'timeout' ? 'timeout' : 'connection_failed';
      clock.after(wait, () => void attempt(count + 1, cause));
    };
    await attempt(0, '');
  }

  /** The app hears its own messages in direct messages, too, as at Slack. */
  const stop = messages.onChange(({ kind, message }) => {
    const channel = channels.find((each) => each.id === message.channel);
    if (channel?.kind !== 'im' || message.user !== bot.user || message.ephemeral || kind === 'deleted')
      return;
    const event = saidEvent('message', channel, message);
    if (kind === 'posted') void deliverEvent(channel, event);
    else {
      const { user, text, bot_id: _, ...outer } = event;
      void deliverEvent(channel, { ...outer, subtype: 'message_changed', hidden: true, message: event });
    }
  });

  function failure(delivery: Delivery): string | undefined {
    if (delivery.state === 'acknowledged') return undefined;
    const error = delivery.state === 'timeout' ? 'operation_timeout' : 'dispatch_failed';
    return `${app.command} failed with the error "${error}"`;
  }

  async function command(
    person: Person,
    channel: Channel,
    text: string,
    via: string,
    interaction: Interaction,
  ): Promise<void> {
    const trigger_id = triggerIds.create({ user: person.id, use: () => interaction.answered() });
    const ids = { trigger_id, response_url: responseUrls.url(via) };
    const payload = slashCommand(person, channel, toSlackText(text, 'command'), ids);
    const delivery = await socket.send({ type: 'slash_commands', accepts_response_payload: true, payload });
    const failed = failure(delivery);
    if (failed) return postAsSlackbot(person, channel, failed, via);
    if (delivery.state !== 'acknowledged' || !(delivery.payload.text || delivery.payload.blocks)) return;
    try {
      responseUrls.acknowledge(via, delivery.payload);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      postAsSlackbot(person, channel, `${app.command} failed with the error "${error.message}"`, via);
    }
  }

  function sayCommand(person: Person, channel: Channel, typed: string): { interaction: Interaction } {
    const [, word = '', text = ''] = /^(\/\S*)\s*([\s\S]*)$/.exec(typed) ?? [];
    const via = responseUrls.create({ channel: channel.id, user: person.id });
    const interaction = interactions.begin({ user: person.id, channel: channel.id, via });
    if (word.toLowerCase() === app.command) void command(person, channel, text.trimEnd(), via, interaction);
    else {
      const sentence =
        'In Slack, all messages that start with the "/" character are interpreted as commands.';
      postAsSlackbot(person, channel, `\`${word}\` is not a valid command. ${sentence}`, via);
    }
    return { interaction };
  }

  function sayMessage(person: Person, channel: Channel, typed: string, thread?: string) {
    const parent = thread ? messages.find(thread, channel.id) : undefined;
    if (thread && (!parent || parent.ephemeral)) {
      throw new UserActionError(
        404,
        `There is no message ${thread} in this channel that a thread could hang on.`,
      );
    }
    const text = toSlackText(typed, 'message');
    const root = parent ? (parent.thread ?? parent.ts) : undefined;
    const via = randomUUID();
    const isMention = text.includes(`<@${bot.user}`) && channel.kind === 'channel';
    const reachesApp = isMention || channel.kind === 'im';
    const said = messages.post({ channel: channel.id, user: person.id, text, thread: root });
    if (!reachesApp) return { said };
    const place =
      channel.kind === 'im' ? { channel: channel.id } : { channel: channel.id, thread: root ?? said.ts };
    const interaction = interactions.begin({ user: person.id, channel: channel.id, via, place });
    if (channel.botIsMember) {
      void deliverEvent(channel, saidEvent(isMention ? 'app_mention' : 'message', channel, said, person));
    } else {
      postAsSlackbot(person, channel, `You mentioned <@${bot.user}>, but they're not in this channel.`, via);
    }
    return { interaction, said };
  }

  return {
    say(person, channel, text, thread) {
      if (!text.startsWith('/')) return sayMessage(person, channel, text, thread);
      if (thread) {
        const [word] = text.split(/\s/);
        throw new UserActionError(
          400,
          `${word} is not supported in threads. Sorry! Mention @${bot.name} there instead.`,
        );
      }
      return sayCommand(person, channel, text);
    },
    click(person, ts, action) {
      const message = messages.find(ts);
      const channel = channels.find((each) => each.id === message?.channel);
      if (!message || !channel || (message.ephemeral && message.ephemeral !== person.id)) {
        throw new UserActionError(404, `${person.name} sees no message ${ts}.`);
      }
      const elements = listElements(message);
      const buttons = elements.map((each) => ({ label: each.label, action: each.actionId }));
      const names = buttons.map((each) => `"${each.label}"`).join(', ') || 'none';
      const [element, ...more] = matchElements(elements, action);
      if (!element) {
        throw new UserActionError(
          elements.length > 0 ? 404 : 409,
          `No button "${action}" there. Buttons: ${names}.`,
          { buttons },
        );
      }
      if (more.length > 0) {
        throw new UserActionError(
          409,
          `"${action}" names more than one button: give its action_id. Buttons: ${names}.`,
          { buttons },
        );
      }
      const via = responseUrls.create({ channel: channel.id, user: person.id, message });
      const interaction = interactions.begin({ user: person.id, channel: channel.id, via, clicked: message });
      const trigger_id = triggerIds.create({ user: person.id, use: () => interaction.answered() });
      const payload = blockActions(person, channel, message, element, {
        trigger_id,
        response_url: responseUrls.url(via),
      });
      void socket.send({ type: 'interactive', accepts_response_payload: false, payload });
      return interaction;
    },
    async submit(person, id, values) {
      const view = views.find(id);
      if (!view || view.user !== person.id)
        throw new UserActionError(404, `${person.name} has no view ${id} open.`);
      const inputs = view.blocks.flatMap((block) => {
        const element = block.element as { type: string; action_id: string } | undefined;
        return element ? [{ block: block.block_id, element }] : [];
      });
      const state = inputs.map(({ block, element: { type, action_id } }) => [
        block,
        { [action_id]: { type, value: values[action_id] ?? null } },
      ]);
      const shown = { ...views.describe(view), state: { values: Object.fromEntries(state) } };
      const trigger = triggerIds.create({ user: person.id, use: () => {} });
      const payload = viewSubmission(person, shown, trigger);
      const delivery = await socket.send({ type: 'interactive', accepts_response_payload: true, payload });
      if (delivery.state !== 'acknowledged') {
        throw new UserActionError(
          409,
          'The app did not acknowledge within three seconds: the modal stays open.',
        );
      }
      const { response_action: action, errors, view: next } = delivery.payload;
      if (action === 'errors') return errors as Record<string, string>;
      if (action === 'update' || action === 'push') views.replace(view, next);
      else views.close(id);
      return {};
    },
    close: stop,
  };
}
