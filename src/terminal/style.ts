import type { Tone } from '../core/reply/reply.ts';

type Paint = (text: string) => string;

export interface Style {
  strong: Paint;
  faint: Paint;
  tone: Record<Tone, Paint>;
}

const none: Paint = (text) => text;
const sgr =
  (on: number, off: number): Paint =>
  (text) =>
    `\u001b[${on}m${text}\u001b[${off}m`;

export const plainStyle: Style = {
  strong: none,
  faint: none,
  tone: { good: none, warn: none, bad: none, info: none },
};

export const colorStyle: Style = {
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  tone: { good: sgr(32, 39), warn: sgr(33, 39), bad: sgr(31, 39), info: none },
};
