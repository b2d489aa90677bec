import { limits } from './limits.ts';
import { cut, visibleLine } from './visible.ts';

/** Columns aligned by spaces; a cell that is too wide is cut visibly. */
export function tableLines(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns, ...rows].map((row) => row.map((cell) => cut(visibleLine(cell), limits.cell)));
  const widths = columns.map((_, index) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), 0),
  );
  return cells.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

const widthOf = (text: string): number => [...text].length;

/** As many whole lines as fit, saying how many were left out; of logs the newest stay. */
export function fitLines(lines: readonly string[], most: number, keep: 'first' | 'newest' = 'first'): string {
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
