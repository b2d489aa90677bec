import { bot } from './directory.ts';
import type { Message, Messages } from './messages.ts';

/** What came of one thing that a person typed or pressed, as far as it has come. */
interface Outcome {
  finished: boolean;
  messages: Message[];
}

export interface Interaction {
  /** A modal opened, or Slack itself answered: that is an answer too. */
  answered(): void;
  /** Waits until every answer has left the state `working`, `limitMs` real milliseconds at most. */
  settle(limitMs: number, signal?: AbortSignal): Promise<Outcome>;
}

interface Start {
  /** Who said or pressed it, and where. */
  user: string;
  channel: string;
  /** The opaque part of this payload's response_url; Slackbot's own answers carry it too. */
  via: string;
  /** The thread of a mention, or the direct message, where the answer is due. */
  place?: { channel: string; thread?: string };
  /** The message whose button was pressed. */
  clicked?: Message;
}

export interface Interactions {
  begin(start: Start): Interaction;
  /** Ends every wait, finished or not. */
  clear(): void;
  close(): void;
}

const pattern = /^d2:([^:]+):(working|waiting|done|refused|failed|partly|unknown)$/;

/** The invocation or operation that a message tells of, and how it stands: its first block's id. */
function readState(message: Message): { id: string; state: string } | undefined {
  const [, id, state] = pattern.exec(message.blocks[0]?.block_id ?? '') ?? [];
  return id && state ? { id, state } : undefined;
}

interface OpenInteraction {
  start: Start;
  /** Touched since it began, belonging or not: an id may be learnt later. */
  touched: Set<Message>;
  /** Belongs for certain: by response_url, by the click, or by an id of these. */
  own: Set<Message>;
  ids: Set<string>;
  /** Belongs as far as one can tell: new, said by the bot, and nobody else's. */
  likely: Set<Message>;
  answered: boolean;
  lastChange: number;
  recheck: () => void;
  end: () => void;
}

const isIn = (place: Start['place'], message: Message) =>
  place !== undefined &&
  place.channel === message.channel &&
  (place.thread === undefined || place.thread === message.thread);

/** How well a message of the bot would answer it: 0 not at all. */
function nearness({ start }: OpenInteraction, message: Message): number {
  if (message.ephemeral && message.ephemeral !== start.user) return 0;
  if (isIn(start.place, message)) return 3;
  if (!readState(message)) return 0;
  return message.channel === start.channel ? 2 : 1;
}

const hasAnswer = (interaction: OpenInteraction) => interaction.own.size + interaction.likely.size > 0;

/**
 * Finds, for everything said or pressed, the messages that answer it, wherever the bot put them. An answer counts as the
 * whole answer once nothing has changed for `settledMs`.
 */
export function createInteractions(messages: Messages, settledMs = 250): Interactions {
  const open = new Set<OpenInteraction>();
  const known = new Set<string>();

  /** Adds every touched message that carries an id of these, since one operation answers with several messages. */
  function collect(interaction: OpenInteraction, certain: Set<Message>, ids: Set<string>): void {
    for (let before = -1; before !== certain.size + ids.size; ) {
      before = certain.size + ids.size;
      for (const message of certain) {
        const id = readState(message)?.id;
        if (id) ids.add(id);
      }
      for (const message of interaction.touched) {
        if (ids.has(readState(message)?.id ?? '')) certain.add(message);
      }
    }
  }

  /**
   * A change that needs no confirmation is answered by a message of its own, which names no asker:
   * it goes to the oldest that has no answer yet, the nearest place first.
   */
  function claim(message: Message): void {
    const candidates = [...open]
      .map((interaction) => ({ interaction, nearness: nearness(interaction, message) }))
      .filter((each) => each.nearness > 0);
    const best = candidates
      .filter(({ interaction }) => !hasAnswer(interaction))
      .sort((one, other) => other.nearness - one.nearness)[0];
    const interaction = best?.interaction ?? candidates.findLast((each) => each.nearness === 3)?.interaction;
    if (!interaction) return;
    interaction.likely.add(message);
    collect(interaction, interaction.likely, new Set());
    touch(interaction);
  }

  function touch(interaction: OpenInteraction): void {
    interaction.answered = true;
    interaction.lastChange = Date.now();
    interaction.recheck();
  }

  /** Gives back what was only likely: an answer that is certain has come instead. */
  function release(interaction: OpenInteraction): void {
    const released = [...interaction.likely].filter((message) => !interaction.own.has(message));
    interaction.likely.clear();
    for (const message of released) claim(message);
  }

  const stop = messages.onChange(({ kind, message, via }) => {
    const id = readState(message)?.id;
    const isNew = id === undefined || !known.has(id);
    if (id) known.add(id);
    for (const interaction of open) {
      interaction.touched.add(message);
      if (interaction.start.via === via || interaction.start.clicked === message)
        interaction.own.add(message);
      collect(interaction, interaction.own, interaction.ids);
      if (interaction.likely.size > 0) collect(interaction, interaction.likely, new Set());
    }
    const owners = [...open].filter(
      (interaction) => interaction.own.has(message) || interaction.likely.has(message),
    );
    for (const interaction of owners) {
      if (interaction.own.has(message) && interaction.likely.size > 0) release(interaction);
      touch(interaction);
    }
    if (owners.length === 0 && kind === 'posted' && isNew && message.user === bot.user) claim(message);
  });

  const messagesOf = (interaction: OpenInteraction) =>
    [...new Set([...interaction.own, ...interaction.likely])].filter((message) => !message.deleted);

  const isWorking = (interaction: OpenInteraction) =>
    messagesOf(interaction).some((message) => readState(message)?.state === 'working');

  /** Milliseconds until it may be called finished, as it stands; undefined while it can't. */
  function left(interaction: OpenInteraction): number | undefined {
    if (!interaction.answered || isWorking(interaction)) return undefined;
    return Math.max(0, interaction.lastChange + settledMs - Date.now());
  }

  function settle(interaction: OpenInteraction, limitMs: number, signal?: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(timer);
        clearTimeout(limit);
        signal?.removeEventListener('abort', end);
        open.delete(interaction);
        resolve({
          finished: left(interaction) === 0,
          messages: structuredClone(
            messagesOf(interaction).sort((one, other) => one.ts.localeCompare(other.ts)),
          ),
        });
      };
      const look = () => {
        clearTimeout(timer);
        const wait = left(interaction);
        if (wait === 0) end();
        else if (wait !== undefined) timer = setTimeout(look, wait);
      };
      const limit = setTimeout(end, limitMs);
      signal?.addEventListener('abort', end);
      interaction.recheck = look;
      interaction.end = end;
      look();
    });
  }

  function clear(): void {
    for (const interaction of [...open]) interaction.end();
  }

  return {
    begin(start) {
      const id = start.clicked && readState(start.clicked)?.id;
      const interaction: OpenInteraction = {
        start,
        touched: new Set(),
        own: new Set(),
        ids: new Set(id ? [id] : []),
        likely: new Set(),
        answered: false,
        lastChange: 0,
        recheck: () => {},
        end: () => open.delete(interaction),
      };
      open.add(interaction);
      return {
        answered: () => touch(interaction),
        settle: (limitMs, signal) => settle(interaction, limitMs, signal),
      };
    },
    clear,
    close() {
      stop();
      clear();
    },
  };
}
