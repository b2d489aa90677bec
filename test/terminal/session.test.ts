import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Dispatcher } from '../../src/core/dispatcher.ts';
import { operationAction } from '../../src/core/reply/actions.ts';
import type { Answer } from '../../src/core/reply/answer.ts';
import type { Reply } from '../../src/core/reply/reply.ts';
import type { OperationRecord } from '../../src/stores/operation-record.ts';
import { renderJson } from '../../src/terminal/json.ts';
import { createProgressPublisher } from '../../src/terminal/progress-publisher.ts';
import { render, renderCheck } from '../../src/terminal/render.ts';
import { createResponder } from '../../src/terminal/responder.ts';
import { createScreen, type Output } from '../../src/terminal/screen.ts';
import { runSession, type Session } from '../../src/terminal/session.ts';

const id = '01K9Z0000000000000000000AA';
const look = { timezone: 'UTC' };
const reply = (title: string, more: Partial<Reply> = {}): Reply => ({
  title,
  tone: 'info',
  summary: title,
  parts: [],
  actions: [],
  ...more,
});
const card: Answer = {
  id,
  state: 'waiting',
  reply: reply('Stop dev?', {
    actions: [operationAction('Stop dev', 'confirm', id), operationAction('Don’t', 'dismiss', id)],
  }),
};
const checking = (state: 'todo' | 'doing' | 'done', seconds = 1): Answer => ({
  id,
  state: 'working',
  reply: reply('Stopping dev', {
    parts: [
      {
        kind: 'checklist',
        checks: [
          { title: 'EC2 stopped', state, seconds },
          { title: 'Check', state: 'todo' },
        ],
      },
    ],
  }),
});
const done: Answer = { id, state: 'done', reply: reply('dev is stopped') };

class Stream implements Output {
  text = '';
  isTTY: boolean;
  columns = 80;
  rows = 24;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string) {
    this.text += text;
  }
}

const lacking: Answer = {
  id,
  state: 'refused',
  reply: reply('cognito add-user needs a phone number: the pool riders requires phone_number.'),
  missing: {
    command: 'cognito add-user',
    given: { email: "o'brien@example.com", role: 'driver', env: 'dev' },
    missing: [{ name: 'phone-number', expected: 'a phone number' }],
  },
};

interface Place {
  /** What lines are answered with, in turn; then the card. */
  lines?: Answer[];
  tty?: boolean;
  json?: boolean;
  yes?: boolean;
  /** What is typed at a question. */
  typed?: string;
  /** What the operation does while it runs. */
  during?: (world: { interrupt(): void; moves: string[] }) => Promise<void> | void;
}

/** A dispatcher with one change behind it: it asks, and when confirmed runs over a progress. */
async function stopDev({ tty = false, json = false, yes = false, typed, during, lines = [] }: Place = {}) {
  const said: string[] = [];
  const out = new Stream(tty);
  const err = new Stream(tty);
  const outcome = createScreen(out);
  const notes = json ? createScreen(err) : outcome;
  const final = (answer: Answer) => (json ? renderJson(answer) : render(answer, look));
  const progress = createProgressPublisher({
    screen: notes,
    outcome,
    render: (answer) => render(answer, look),
    renderOutcome: final,
    renderCheck: (check) => renderCheck(check, look),
  });
  const responder = createResponder({
    screen: outcome,
    render: final,
    showCard: (answer) => notes.print(render(answer, look)),
  });
  const moves: string[] = [];
  const left: number[] = [];
  let interrupt = () => {};
  const dispatcher: Dispatcher = {
    line({ line, responder }) {
      said.push(line);
      return responder.answer(lines.shift() ?? card);
    },
    invoke: async () => undefined,
    async operate({ move: name, responder }) {
      moves.push(name);
      if (name === 'dismiss') {
        await responder.answer({
          id,
          state: 'refused',
          reply: reply('Not done: stop dev was taken back'),
        });
      }
      if (name === 'cancel')
        await responder.answer({ id, state: 'done', reply: reply('ends after this step') });
      if (name !== 'confirm') return;
      const message = await progress.open(recordOf(id), checking('todo'));
      progress.update(message, checking('doing'));
      progress.update(message, checking('doing', 2));
      await during?.({ interrupt: () => interrupt(), moves });
      progress.update(message, checking('done'));
      await progress.close(message, done);
    },
  };
  const input = Object.assign(new PassThrough(), { isTTY: tty });
  const asking = Object.assign(new PassThrough(), { isTTY: tty });
  asking.on('data', (chunk: Buffer) => out.write(chunk.toString()));
  if (typed !== undefined) input.write(typed);
  else input.end();
  const session: Session = {
    dispatcher,
    caller: { id: 'arn', name: 'omar', surface: 'terminal' },
    responder,
    progress,
    terminal: { input, output: asking },
    yes,
    newId: () => id,
    say: (sentence) => notes.print(`${sentence}\n`),
    onInterrupt(listener) {
      interrupt = listener;
      return () => {
        interrupt = () => {};
      };
    },
    leave: (code) => left.push(code),
  };
  const last = await runSession(session, 'stop dev');
  return { last, out: out.text, err: err.text, moves, left, said };
}

const recordOf = (operation: string): OperationRecord => ({
  id: operation,
  command: 'stop',
  args: { env: 'dev' },
  env: 'dev',
  lock: { env: 'dev' },
  caller: { id: 'arn', name: 'omar', surface: 'terminal' },
  plan: {},
  fingerprint: '',
  state: 'running',
  steps: [],
  asked: 'terminal',
  intent: false,
  createdAt: 0,
  expiresAt: 0,
  takenOver: 0,
  delivered: false,
  told: [],
  followed: false,
});

describe('a change in the terminal', () => {
  it('shows its plan, asks, and runs at y', async () => {
    const { last, out, moves } = await stopDev({ tty: true, typed: 'y\n' });
    expect(out).toContain('Stop dev? [y/N]');
    expect(moves).toEqual(['confirm']);
    expect(last?.state).toBe('done');
    expect(out.endsWith('dev is stopped\n')).toBe(true);
  });

  it.each(['\n', 'n\n', 'yeah, no\n', undefined])('takes %j for a no', async (typed) => {
    const { last, moves } = await stopDev({ tty: true, ...(typed !== undefined && { typed }) });
    expect(moves).toEqual(['dismiss']);
    expect(last?.state).toBe('refused');
  });

  it('needs no question with --yes', async () => {
    const { out, moves } = await stopDev({ yes: true });
    expect(out).not.toContain('[y/N]');
    expect(moves).toEqual(['confirm']);
  });

  it('is refused where nobody can answer, and says --yes', async () => {
    const { last, out, moves } = await stopDev();
    expect(moves).toEqual(['dismiss']);
    expect(last?.state).toBe('refused');
    expect(out).toContain('Stop dev?');
    expect(out).toContain('Add --yes');
    expect(out).not.toContain('taken back');
  });

  it('gives scripts one line of JSON, and its progress apart', async () => {
    const refused = await stopDev({ json: true });
    expect(JSON.parse(refused.out)).toMatchObject({ id, state: 'refused' });
    const ran = await stopDev({ json: true, yes: true });
    expect(JSON.parse(ran.out)).toMatchObject({ id, state: 'done', message: 'dev is stopped' });
    expect(ran.err).toContain('Stop dev?');
    expect(ran.err).toContain('EC2 stopped');
  });

  it('draws its checklist over itself on a terminal', async () => {
    const { out } = await stopDev({ tty: true, yes: true });
    expect(out.split('\u001b[3F\u001b[J')).toHaveLength(5);
  });

  it('tells only what moves where lines stay', async () => {
    const { out } = await stopDev({ yes: true });
    expect(out.split('\n').filter((line) => line.includes('EC2 stopped'))).toEqual([
      '◐ EC2 stopped  1 s',
      '✓ EC2 stopped  1 s',
    ]);
    expect(out).not.toContain('\u001b');
  });

  it('is cancelled after its step by one Ctrl-C, and left by a second', async () => {
    const { moves, out, left } = await stopDev({
      yes: true,
      during: ({ interrupt }) => {
        interrupt();
        interrupt();
      },
    });
    expect(moves).toEqual(['confirm', 'cancel']);
    expect(out).toContain('Cancelling after this step');
    expect(out).toContain('Another process takes');
    expect(left).toEqual([1]);
  });
});

describe('a screen', () => {
  it('wipes as many rows as its lines take when they wrap', () => {
    const stream = new Stream(true);
    stream.columns = 10;
    const screen = createScreen(stream);
    screen.show(`${'x'.repeat(25)}\nshort\n`);
    screen.print('end\n');
    expect(stream.text).toContain('\u001b[4F\u001b[J');
  });

  it('shows the end of what is taller than the terminal', () => {
    const stream = new Stream(true);
    stream.rows = 4;
    createScreen(stream).show('1\n2\n3\n4\n5\n');
    expect(stream.text).toBe('3\n4\n5\n');
  });
});

describe('what only the environment can tell is missing', () => {
  it('is asked for at a terminal, and said with the rest of the line', async () => {
    const { said, out } = await stopDev({ tty: true, lines: [lacking, done], typed: '+60123456789\n' });
    expect(out).toContain('requires phone_number');
    expect(out).toContain('phone-number (a phone number)?');
    expect(said).toEqual([
      'stop dev',
      "cognito add-user o'brien@example.com dev --role driver --phone-number +60123456789",
    ]);
  });

  it('stays a refusal where nobody can answer', async () => {
    const { said, last } = await stopDev({ lines: [lacking] });
    expect(said).toEqual(['stop dev']);
    expect(last?.state).toBe('refused');
  });
});
