import type { KnownBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import type { Check, LogLine, Part } from '../bot/reply.ts';
import { limits } from './limits.ts';
import { flat, inZone, mrkdwn, richText } from './spans.ts';
import { cut, visible } from './visible.ts';

const marks: Record<Check['state'], string> = {
  todo: '○',
  doing: '◐',
  done: '✓',
  already: '✓',
  failed: '✗',
  unknown: '?',
  skipped: '–',
};

const rich = (...elements: RichTextBlockElement[]): KnownBlock => ({ type: 'rich_text', elements });
const section = (elements: RichTextElement[]): RichTextBlockElement => ({
  type: 'rich_text_section',
  elements,
});
const plain = (text: string, bold = false): RichTextElement => ({
  type: 'text',
  text,
  ...(bold && { style: { bold } }),
});
const preformatted = (text: string): KnownBlock =>
  rich({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: text || ' ' }] });

/** One part of a reply as at most one block; an empty part is none. */
export function blockOf(part: Part, most: number, zone: string): KnownBlock | undefined {
  switch (part.kind) {
    case 'text': {
      const elements = richText(part.text, most, zone);
      return elements.length > 0 ? rich(section(elements)) : undefined;
    }
    case 'facts': {
      if (part.facts.length === 0) return undefined;
      const share = Math.max(40, Math.floor(most / part.facts.length));
      const shown = part.facts.slice(0, 60);
      const elements = shown.flatMap((fact, index): RichTextElement[] => [
        plain(`${cut(visible(fact.label), 60)}  `, true),
        ...richText(fact.value, share, zone),
        ...(index < shown.length - 1 ? [plain('\n')] : []),
      ]);
      if (shown.length < part.facts.length)
        elements.push(plain(`\n… ${part.facts.length - shown.length} more`));
      return rich(section(elements));
    }
    case 'table':
      return preformatted(fitLines(tableLines(part.columns, part.rows), most));
    case 'log':
      return part.lines.length > 0
        ? preformatted(
            fitLines(
              part.lines.map((line) => logLine(line, zone)),
              most,
              'newest',
            ),
          )
        : undefined;
    case 'checklist': {
      if (part.checks.length === 0) return undefined;
      const shown = part.checks.slice(0, 30);
      return rich(section(shown.flatMap((check, index) => checkLine(check, index < shown.length - 1))));
    }
    case 'note': {
      const text = mrkdwn(part.text, zone);
      if (text.trim() === '') return undefined;
      // Cut before escaping would be needed to cut escaped text safely: a note that is too long loses its spans instead.
      const fits = text.length <= limits.text;
      return fits
        ? { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] }
        : {
            type: 'context',
            elements: [{ type: 'plain_text', text: cut(flat(part.text, zone), Math.min(most, limits.text)) }],
          };
    }
  }
}

function checkLine(check: Check, more: boolean): RichTextElement[] {
  const time =
    check.seconds === undefined || check.state === 'todo' || check.state === 'already'
      ? ''
      : `  ${clock(check.seconds)}`;
  const usual =
    check.state === 'doing' && check.usualSeconds !== undefined
      ? `, usually ${clock(check.usualSeconds)}`
      : '';
  const said = check.state === 'already' ? 'already' : check.note;
  const note = said ? `\n    ${cut(visible(said), 200)}${usual}` : usual ? `\n    ${usual.slice(2)}` : '';
  return [
    plain(`${marks[check.state]} `),
    plain(cut(visible(check.title), 100), check.state === 'doing'),
    plain(`${time}${check.state === 'already' ? '  already' : note}${more ? '\n' : ''}` || ' '),
  ];
}

/** `4 s`, `1:25`. */
const clock = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

function logLine({ at, level, text, count = 1 }: LogLine, zone: string): string {
  const time = at ? `${inZone(at, zone, 'seconds')} ` : '';
  const letter = level ? `${level.charAt(0).toUpperCase()} ` : '';
  const times = count > 1 ? ` ×${count}` : '';
  return `${time}${letter}${cut(visible(text).replaceAll('\n', '⏎'), limits.logLine)}${times}`;
}

function tableLines(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns, ...rows].map((row) => row.map((cell) => visible(cell).replaceAll('\n', '⏎')));
  const widths = columns.map((_, index) =>
    Math.min(60, Math.max(...cells.map((row) => [...(row[index] ?? '')].length))),
  );
  return cells.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - [...cell].length)))
      .join('  ')
      .trimEnd(),
  );
}

/** As many whole lines as fit, saying how many were left out; of logs the newest stay. */
function fitLines(lines: readonly string[], most: number, keep: 'first' | 'newest' = 'first'): string {
  const ordered = keep === 'newest' ? [...lines].reverse() : lines;
  const fitting: string[] = [];
  let used = 60;
  for (const line of ordered) {
    if (used + line.length + 1 > most) break;
    fitting.push(line);
    used += line.length + 1;
  }
  const left = lines.length - fitting.length;
  const kept = keep === 'newest' ? fitting.reverse() : fitting;
  if (left === 0) return kept.join('\n');
  const note = `… ${left} more ${left === 1 ? 'line' : 'lines'}, cut to fit Slack`;
  return (keep === 'newest' ? [note, ...kept] : [...kept, note]).join('\n');
}
