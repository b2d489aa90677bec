import type { Style } from './style.ts';
import { fitted, padded, visible, widthOf } from './visible.ts';

const narrowest = 6;

/** Columns side by side, the widest ones cut (visibly) until a row fits. */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  style: Style,
): string[] {
  const cell = (text: string | undefined) => visible(text ?? '').replaceAll('\n', '␤');
  const count = Math.max(columns.length, ...rows.map((row) => row.length));
  const all = [columns, ...rows].map((row) => Array.from({ length: count }, (_, i) => cell(row[i])));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(...all.map((row) => widthOf(row[i] ?? ''))),
  );
  const gaps = 2 * (count - 1);
  for (let over = sum(widths) + gaps - width; over > 0; over--) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  const lines = all.map((row) =>
    row
      .map((text, i) => padded(fitted(text, widths[i] ?? 0), widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line, i) => (i === 0 ? style.faint(line) : line));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
