import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, select } from '../../src/core/reply/actions.ts';
import type { Answer } from '../../src/core/reply/answer.ts';
import { createReply } from '../../src/core/reply/reply.ts';
import { render, renderNext } from '../../src/terminal/render.ts';
import { colorStyle } from '../../src/terminal/style.ts';
import { widthOf } from '../../src/terminal/visible.ts';
import { rounds, seed } from '../rounds.ts';
import { answers } from './answers.ts';

const timezone = 'Asia/Kuala_Lumpur';
const golden = (name: string) => join(import.meta.dirname, 'golden', name);
const escapes = new RegExp(String.fromCodePoint(27), 'g');

describe('an answer in the terminal', () => {
  it.each(Object.entries(answers))('%s looks as it should', async (name, answer) => {
    await expect(render(answer, { timezone, width: 80 })).toMatchFileSnapshot(golden(`${name}.txt`));
  });

  it('has colours where they are wanted, and only there', async () => {
    const status = answers.status ?? raise();
    await expect(render(status, { timezone, style: colorStyle })).toMatchFileSnapshot(
      golden('status-color.txt'),
    );
    expect(render(status, { timezone })).not.toMatch(escapes);
  });

  it('fits a table into the terminal, however narrow', () => {
    const table = render(answers.status ?? raise(), { timezone, width: 44 })
      .split('\n')
      .filter((line) => /name|i-0/.test(line));
    expect(table).toHaveLength(3);
    expect(Math.max(...table.map(widthOf))).toBeLessThanOrEqual(44);
    expect(table[1]).toContain('…');
  });

  it('names the zone of its times, and no zone without times', () => {
    expect(render(answers.status ?? raise(), { timezone })).toContain('11:18');
    expect(render(answers.status ?? raise(), { timezone })).toContain('Times: Asia/Kuala_Lumpur');
    expect(render(answers.plan ?? raise(), { timezone })).not.toContain('Times:');
  });

  it('never passes on what steers a terminal, whatever the text', () => {
    const text = fc.string({ unit: 'binary' });
    const answer = fc.record({
      id: text,
      state: fc.constant<Answer['state']>('done'),
      reply: fc.record({
        title: text,
        tone: fc.constantFrom('good', 'warn', 'bad', 'info'),
        summary: text,
        parts: fc.array(
          fc.oneof(
            fc.record({ kind: fc.constant('text' as const), text }),
            fc.record({
              kind: fc.constant('facts' as const),
              facts: fc.array(fc.record({ label: text, value: text })),
            }),
            fc.record({
              kind: fc.constant('table' as const),
              columns: fc.array(text),
              rows: fc.array(fc.array(text)),
            }),
            fc.record({ kind: fc.constant('log' as const), lines: fc.array(fc.record({ text })) }),
            fc.record({
              kind: fc.constant('image' as const),
              alt: text,
              width: fc.nat(),
              height: fc.nat(),
              url: text,
            }),
            fc.record({ kind: fc.constant('file' as const), name: text, type: text, content: text }),
          ),
        ),
        actions: fc.constant([]),
      }),
    });
    fc.assert(
      fc.property(answer, fc.integer({ min: 1, max: 120 }), (one, width) => {
        const shown = render(one, { timezone, width });
        expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
      { seed, numRuns: rounds(30) },
    );
  });

  it('offers every choice of a list as a line to type', () => {
    const choices = ['backend-api', 'web-driver'].map((service) => choice(service, 'pm2 show', { service }));
    const one: Answer = {
      id: 'x',
      state: 'done',
      reply: createReply({ title: 'x', tone: 'info', actions: select('Show', choices) }),
    };
    expect(render(one, { timezone })).toContain('→ web-driver   d2 pm2 show web-driver');
    expect(renderNext(one, { timezone })).toBe(
      '→ backend-api  d2 pm2 show backend-api\n→ web-driver   d2 pm2 show web-driver\n',
    );
  });
});

function raise(): never {
  throw new Error('no such answer');
}
