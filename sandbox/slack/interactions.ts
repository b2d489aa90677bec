import { bot } from './directory.ts';
import type { Message, Messages } from './messages.ts';

/** What came of one thing that a person typed or pressed, as far as it has come. */
interface Outcome {
  finished: boolean;
  messages: Message[];
}

export interface Turn {
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

export interface Turns {
  begin(start: Start): Turn;
  /** Ends every wait, finished or not. */
  clear(): void;
  close(): void;
}

/** How long nothing may have changed before an answer counts as the whole answer. */
const settledMs = 250;

const pattern = /^d2:([^:]+):(working|waiting|done|refused|failed|partly|unknown)$/;

/** The invocation or operation that a message tells of, and how it stands: its first block's id. */
function readState(message: Message): { id: string; state: string } | undefined {
  const [, id, state] = pattern.exec(message.blocks[0]?.block_id ?? '') ?? [];
  return id && state ? { id, state } : undefined;
}

interface Live {
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
  wake: () => void;
  end: () => void;
}

const isAt = (place: Start['place'], message: Message) =>
  place !== undefined &&
  place.channel === message.channel &&
  (place.thread === undefined || place.thread === message.thread);

/** How well a message of the bot would answer it: 0 not at all. */
function nearness({ start }: Live, message: Message): number {
  if (message.ephemeral && message.ephemeral !== start.user) return 0;
  if (isAt(start.place, message)) return 3;
  if (!readState(message)) return 0;
  return message.channel === start.channel ? 2 : 1;
}

const hasAnswer = (turn: Live) => turn.own.size + turn.likely.size > 0;

/** Finds, for everything said or pressed, the messages that answer it, wherever the bot put them. */
export function createTurns(messages: Messages): Turns {
  const live = new Set<Live>();
  const known = new Set<string>();

  /** Takes over all that belongs; an answer's id brings the other messages that carry it. */
  function gather(turn: Live, certain: Set<Message>, ids: Set<string>): void {
    for (let before = -1; before !== certain.size + ids.size; ) {
      before = certain.size + ids.size;
      for (const message of certain) {
        const id = readState(message)?.id;
        if (id) ids.add(id);
      }
      for (const message of turn.touched) {
        if (ids.has(readState(message)?.id ?? '')) certain.add(message);
      }
    }
  }

  /**
   * A change that needs no confirmation is answered by a message of its own, which names no asker:
   * it goes to the oldest that has no answer yet, the nearest place first.
   */
  function claim(message: Message): void {
    const fitting = [...live]
      .map((turn) => ({ turn, nearness: nearness(turn, message) }))
      .filter((each) => each.nearness > 0);
    const best = fitting
      .filter(({ turn }) => !hasAnswer(turn))
      .sort((one, other) => other.nearness - one.nearness)[0];
    const turn = best?.turn ?? fitting.findLast((each) => each.nearness === 3)?.turn;
    if (!turn) return;
    turn.likely.add(message);
    gather(turn, turn.likely, new Set());
    touch(turn);
  }

  function touch(turn: Live): void {
    turn.answered = true;
    turn.lastChange = Date.now();
    turn.wake();
  }

  /** An answer for certain shows what was only likely to be somebody else's. */
  function release(turn: Live): void {
    const released = [...turn.likely].filter((message) => !turn.own.has(message));
    turn.likely.clear();
    for (const message of released) claim(message);
  }

  const stop = messages.onChange(({ kind, message, via }) => {
    const id = readState(message)?.id;
    const isNew = id === undefined || !known.has(id);
    if (id) known.add(id);
    for (const turn of live) {
      turn.touched.add(message);
      if (turn.start.via === via || turn.start.clicked === message) turn.own.add(message);
      gather(turn, turn.own, turn.ids);
      if (turn.likely.size > 0) gather(turn, turn.likely, new Set());
    }
    const takers = [...live].filter((turn) => turn.own.has(message) || turn.likely.has(message));
    for (const turn of takers) {
      if (turn.own.has(message) && turn.likely.size > 0) release(turn);
      touch(turn);
    }
    if (takers.length === 0 && kind === 'posted' && isNew && message.user === bot.user) claim(message);
  });

  const standing = (turn: Live) =>
    [...new Set([...turn.own, ...turn.likely])].filter((message) => !message.deleted);

  const isWorking = (turn: Live) => standing(turn).some((message) => readState(message)?.state === 'working');

  /** Milliseconds until it may be called finished, as it stands; undefined while it can't. */
  function left(turn: Live): number | undefined {
    if (!turn.answered || isWorking(turn)) return undefined;
    return Math.max(0, turn.lastChange + settledMs - Date.now());
  }

  function settle(turn: Live, limitMs: number, signal?: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(timer);
        clearTimeout(limit);
        signal?.removeEventListener('abort', end);
        live.delete(turn);
        resolve({
          finished: left(turn) === 0,
          messages: structuredClone(standing(turn).sort((one, other) => one.ts.localeCompare(other.ts))),
        });
      };
      const look = () => {
        clearTimeout(timer);
        const wait = left(turn);
        if (wait === 0) end();
        else if (wait !== undefined) timer = setTimeout(look, wait);
      };
      const limit = setTimeout(end, limitMs);
      signal?.addEventListener('abort', end);
      turn.wake = look;
      turn.end = end;
      look();
    });
  }

  function clear(): void {
    for (const turn of [...live]) turn.end();
  }

  return {
    begin(start) {
      const id = start.clicked && readState(start.clicked)?.id;
      const turn: Live = {
        start,
        touched: new Set(),
        own: new Set(),
        ids: new Set(id ? [id] : []),
        likely: new Set(),
        answered: false,
        lastChange: 0,
        wake: () => {},
        end: () => live.delete(turn),
      };
      live.add(turn);
      return {
        answered: () => touch(turn),
        settle: (limitMs, signal) => settle(turn, limitMs, signal),
      };
    },
    clear,
    close() {
      stop();
      clear();
    },
  };
}
