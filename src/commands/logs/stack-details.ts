import { type LogLine, note, type Part } from '../../core/reply/parts.ts';
import { counted } from '../shared/format.ts';
import type { Entry } from './entry.ts';

const mostStacks = 5;
const mostLines = 25;

/** The stacks of what is shown, the newest last, each under its line; what is left out is said. */
export function stackDetails(shown: readonly Entry[]): Part[] {
  const stacks = shown.filter(({ stack }) => stack.length > 0);
  const left = stacks.length - mostStacks;
  return [
    ...(left > 0 ? [note(`${counted(left, 'older stack')} left out: look at a shorter span.`)] : []),
    ...stacks.slice(-mostStacks).map((entry): Part => ({ kind: 'log', lines: linesOf(entry) })),
  ];
}

function linesOf({ at, level, text, stack }: Entry): LogLine[] {
  const more = stack.length - mostLines;
  return [
    { ...(at && { at }), ...(level && { level }), text },
    ...stack.slice(0, mostLines).map((line) => ({ text: line })),
    ...(more > 0 ? [{ text: `(+${counted(more, 'line')})` }] : []),
  ];
}
