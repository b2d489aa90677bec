import { widthOf } from './visible.ts';

/** What of a stream is needed: `process.stdout`, or a test's own. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  rows?: number | undefined;
}

export interface Screen {
  /** Whether what is shown can be replaced. */
  readonly live: boolean;
  readonly width: number | undefined;
  /** Shows text in the place of what `show` showed last; nothing where it can't be replaced. */
  show(text: string): void;
  /** Text that stays; what `show` showed is gone. */
  print(text: string): void;
}

/** A stream whose last lines are drawn over while they are provisional. */
export function createScreen(output: Output): Screen {
  const live = output.isTTY === true;
  let drawn = '';

  /** Back to where the provisional lines begin, with everything below wiped. */
  function wipe(): string {
    const rows = rowsOf(drawn, output.columns ?? 80);
    drawn = '';
    return rows === 0 ? '' : `\u001b[${rows}F\u001b[J`;
  }

  return {
    live,
    get width() {
      return live ? output.columns : undefined;
    },
    show(text) {
      if (!live) return;
      const top = wipe();
      drawn = lastRows(text, (output.rows ?? 24) - 1, output.columns ?? 80);
      output.write(top + drawn);
    },
    print(text) {
      output.write((live ? wipe() : '') + text);
    },
  };
}

function rowsOf(text: string, columns: number): number {
  if (text === '') return 0;
  return text
    .replace(/\n$/, '')
    .split('\n')
    .reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
}

/** What scrolled away can't be drawn over: a text taller than the terminal shows its end. */
function lastRows(text: string, rows: number, columns: number): string {
  const lines = text.replace(/\n$/, '').split('\n');
  while (lines.length > 1 && rowsOf(lines.join('\n'), columns) > rows) lines.shift();
  return `${lines.join('\n')}\n`;
}
