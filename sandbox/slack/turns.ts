import type { Message, Messages } from './messages.ts';
import { bot } from './people.ts';

/** What came of one thing that a person typed or pressed, as far as it has come. */
export interface Outcome {
  finished: boolean;
  messages: Message[];
}

export interface Turn {
  /** A modal opened, or Slack itself answered: that is an answer too. */
  answered(): void;
  /** Waits until every answer has left the state `working`, `limitMs` real milliseconds at most. */
  settle(limitMs: number, signal?: AbortSignal): Promise<Outcome>;
}

export interface Start {
  /** The opaque part of this payload's response_url; Slackbot's own answers carry it too. */
  via: string;
  /** The thread of a mention, or the direct message: what the bot says there answers it. */
  place?: { channel: string; thread?: string };
  /** The message whose button was pressed. */
  clicked?: Message;
}

export interface Turns {
  begin(start: Start): Turn;
  close(): void;
}

/** How long nothing may have changed before an answer counts as the whole answer. */
const settledMs = 250;

const pattern = /^d2:([^:]+):(working|waiting|done|refused|failed|partly|unknown)$/;

/** The invocation or operation that a message tells of, and how it stands: its first block's id. */
export function readState(message: Message): { id: string; state: string } | undefined {
  const [, id, state] = pattern.exec(message.blocks[0]?.block_id ?? '') ?? [];
  return id && state ? { id, state } : undefined;
}

interface Live {
  start: Start;
  /** Touched since it began, belonging or not: an id may be learnt later. */
  touched: Set<Message>;
  own: Set<Message>;
  ids: Set<string>;
  answered: boolean;
  lastChange: number;
  wake: () => void;
}

const isAt = (place: Start['place'], message: Message) =>
  place !== undefined &&
  place.channel === message.channel &&
  (place.thread === undefined || place.thread === message.thread);

/** Finds, for everything said or pressed, the messages that answer it, wherever the bot put them. */
export function createTurns(messages: Messages): Turns {
  const live = new Set<Live>();
  const known = new Set<string>();

  /** Takes over all that belongs; an answer's id brings the other messages that carry it. */
  function gather(turn: Live): void {
    for (let before = -1; before !== turn.own.size + turn.ids.size; ) {
      before = turn.own.size + turn.ids.size;
      for (const message of turn.own) {
        const id = readState(message)?.id;
        if (id) turn.ids.add(id);
      }
      for (const message of turn.touched) {
        if (turn.ids.has(readState(message)?.id ?? '')) turn.own.add(message);
      }
    }
  }

  /** What the bot says in a thread or a direct message answers the oldest there that has no answer yet. */
  function claimByPlace(message: Message, id: string | undefined, isNew: boolean): Live | undefined {
    if (message.user !== bot.user || (id && !isNew)) return undefined;
    const here = [...live].filter((turn) => isAt(turn.start.place, message));
    return here.find((turn) => turn.own.size === 0) ?? here.at(-1);
  }

  const stop = messages.onChange(({ kind, message, via }) => {
    const id = readState(message)?.id;
    const isNew = id !== undefined && !known.has(id);
    if (id) known.add(id);
    for (const turn of live) {
      turn.touched.add(message);
      if (turn.start.via === via || turn.start.clicked === message) turn.own.add(message);
      gather(turn);
    }
    const claimed = [...live].some((turn) => turn.own.has(message));
    const turn = claimed || kind !== 'posted' ? undefined : claimByPlace(message, id, isNew);
    if (turn) {
      turn.own.add(message);
      gather(turn);
    }
    for (const each of live) {
      if (!each.own.has(message)) continue;
      each.answered = true;
      each.lastChange = Date.now();
      each.wake();
    }
  });

  const isWorking = (turn: Live) =>
    [...turn.own].some((message) => !message.deleted && readState(message)?.state === 'working');

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
        const standing = [...turn.own].filter((message) => !message.deleted);
        resolve({
          finished: left(turn) === 0,
          messages: structuredClone(standing.sort((one, other) => one.ts.localeCompare(other.ts))),
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
      look();
    });
  }

  return {
    begin(start) {
      const id = start.clicked && readState(start.clicked)?.id;
      const turn: Live = {
        start,
        touched: new Set(),
        own: new Set(),
        ids: new Set(id ? [id] : []),
        answered: false,
        lastChange: 0,
        wake: () => {},
      };
      live.add(turn);
      return {
        answered() {
          turn.answered = true;
          turn.lastChange = Date.now();
          turn.wake();
        },
        settle: (limitMs, signal) => settle(turn, limitMs, signal),
      };
    },
    close() {
      stop();
      live.clear();
    },
  };
}
