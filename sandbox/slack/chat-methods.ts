import { checkBlocks } from './blocks/block-rules.ts';
import { type Args, Refusal } from './call.ts';
import {
  app,
  bot,
  type Channel,
  channels,
  findChannel,
  findDirectMessage,
  findPerson,
  team,
} from './directory.ts';
import type { Message, Messages, StoredBlock } from './messages.ts';

/** Slack cuts or refuses texts above this. */
const longestText = 40_000;

export type Method = (args: Args) => Record<string, unknown>;

/** The message as the Web API and payloads show it. */
export function describeMessage(message: Message): Record<string, unknown> {
  const byBot = message.user === bot.user;
  return {
    type: 'message',
    user: message.user,
    ...(byBot ? { bot_id: bot.id, app_id: app.id } : {}),
    team: team.id,
    text: message.text,
    ts: message.ts,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.files ? { files: message.files } : {}),
    ...(message.thread ? { thread_ts: message.thread } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.edited.ts } } : {}),
  };
}

/** The channel or person that an argument names. Throws Refusal where the bot can't post. */
export function findSendable(args: Args, name = 'channel'): Channel {
  const word = args.text(name);
  const person = findPerson(word);
  const channel = person ? findDirectMessage(person.id) : findChannel(word);
  if (!channel) throw new Refusal('channel_not_found');
  if (!channel.botIsMember) throw new Refusal('not_in_channel');
  return channel;
}

/** Text and blocks of a message, checked. `before` is what an edit leaves as it was. */
export function readContent(args: Args, before?: Message): { text: string; blocks: StoredBlock[] } {
  const text = args.text('text');
  const given = args.json('blocks');
  if (text.length > longestText) throw new Refusal('msg_too_long');
  if (given === undefined || given === null) {
    if (!text) throw new Refusal('no_text');
    return { text, blocks: before?.blocks ?? [] };
  }
  const checked = checkBlocks(given);
  if (!checked.ok) {
    const messages = checked.reasons.map((reason) => `[ERROR] ${reason}`);
    throw new Refusal(checked.error, { errors: checked.reasons, response_metadata: { messages } });
  }
  if (checked.blocks.length === 0 && !text) throw new Refusal('no_text');
  return { text, blocks: checked.blocks };
}

export function createChatMethods(messages: Messages): Record<string, Method> {
  function findOwn(args: Args, refusal: string): Message {
    const channel = channels.find((each) => each.id === args.text('channel'));
    if (!channel) throw new Refusal('channel_not_found');
    const message = messages.find(args.text('ts'), channel.id);
    if (!message || message.ephemeral) throw new Refusal('message_not_found');
    if (message.user !== bot.user) throw new Refusal(refusal);
    return message;
  }

  /** Replies hang on the thread's first message, also when they name a reply. */
  function findThread(args: Args, channel: Channel): string | undefined {
    const ts = args.text('thread_ts');
    if (!ts) return undefined;
    const parent = messages.find(ts, channel.id);
    if (!parent || parent.ephemeral) throw new Refusal('cannot_reply_to_message');
    return parent.thread ?? parent.ts;
  }

  return {
    'chat.postMessage': (args) => {
      const channel = findSendable(args);
      const thread = findThread(args, channel);
      const message = messages.post({ channel: channel.id, user: bot.user, ...readContent(args), thread });
      return { channel: channel.id, ts: message.ts, message: describeMessage(message) };
    },
    'chat.postEphemeral': (args) => {
      const channel = findSendable(args);
      const person = findPerson(args.text('user'));
      if (!person) throw new Refusal('user_not_in_channel');
      const thread = findThread(args, channel);
      const draft = { channel: channel.id, user: bot.user, ...readContent(args), thread };
      return { message_ts: messages.post({ ...draft, ephemeral: person.id }).ts };
    },
    'chat.update': (args) => {
      const message = findOwn(args, 'cant_update_message');
      messages.edit(message, readContent(args, message));
      return {
        channel: message.channel,
        ts: message.ts,
        text: message.text,
        message: describeMessage(message),
      };
    },
    'chat.delete': (args) => {
      const message = findOwn(args, 'cant_delete_message');
      messages.remove(message);
      return { channel: message.channel, ts: message.ts };
    },
    'chat.getPermalink': (args) => {
      const channel = findChannel(args.text('channel'));
      if (!channel) throw new Refusal('channel_not_found');
      const message = messages.find(args.text('message_ts'), channel.id);
      if (!message || message.ephemeral) throw new Refusal('message_not_found');
      const thread = message.thread ? `?thread_ts=${message.thread}&cid=${channel.id}` : '';
      const permalink = `https://${team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`;
      return { channel: channel.id, permalink };
    },
  };
}
