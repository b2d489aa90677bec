import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Inline, type Passage, readMrkdwn } from '../../../sandbox/slack/page/mrkdwn.ts';
import { rounds, seed } from '../../rounds.ts';

const words = (node: Inline): string => {
  switch (node.kind) {
    case 'text':
    case 'code':
      return node.text;
    case 'bold':
    case 'italic':
    case 'strike':
      return node.children.map(words).join('');
    case 'link':
      return node.label;
    case 'emoji':
      return `:${node.name}:`;
    case 'date':
      return node.fallback;
    case 'broadcast':
      return node.range;
    default:
      return node.label || node.id;
  }
};
const inline = (passage: Passage): Inline[] =>
  passage.kind === 'pre' ? [] : passage.kind === 'line' ? passage.children : passage.lines.flat();
const shown = (text: string) =>
  readMrkdwn(text)
    .map((passage) => (passage.kind === 'pre' ? passage.text : inline(passage).map(words).join('')))
    .join('\n');
const escapeText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const markup = [
  '*',
  '_',
  '~',
  '`',
  '```',
  '\n',
  ' ',
  '>',
  '&gt;',
  'a',
  'Z9',
  'é',
  '<',
  '|',
  '@U0VERA',
  '!here',
  ':x:',
  '&amp;',
  '!date^1^{time}|x',
  'https://x.y',
  '\u202e',
];
const wild = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...markup)).map((parts) => parts.join('')),
);
const withoutMarks = (text: string) => text.replace(/[*_~`>\n ]/g, '');

describe('mrkdwn', () => {
  it('takes any text at all', () => {
    fc.assert(
      fc.property(wild, (text) => void shown(text)),
      { seed, numRuns: rounds(200) },
    );
  });

  it('loses nothing but its own marks', () => {
    const plain = wild.map((text) => text.replace(/[<>&]/g, ''));
    fc.assert(
      fc.property(plain, (text) => {
        expect(withoutMarks(shown(text))).toBe(withoutMarks(text));
      }),
      { seed, numRuns: rounds(200) },
    );
  });

  it('finds no mention, link or date in escaped text', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const kinds = readMrkdwn(escapeText(text))
          .flatMap(inline)
          .map((node) => node.kind);
        for (const kind of kinds)
          expect(['text', 'bold', 'italic', 'strike', 'code', 'emoji']).toContain(kind);
      }),
      { seed, numRuns: rounds(200) },
    );
  });

  it('unescapes three entities, once, and no others', () => {
    expect(shown('&lt;b&gt; &amp;lt; &quot; &#60;')).toBe('<b> &lt; &quot; &#60;');
  });

  it.each<[string, Inline[]]>([
    [
      '*a _b_*',
      [
        {
          kind: 'bold',
          children: [
            { kind: 'text', text: 'a ' },
            { kind: 'italic', children: [{ kind: 'text', text: 'b' }] },
          ],
        },
      ],
    ],
    ['2*3*4 * 5', [{ kind: 'text', text: '2*3*4 * 5' }]],
    ['snake_case_name', [{ kind: 'text', text: 'snake_case_name' }]],
    ['`*not bold*`', [{ kind: 'code', text: '*not bold*' }]],
    ['<https://a.b/?x=1&amp;y|Docs>', [{ kind: 'link', url: 'https://a.b/?x=1&y', label: 'Docs' }]],
    ['<javascript:alert(1)|x>', [{ kind: 'text', text: '<javascript:alert(1)|x>' }]],
    ['<@U0VERA>', [{ kind: 'user', id: 'U0VERA', label: '' }]],
    ['<!subteam^S0ADMINS|@admins>', [{ kind: 'usergroup', id: 'S0ADMINS', label: '@admins' }]],
    [
      '<!date^12^{time}|noon>',
      [{ kind: 'date', timestamp: 12, format: '{time}', url: '', fallback: 'noon' }],
    ],
    [
      'at 10:30:15 :tada:',
      [
        { kind: 'text', text: 'at 10:30:15 ' },
        { kind: 'emoji', name: 'tada' },
      ],
    ],
  ])('reads %s', (text, nodes) => {
    expect(readMrkdwn(text)).toEqual([{ kind: 'line', children: nodes }]);
  });

  it('reads quotes and preformatted text as passages of their own', () => {
    expect(readMrkdwn('hi\n&gt; one\n> two\n```*raw*\n&lt;b&gt;```')).toEqual([
      { kind: 'line', children: [{ kind: 'text', text: 'hi' }] },
      { kind: 'quote', lines: [[{ kind: 'text', text: 'one' }], [{ kind: 'text', text: 'two' }]] },
      { kind: 'pre', text: '*raw*\n<b>' },
    ]);
  });
});
