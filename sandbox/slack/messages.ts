import type { Clock } from '../clock.ts';

/** A block as it lies in a message; which ones Slack takes is decided in block-rules.ts. */
export type StoredBlock = { type: string; block_id: string } & Record<string, unknown>;

/** A file as a message shows it. */
export interface SharedFile {
  id: string;
  name: string;
  title: string;
  size: number;
}

export interface Message {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks: StoredBlock[];
  files?: SharedFile[];
  /** The one user who sees it. */
  ephemeral?: string;
  /** The ts of the message that the thread hangs on. */
  thread?: string;
  edited?: { ts: string; count: number };
  deleted?: true;
}

/** Something happened to a message. `via` is the opaque part of the response_url it came through. */
export interface Change {
  kind: 'posted' | 'edited' | 'deleted';
  message: Message;
  via?: string;
}

interface Draft {
  channel: string;
  user: string;
  text: string;
  blocks?: StoredBlock[];
  files?: SharedFile[];
  ephemeral?: string;
  thread?: string;
}

/** Everything that was said in the workspace, by people and by the bot, newest last. */
export interface Messages {
  post(draft: Draft, via?: string): Message;
  edit(message: Message, content: { text: string; blocks: StoredBlock[] }, via?: string): void;
  remove(message: Message, via?: string): void;
  find(ts: string, channel?: string): Message | undefined;
  list(): Message[];
  onChange(listener: (change: Change) => void): () => void;
  clear(): void;
}

export function createMessages(clock: Clock): Messages {
  const byTs = new Map<string, Message>();
  const listeners = new Set<(change: Change) => void>();
  let last = 0;

  /** Slack's ts: seconds, a dot, six digits; never twice, always later than the one before. */
  function nextTs(): string {
    last = Math.max(last + 100, clock.now().getTime() * 1000);
    const digits = String(last);
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }

  function tell(change: Change): void {
    for (const listener of [...listeners]) listener(change);
  }

  return {
    post(draft, via) {
      const { blocks = [], ...rest } = draft;
      const message: Message = { ts: nextTs(), ...rest, blocks };
      byTs.set(message.ts, message);
      tell({ kind: 'posted', message, via });
      return message;
    },
    edit(message, { text, blocks }, via) {
      message.text = text;
      message.blocks = blocks;
      message.edited = { ts: nextTs(), count: (message.edited?.count ?? 0) + 1 };
      tell({ kind: 'edited', message, via });
    },
    remove(message, via) {
      message.deleted = true;
      tell({ kind: 'deleted', message, via });
    },
    find(ts, channel) {
      const message = byTs.get(ts);
      if (!message || message.deleted || (channel && message.channel !== channel)) return undefined;
      return message;
    },
    list: () => [...byTs.values()].filter((message) => !message.deleted),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear: () => byTs.clear(),
  };
}
