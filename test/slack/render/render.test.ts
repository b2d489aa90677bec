import { join } from 'node:path';
import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../sandbox/slack/blocks/block-rules.ts';
import { type Action, type Choice, invocationsOf } from '../../../src/core/reply/actions.ts';
import type { Answer } from '../../../src/core/reply/answer.ts';
import type { Part } from '../../../src/core/reply/parts.ts';
import type { Span, Text } from '../../../src/core/reply/text.ts';
import { pressedValue, readButtonPress } from '../../../src/slack/listeners/action-payload.ts';
import { type RenderOptions, render } from '../../../src/slack/render/render.ts';
import { rounds, seed } from '../../rounds.ts';
import { answer, answers, id } from '../answers.ts';

const zone = 'Asia/Kuala_Lumpur';
const golden = (name: string) => join(import.meta.dirname, 'golden', `${name}.json`);
const show = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** Every object in the blocks that has a type. */
function* objects(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const each of value) yield* objects(each);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value) yield { ...value };
    yield* objects(Object.values(value));
  }
}
/** Every button, and every option of a list, as a press brings it back. */
const pressable = (blocks: KnownBlock[]): [string, string | undefined][] =>
  [...objects(blocks)].flatMap((each): [string, string | undefined][] => {
    const actionId = String(each.action_id);
    if (each.type === 'button') return [[actionId, pressedValue({ type: 'button', ...each })?.value]];
    if (each.type !== 'overflow' && each.type !== 'static_select') return [];
    const options = Array.isArray(each.options) ? each.options : [];
    return options.map((option) => [
      actionId,
      pressedValue({ type: String(each.type), ...{ selected_option: option } })?.value,
    ]);
  });
const typesOf = (blocks: KnownBlock[]) => [...objects(blocks)].map(({ type }) => type);
const textsOf = (blocks: KnownBlock[]) =>
  [...objects(blocks)].flatMap(({ text }) => (typeof text === 'string' ? [text] : []));

describe('an answer in Slack', () => {
  it.each(Object.entries(answers))('%s looks as it should, and Slack takes it', async (name, one) => {
    const rendered = render(one, { zone, kept: true, sharing: true });
    expect(checkBlocks(rendered.blocks)).toMatchObject({ ok: true });
    await expect(show(rendered)).toMatchFileSnapshot(golden(name));
  });

  it('shows what stands behind Details, and the way back', async () => {
    const one = answers.status ?? raise();
    await expect(show(render(one, { zone, kept: true, sharing: true, full: true }))).toMatchFileSnapshot(
      golden('status-full'),
    );
  });

  it('that is shared says by whom and has no buttons', async () => {
    const one = answers.status ?? raise();
    const rendered = render(one, { zone, kept: true, sharing: true, sharedBy: 'omar <!here>' });
    expect(typesOf(rendered.blocks)).not.toContain('button');
    await expect(show(rendered)).toMatchFileSnapshot(golden('status-shared'));
  });

  it('has neither Details nor Share while nothing is kept', () => {
    const labels = textsOf(render(answers.status ?? raise(), { zone, sharing: true }).blocks);
    expect(labels).toContain('Logs');
    expect(labels).not.toContain('Details');
    expect(labels).not.toContain('Share');
  });

  it('mentions whom it is to tell, by their spans alone', () => {
    const mentions: Span[] = [
      { kind: 'person', id: 'U0OMAR', name: 'U0OMAR', mention: true },
      { kind: 'person', id: 'U0ADA', name: 'U0ADA', mention: true },
    ];
    const { blocks } = render(answers.done ?? raise(), { zone, mentions });
    expect([...objects(blocks)].flatMap((each) => (each.type === 'user' ? [each.user_id] : []))).toEqual([
      'U0OMAR',
      'U0ADA',
    ]);
  });

  it('says how much of a long log was cut, and keeps the newest', () => {
    const lines = Array.from({ length: 500 }, (_, index) => ({ text: `line ${index} ${'x'.repeat(40)}` }));
    const text = textsOf(
      render(answer('done', { title: 'x', parts: [{ kind: 'log', lines }] }), { zone }).blocks,
    );
    expect(text.join('\n')).toMatch(/^… \d+ more lines, cut to fit Slack$/m);
    expect(text.join('\n')).toContain('line 499 ');
    expect(text.join('\n')).not.toContain('line 0 ');
  });

  it('says how many facts, steps, parts and buttons did not fit', () => {
    const many = <T>(count: number, of: (index: number) => T) =>
      Array.from({ length: count }, (_, index) => of(index));
    const parts: Part[] = [
      { kind: 'facts', facts: many(80, (index) => ({ label: `fact ${index}`, value: 'v' })) },
      { kind: 'checklist', checks: many(70, (index) => ({ title: `step ${index}`, state: 'todo' })) },
      ...many(60, (index): Part => ({ kind: 'text', text: `part ${index}` })),
    ];
    const actions = many(
      30,
      (index): Action => ({
        kind: 'invoke',
        label: `b${index}`,
        invocation: { command: 'status', args: {} },
      }),
    );
    const { blocks } = render(answer('done', { title: 'x', parts, actions }), { zone });
    expect(checkBlocks(blocks)).toMatchObject({ ok: true });
    expect(textsOf(blocks).filter((text) => text.includes('cut to fit Slack'))).toEqual([
      '\n… 20 more, cut to fit Slack',
      '\n… 10 more, cut to fit Slack',
      expect.stringMatching(/^… \d+ more parts, cut to fit Slack$/),
      '… 5 more buttons, cut to fit Slack',
    ]);
  });

  it('stays within Slack’s characters however long its parts are', () => {
    const long = 'x'.repeat(50_000);
    const parts = Array.from({ length: 45 }, (): Part[] => [
      { kind: 'text', text: long },
      { kind: 'log', lines: Array.from({ length: 100 }, () => ({ text: long })) },
      { kind: 'note', text: long },
    ]).flat();
    const { blocks } = render(answer('done', { title: long, summary: long, parts }), { zone });
    expect(checkBlocks(blocks)).toMatchObject({ ok: true });
    expect(textsOf(blocks)).toContainEqual(expect.stringMatching(/^… \d+ more parts, cut to fit Slack$/));
  });

  const choices = (count: number, filter = ''): Choice[] =>
    Array.from({ length: count }, (_, index) => ({
      label: `service ${index}`,
      invocation: { command: 'pm2 show', args: { service: `s${index}`, ...(filter && { filter }) } },
    }));

  it('shows a few rare choices as a menu, and many or one of a kind as a list, all of them taken by Slack', () => {
    const shown = (kind: 'select' | 'menu', count: number) => {
      const action: Action = { kind, label: 'More', choices: choices(count) };
      const { blocks } = render(answer('done', { title: 'x', actions: [action] }), { zone });
      expect(checkBlocks(blocks)).toMatchObject({ ok: true });
      expect(pressable(blocks)).toHaveLength(Math.min(count, 100));
      return typesOf(blocks).find((type) => type === 'overflow' || type === 'static_select');
    };
    expect(shown('menu', 5)).toBe('overflow');
    expect(shown('menu', 6)).toBe('static_select');
    expect(shown('select', 2)).toBe('static_select');
    expect(shown('select', 120)).toBe('static_select');
    const many: Action = { kind: 'select', label: 'Show', choices: choices(120) };
    expect(textsOf(render(answer('done', { title: 'x', actions: [many] }), { zone }).blocks)).toContain(
      '… 20 more buttons, cut to fit Slack',
    );
  });

  it('makes a button of a choice that an option has no room for', () => {
    const long = choices(1, 'x'.repeat(200));
    const action: Action = { kind: 'menu', label: 'More', choices: [...choices(2), ...long] };
    const { blocks } = render(answer('done', { title: 'x', actions: [action] }), { zone });
    expect(checkBlocks(blocks)).toMatchObject({ ok: true });
    const said = pressable(blocks).map(([actionId, value]) => readButtonPress(actionId, value));
    expect(said).toMatchObject(action.choices.map(({ invocation }) => ({ kind: 'invoke', invocation })));
    expect(typesOf(blocks)).toContain('button');
  });

  it('leaves out a button whose invocation would not fit whole, and says so', () => {
    const action: Action = {
      kind: 'invoke',
      label: 'Logs',
      invocation: { command: 'logs', args: { filter: 'x'.repeat(2_000) } },
    };
    const { blocks } = render(answer('done', { title: 'x', actions: [action] }), { zone });
    expect(typesOf(blocks)).not.toContain('button');
    expect(textsOf(blocks)).toContain('… 1 more button, cut to fit Slack');
  });
});

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    '<!channel>',
    '<@U0OMAR>',
    '<https://evil.example|x>',
    '&lt;!here&gt;',
    '\u202e',
    '\ud800',
    '&'.repeat(3_000),
    'x'.repeat(20_000),
    '🚗'.repeat(3_000),
    '\u001b'.repeat(3_000),
  ),
);
const span: fc.Arbitrary<Span> = fc.oneof(
  word,
  fc.record({ kind: fc.constantFrom('strong' as const, 'code' as const), text: word }),
  fc.record({
    kind: fc.constant('time' as const),
    at: fc.date({ noInvalidDate: false }),
    as: fc.constantFrom('clock' as const, 'day' as const, 'both' as const),
  }),
  fc.record({ kind: fc.constant('person' as const), id: word, name: word, mention: fc.boolean() }),
  fc.record({ kind: fc.constant('link' as const), url: word, label: word }),
);
const text: fc.Arbitrary<Text> = fc.oneof(word, fc.array(span, { maxLength: 8 }));
const tone = fc.constantFrom('good' as const, 'warn' as const, 'bad' as const, 'info' as const);
const most = { maxLength: 90 };
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text' as const, 'note' as const), text }),
  fc.record({
    kind: fc.constant('facts' as const),
    facts: fc.array(fc.record({ label: word, value: text, tone }), most),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    columns: fc.array(word, { maxLength: 25 }),
    rows: fc.array(fc.array(word, { maxLength: 25 }), most),
  }),
  fc.record({
    kind: fc.constant('log' as const),
    lines: fc.array(fc.record({ text: word, at: fc.date({ noInvalidDate: false }), count: fc.nat() }), most),
  }),
  fc.record({
    kind: fc.constant('checklist' as const),
    checks: fc.array(
      fc.record({
        title: word,
        state: fc.constantFrom('todo', 'doing', 'done', 'already', 'failed', 'unknown', 'skipped'),
        seconds: fc.nat(10_000),
        usualSeconds: fc.nat(10_000),
        note: word,
      }),
      most,
    ),
  }),
  fc.record({ kind: fc.constant('image' as const), alt: word, width: fc.nat(), height: fc.nat(), url: word }),
  fc.record({ kind: fc.constant('file' as const), name: word, type: word, content: word }),
);
const invocation = fc.record({
  command: word,
  args: fc.dictionary(word, fc.oneof(word, fc.boolean(), fc.nat())),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('select' as const, 'menu' as const),
    label: word,
    choices: fc.array(fc.record({ label: word, invocation }), { maxLength: 120 }),
  }),
  fc.record({
    kind: fc.constant('invoke' as const),
    label: word,
    invocation,
  }),
  fc.record({
    kind: fc.constant('move' as const),
    label: word,
    move: fc.constantFrom('confirm', 'dismiss', 'cancel', 'tell', 'follow'),
    operation: fc.constantFrom(id, ''),
  }),
);
const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  id: fc.constant(id),
  state: fc.constantFrom('working', 'waiting', 'done', 'refused', 'failed', 'partly', 'unknown'),
  shareable: fc.boolean(),
  invocation: fc.record({ command: word, args: fc.constant({}) }),
  reply: fc.record({
    title: text,
    tone,
    summary: word,
    parts: fc.array(part, { maxLength: 70 }),
    details: fc.array(part, { maxLength: 10 }),
    actions: fc.array(action, { maxLength: 40 }),
  }),
});
const anyOptions: fc.Arbitrary<RenderOptions> = fc.record(
  {
    zone: fc.constant(zone),
    full: fc.boolean(),
    kept: fc.boolean(),
    sharing: fc.boolean(),
    sharedBy: word,
    mentions: fc.array(span, { maxLength: 20 }),
  },
  { requiredKeys: ['zone'] },
);

describe('whatever a reply holds', () => {
  it('Slack takes it, recognisable and with nothing hidden', () => {
    fc.assert(
      fc.property(anyAnswer, anyOptions, (one, options) => {
        const { text: summary, blocks } = render(one, options);
        expect(checkBlocks(blocks)).toMatchObject({ ok: true });
        expect(blocks[0]?.block_id).toBe(`d2:${one.id}:${one.state}`);
        expect(summary.length).toBeGreaterThan(0);
        expect(summary.length).toBeLessThan(3_000);
        for (const shown of [summary, ...textsOf(blocks)])
          expect(shown).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
      { seed, numRuns: rounds(60) },
    );
  });

  it('no mention, link or button comes from a plain string', () => {
    const hostile: fc.Arbitrary<Part> = fc.oneof(
      fc.record({ kind: fc.constantFrom('text' as const, 'note' as const), text: word }),
      fc.record({
        kind: fc.constant('facts' as const),
        facts: fc.array(fc.record({ label: word, value: word })),
      }),
      fc.record({ kind: fc.constant('log' as const), lines: fc.array(fc.record({ text: word })) }),
    );
    fc.assert(
      fc.property(word, word, fc.array(hostile), (title, summary, parts) => {
        const rendered = render(answer('done', { title, summary, parts }), { zone });
        const types = typesOf(rendered.blocks);
        for (const live of ['user', 'usergroup', 'channel', 'broadcast', 'link', 'button', 'date'])
          expect(types).not.toContain(live);
        const marked = [...objects(rendered.blocks)].flatMap((each) =>
          each.type === 'mrkdwn' ? [String(each.text)] : [],
        );
        for (const mrkdwn of [rendered.text, ...marked]) {
          expect(mrkdwn).not.toMatch(/[<>]/);
          expect(mrkdwn).not.toMatch(/&(?!amp;|lt;|gt;)/);
        }
      }),
      { seed, numRuns: rounds(60) },
    );
  });

  it('every button that shows says, pressed, what the reply meant', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const { blocks } = render(answer('done', { title: 'x', actions }), { zone });
        const meant = actions.flatMap((one) =>
          one.kind === 'move'
            ? [JSON.stringify([one.move, one.operation])]
            : invocationsOf([one]).map(({ invocation }) => JSON.stringify(invocation)),
        );
        for (const [actionId, value] of pressable(blocks)) {
          const press = readButtonPress(actionId, value);
          const said =
            press?.kind === 'invoke'
              ? press.invocation
              : press?.kind === 'move' && [press.move, press.operation];
          expect(meant).toContain(JSON.stringify(said));
        }
      }),
      { seed, numRuns: rounds(60) },
    );
  });
});

function raise(): never {
  throw new Error('no such answer');
}
