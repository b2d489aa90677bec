import { styleText } from 'node:util';
import type { Tone } from '../core/reply/parts.ts';

type Paint = (text: string) => string;

export interface Style {
  strong: Paint;
  faint: Paint;
  tone: Record<Tone, Paint>;
}

const none: Paint = (text) => text;
/** Whether colours are wanted was decided before: the stream isn't asked again. */
const paint =
  (format: Parameters<typeof styleText>[0]): Paint =>
  (text) =>
    styleText(format, text, { validateStream: false });

export const plainStyle: Style = {
  strong: none,
  faint: none,
  tone: { good: none, warn: none, bad: none, info: none },
};

export const colorStyle: Style = {
  strong: paint('bold'),
  faint: paint('dim'),
  tone: { good: paint('green'), warn: paint('yellow'), bad: paint('red'), info: none },
};
