import type { RichTextElement } from '@slack/types';
import type { Span, Text } from '../../core/reply/text.ts';
import { wallClock } from '../../core/reply/wall-clock.ts';
import { cut, escaped, visible } from './visible.ts';

const spansOf = (text: Text): readonly Span[] => (typeof text === 'string' ? [text] : text);

const formats = { clock: '{time}', day: '{date_short}', both: '{date_short_pretty} {time}' } as const;
const noTime = 'an unknown time';
// What an element without a text of its own takes up on the screen.
const elementWidth = 20;

/** Spans as rich text, where no escaping can go wrong. Mentions, links and dates come from spans alone, never from strings. */
export function richText(text: Text, most: number, zone: string): RichTextElement[] {
  let left = most;
  const elements: RichTextElement[] = [];
  for (const span of spansOf(text)) {
    if (left <= 0) {
      if (elements.at(-1)?.type !== 'text') elements.push({ type: 'text', text: '…' });
      break;
    }
    const element = elementOf(span, left, zone);
    left -= 'text' in element && typeof element.text === 'string' ? element.text.length : elementWidth;
    if (element.type !== 'text' || element.text !== '') elements.push(element);
  }
  return elements;
}

function elementOf(span: Span, left: number, zone: string): RichTextElement {
  const text = (value: string) => ({ type: 'text', text: cut(visible(value), left) }) as const;
  if (typeof span === 'string') return text(span);
  switch (span.kind) {
    case 'strong':
      return { ...text(span.text), style: { bold: true } };
    case 'code':
      return { ...text(span.text), style: { code: true } };
    case 'time':
      if (!isTime(span.at)) return text(noTime);
      return {
        type: 'date',
        timestamp: Math.floor(span.at.getTime() / 1000),
        format: formats[span.as],
        fallback: inZone(span.at, zone, span.as),
      };
    case 'person':
      // Without a wish to notify, a name is only a name.
      return span.mention && isPerson(span.id) ? { type: 'user', user_id: span.id } : text(span.name);
    case 'link':
      return isWeb(span.url) && visible(span.label).trim() !== ''
        ? { type: 'link', url: span.url, text: cut(visible(span.label), left) }
        : text(span.label);
  }
}

/** Spans as mrkdwn, for context blocks, which take no rich text. */
export const mrkdwn = (text: Text, zone: string): string =>
  spansOf(text)
    .map((span) => marked(span, zone))
    .join('');

function marked(span: Span, zone: string): string {
  if (typeof span === 'string') return escaped(span);
  switch (span.kind) {
    case 'strong':
    case 'code':
      return escaped(span.text);
    case 'time':
      return isTime(span.at)
        ? `<!date^${Math.floor(span.at.getTime() / 1000)}^${formats[span.as]}|${inZone(span.at, zone, span.as)}>`
        : noTime;
    case 'person':
      return span.mention && isPerson(span.id) ? `<@${span.id}>` : escaped(span.name);
    case 'link':
      return isWeb(span.url)
        ? `<${escaped(span.url).replaceAll('|', '%7C')}|${escaped(span.label).replaceAll('|', '¦')}>`
        : escaped(span.label);
  }
}

/** A text without its meaning, times in the team's zone: for notifications and preformatted blocks. */
export function flat(text: Text, zone: string): string {
  return visible(
    spansOf(text)
      .map((span) => {
        if (typeof span === 'string') return span;
        if (span.kind === 'time') return isTime(span.at) ? inZone(span.at, zone, span.as) : noTime;
        if (span.kind === 'person') return span.name;
        return span.kind === 'link' ? span.label : span.text;
      })
      .join(''),
  );
}

/** A time as the team's wall clock shows it. */
export const inZone = (at: Date, timeZone: string, as: Parameters<typeof wallClock>[2]): string =>
  isTime(at) ? wallClock(at, timeZone, as) : noTime;

const isTime = (at: Date): boolean => Number.isFinite(at.getTime());
const isPerson = (id: string): boolean => /^[UW][A-Z0-9]{2,20}$/.test(id);
export const isWeb = (url: string): boolean =>
  /^https?:\/\/[^\s<>|]{1,2000}$/.test(url) && visible(url) === url;
