import type { KnownBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import type { Check, Fact, LogLine, Part, Picture } from '../../core/reply/parts.ts';
import { limits } from './limits.ts';
import { fitLines, tableLines } from './lines.ts';
import { flat, inZone, isWeb, mrkdwn, richText } from './rich-text.ts';
import { textLength } from './text-length.ts';
import { cut, visibleLine } from './visible.ts';

const marks: Record<Check['state'], string> = {
  todo: '○',
  doing: '◐',
  done: '✓',
  already: '–',
  failed: '✗',
  unknown: '?',
  skipped: '–',
};
// Only news has a mark of its own on a line.
const newsMarks = new Map<Fact['tone'], string>([
  ['warn', '⚠ '],
  ['bad', '✗ '],
]);

const rich = (...elements: RichTextBlockElement[]): KnownBlock => ({ type: 'rich_text', elements });
const section = (elements: RichTextElement[]): KnownBlock => rich({ type: 'rich_text_section', elements });
const plain = (text: string, bold = false): RichTextElement => ({
  type: 'text',
  text,
  ...(bold && { style: { bold } }),
});
const preformatted = (text: string): KnownBlock =>
  rich({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: text || ' ' }] });

/** One part of a reply as at most one block of at most so many characters; an empty part is none. */
export function blockOf(part: Part, most: number, zone: string): KnownBlock | undefined {
  switch (part.kind) {
    case 'text': {
      const elements = richText(part.text, most, zone);
      return elements.length > 0 ? section(elements) : undefined;
    }
    case 'facts':
      return listed(part.facts, most, (fact, left) => factLine(fact, left, zone));
    case 'checklist':
      return listed(part.checks, most, (check) => checkLine(check, zone));
    case 'table':
      return preformatted(fitLines(tableLines(part.columns, part.rows), most));
    case 'log': {
      const lines = part.lines.map((line) => logLine(line, zone));
      return lines.length > 0 ? preformatted(fitLines(lines, most, 'newest')) : undefined;
    }
    case 'note':
      return noteOf(part, most, zone);
    case 'image':
      return 'url' in part && isWeb(part.url) && part.url.length <= limits.imageUrl
        ? { type: 'image', image_url: part.url, alt_text: altOf(part) }
        : section([plain(cut(altOf(part), most))]);
    case 'file':
      return section([plain(cut(visibleLine(part.name).trim() || 'a file', most))]);
  }
}

const altOf = ({ alt }: Picture): string => cut(visibleLine(alt).trim() || 'a picture', limits.imageAlt);

/** Items under one another, as many as fit, saying how many were left out. */
function listed<T>(
  items: readonly T[],
  most: number,
  lineOf: (item: T, left: number) => RichTextElement[],
): KnownBlock | undefined {
  if (items.length === 0) return undefined;
  const elements: RichTextElement[] = [];
  let left = most - 40;
  for (const [index, item] of items.entries()) {
    const line = left > 0 && index < limits.lines ? lineOf(item, left) : [];
    left -= textLength(line) + 1;
    if (line.length === 0 || left < 0) {
      elements.push(plain(`${index > 0 ? '\n' : ''}… ${items.length - index} more, cut to fit Slack`));
      break;
    }
    if (index > 0) elements.push(plain('\n'));
    elements.push(...line);
  }
  return section(elements);
}

function factLine(fact: Fact, left: number, zone: string): RichTextElement[] {
  const label = cut(visibleLine(fact.label), limits.label);
  const mark = newsMarks.get(fact.tone) ?? '';
  const value = richText(fact.value, Math.max(1, Math.min(limits.fact, left - label.length - 4)), zone);
  return [
    ...(label === '' ? [] : [plain(label, true)]),
    plain(`${label === '' ? '' : '  '}${mark}` || ' '),
    ...value,
  ];
}

function checkLine(check: Check, zone: string): RichTextElement[] {
  const { state, seconds, usualSeconds, note = '' } = check;
  const took = seconds === undefined || state === 'todo' ? '' : `  ${clock(seconds)}`;
  const usual = state === 'doing' && usualSeconds !== undefined ? `usually ${clock(usualSeconds)}` : '';
  const head = [
    plain(`${marks[state]} `),
    plain(cut(visibleLine(check.title), 100) || '…', state === 'doing'),
  ];
  if (state === 'already') return [...head, plain('  already')];
  if (typeof note !== 'string') return [...head, plain(`${took}\n    `), ...richText(note, 200, zone)];
  const below = [cut(visibleLine(note), 200), usual].filter(Boolean).join(', ');
  const tail = `${took}${below === '' ? '' : `\n    ${below}`}`;
  return [...head, ...(tail === '' ? [] : [plain(tail)])];
}

/** `4 s`, `1:25`. */
const clock = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

function logLine({ at, level, text, count = 1 }: LogLine, zone: string): string {
  const time = at ? `${inZone(at, zone, 'seconds')} ` : '';
  const letter = level ? `${level.charAt(0).toUpperCase()} ` : '';
  const times = count > 1 ? ` ×${count}` : '';
  return `${time}${letter}${cut(visibleLine(text), limits.logLine)}${times}`;
}

function noteOf(
  { text }: Extract<Part, { kind: 'note' }>,
  most: number,
  zone: string,
): KnownBlock | undefined {
  const marked = mrkdwn(text, zone);
  if (marked.trim() === '') return undefined;
  // Escaped text can't be cut safely: a note that is too long loses its spans instead.
  return marked.length <= Math.min(most, limits.note)
    ? { type: 'context', elements: [{ type: 'mrkdwn', text: marked, verbatim: true }] }
    : aside(cut(flat(text, zone), Math.min(most, limits.note)));
}

/** A small line of the renderer's own, or of somebody's plain words. */
export const aside = (text: string): KnownBlock => ({
  type: 'context',
  elements: [{ type: 'plain_text', text, emoji: false }],
});
