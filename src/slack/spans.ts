import type { RichTextElement } from '@slack/types';
import type { Span, Text } from '../bot/reply.ts';
import { cut, escaped, visible } from './visible.ts';

const spansOf = (text: Text): readonly Span[] => (typeof text === 'string' ? [text] : text);

const formats = { clock: '{time}', day: '{date_short}', both: '{date_short_pretty} {time}' } as const;

/** Spans as rich text, where no escaping can go wrong. Mentions, links and dates come from spans alone, never from strings. */
export function richText(text: Text, most: number, zone: string): RichTextElement[] {
  let left = most;
  const elements: RichTextElement[] = [];
  for (const span of spansOf(text)) {
    if (left <= 0) break;
    const element = elementOf(span, left, zone);
    left -= 'text' in element && typeof element.text === 'string' ? element.text.length : 20;
    if (element.type !== 'text' || element.text !== '') elements.push(element);
  }
  return elements;
}

function elementOf(span: Span, left: number, zone: string): RichTextElement {
  if (typeof span === 'string') return { type: 'text', text: cut(visible(span), left) };
  switch (span.kind) {
    case 'strong':
      return { type: 'text', text: cut(visible(span.text), left), style: { bold: true } };
    case 'code':
      return { type: 'text', text: cut(visible(span.text), left), style: { code: true } };
    case 'time':
      return {
        type: 'date',
        timestamp: Math.floor(span.at.getTime() / 1000),
        format: formats[span.as],
        fallback: inZone(span.at, zone, span.as),
      };
    case 'person':
      // Without a wish to notify, a name is only a name.
      return span.mention && isPerson(span.id)
        ? { type: 'user', user_id: span.id }
        : { type: 'text', text: cut(visible(span.name), left) };
    case 'link':
      return isWeb(span.url)
        ? { type: 'link', url: span.url, text: cut(visible(span.label), left) }
        : { type: 'text', text: cut(visible(span.label), left) };
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
      return `<!date^${Math.floor(span.at.getTime() / 1000)}^${formats[span.as]}|${inZone(span.at, zone, span.as)}>`;
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
        if (span.kind === 'time') return inZone(span.at, zone, span.as);
        if (span.kind === 'person') return span.name;
        return span.kind === 'link' ? span.label : span.text;
      })
      .join(''),
  );
}

export function inZone(at: Date, timeZone: string, as: 'clock' | 'day' | 'both' | 'seconds'): string {
  const day = { day: 'numeric', month: 'short' } as const;
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = { clock, day, both: { ...day, ...clock }, seconds: { ...clock, second: '2-digit' } as const }[
    as
  ];
  return new Intl.DateTimeFormat('en-GB', { ...parts, timeZone }).format(at);
}

const isPerson = (id: string): boolean => /^[UW][A-Z0-9]{2,20}$/.test(id);
const isWeb = (url: string): boolean => /^https?:\/\/[^\s<>|]{1,2000}$/.test(url);
