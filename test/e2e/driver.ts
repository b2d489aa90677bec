import { setTimeout as delay } from 'node:timers/promises';
import type { Disturbance } from '../../sandbox/aws/account.ts';
import type { Fault, LedgerEntry } from '../../sandbox/interfaces.ts';
import { type SandboxWithBot, startSandboxWithBot } from '../../sandbox/sandbox-with-bot.ts';
import type { WorldName } from '../../sandbox/worlds/worlds.ts';

interface Said {
  ts: string;
  channel: string;
  user: string;
  text: string;
  ephemeral?: string;
  thread?: string;
  /** `done`, `refused` … of the bot's block id. */
  state: string;
  /** The id of the block id: the operation's, if it is a change. */
  id: string;
  /** Everything readable of it: text, blocks, buttons' labels. */
  words: string;
  buttons: string[];
}

interface Raw {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks: { block_id: string; [key: string]: unknown }[];
  ephemeral?: string;
  thread?: string;
}

interface Place {
  channel?: string;
  thread?: string;
}

export type Driver = Awaited<ReturnType<typeof drive>>;

/** Everybody's hands on one sandbox with the production bot in it: what they say and press, and what came of it. */
export async function drive({
  speed = 200,
  extra = {} as Record<string, string>,
  world = 'own' as WorldName,
} = {}) {
  const sandbox: SandboxWithBot = await startSandboxWithBot({ speed, extra, world });

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
  const read = async (query = '') => ((await call('GET', `messages${query}`)) as Raw[]).map(readMessage);
  const outcome = (answer: unknown) => {
    const { messages } = answer as { messages: Raw[] };
    const said = messages.map(readMessage);
    const last = said.at(-1);
    if (!last)
      throw new Error(`no answer came; the bot's last words: ${sandbox.bot().log().slice(-5).join('\n')}`);
    return { ...last, all: said };
  };

  const driver = {
    sandbox,
    /** Types, waits until the bot has answered for good, and answers the last of its messages. */
    async say(user: string, text: string, { channel = 'ops', thread }: Place = {}) {
      // Slack lets groups' members be asked for twenty times a minute; nobody types as fast as a test.
      await call('POST', 'clock', { advance: '15s' });
      return outcome(await call('POST', 'say', { user, channel, text, ...(thread && { thread }) }));
    },
    /** Types and does not wait for what comes of it. */
    begin(user: string, text: string, { channel = 'ops' }: Place = {}): void {
      void call('POST', 'say', { user, channel, text }).catch(() => undefined);
    },
    async click(user: string, message: { ts: string }, action: string) {
      return outcome(await call('POST', 'click', { user, message: message.ts, action }));
    },
    press(user: string, message: { ts: string }, action: string): void {
      void call('POST', 'click', { user, message: message.ts, action }).catch(() => undefined);
    },
    messages: (channel?: string) => read(channel ? `?channel=${channel}` : ''),
    ledger: async () => (await call('GET', 'ledger')) as LedgerEntry[],
    /** What was changed in AWS besides the bot's own books, in order: `StopInstances`. */
    async changes(operation?: string): Promise<string[]> {
      const entries = (await driver.ledger()).filter((entry) => isChange(entry));
      return entries
        .filter((entry) => operation === undefined || entry.operation === operation)
        .map((entry) => (entry.action === 'SendCommand' ? String(entry.details.document) : entry.action));
    },
    async state(kind: string): Promise<string[]> {
      const all = (await call('GET', 'resources')) as { kind: string; state: string }[];
      return all.filter((one) => one.kind === kind).map((one) => one.state);
    },
    faults: (...faults: Fault[]) => call('POST', 'faults', faults),
    turn: (advance: string) => call('POST', 'clock', { advance }),
    reset: () => call('POST', 'reset', {}),
    disturb: (disturbance: Disturbance) => sandbox.account.disturb(disturbance),
    /** Looks again and again until it is there. */
    async until<T>(what: string, look: () => Promise<T | undefined | false>, everyMs = 120): Promise<T> {
      // Long enough for what a bot has dropped to be taken over on a busy machine; only a failure waits so long.
      for (let waited = 0; waited < 120_000; waited += everyMs) {
        const found = await look();
        if (found) return found;
        await delay(everyMs);
      }
      const said = (await read()).slice(-4).map(({ state, words }) => `${state}: ${words}`);
      throw new Error(`waited in vain for ${what}; last said:\n${said.join('\n')}`);
    },
    /** The message of an operation, once it is in one of these states. */
    message(id: string, ...states: string[]) {
      const isIt = (one: Said) =>
        one.id === id && !one.ephemeral && !one.thread && states.includes(one.state);
      return driver.until(`${id} to be ${states.join(' or ')}`, async () => (await read()).find(isIt), 250);
    },
    close: () => sandbox.close(),
  };
  return driver;
}

const looking = new Set(['d2-pm2-list', 'd2-pm2-show', 'd2-pm2-logs', 'd2-health']);

/** A mutation of the platform: not the bot's table and trail, and not a document that only looks. */
const isChange = ({ service, action, details, targets }: LedgerEntry): boolean =>
  service !== 'dynamodb' &&
  !(service === 'logs' && targets.some((target) => target.startsWith('/d2/chatops/audit'))) &&
  !(action === 'SendCommand' && looking.has(String(details.document)));

export const finalStates = ['done', 'refused', 'failed', 'partly', 'unknown'];

function readMessage({ blocks, ...message }: Raw): Said {
  const [, id = '', state = ''] = /^d2:([0-9A-Z]{26}):(\w+)$/.exec(blocks[0]?.block_id ?? '') ?? [];
  const buttons: string[] = [];
  const words: string[] = [message.text];
  const walk = (value: unknown, inButton: boolean): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, inButton);
    else if (typeof value === 'object' && value !== null) {
      const button = 'type' in value && value.type === 'button';
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'text' && typeof inner === 'string') {
          words.push(inner);
          if (inButton) buttons.push(inner);
        } else if (key === 'url' && typeof inner === 'string') words.push(inner);
        else walk(inner, inButton || button);
      }
    }
  };
  walk(blocks, false);
  return { ...message, id, state, words: words.join('\n'), buttons };
}
