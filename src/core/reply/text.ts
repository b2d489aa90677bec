/** Plain strings are hostile until a renderer escaped them; only spans can carry meaning. */
export type Span =
  | string
  | { kind: 'strong'; text: string }
  | { kind: 'code'; text: string }
  /** `clock` 14:05, `day` 23 Nov, `both`; shown in the reader's zone where the surface can. */
  | { kind: 'time'; at: Date; as: 'clock' | 'day' | 'both' }
  /** A person's id on their surface (Slack `U…`; an ARN in the terminal). `mention` notifies them. */
  | { kind: 'person'; id: string; name: string; mention?: boolean }
  | { kind: 'link'; url: string; label: string };

export type Text = string | readonly Span[];

export const code = (value: string): Span => ({ kind: 'code', text: value });
export const clockTime = (at: Date): Span => ({ kind: 'time', at, as: 'clock' });
export const dayTime = (at: Date): Span => ({ kind: 'time', at, as: 'both' });

/** Whole sentences one after the other; absent ones leave no gap. */
export function sentences(...texts: readonly (Text | undefined)[]): Text {
  const said = texts.filter((one): one is Text => one !== undefined && plain(one) !== '');
  if (said.every((one) => typeof one === 'string')) return said.join(' ');
  return said.flatMap((one, index) => [
    ...(index > 0 ? [' '] : []),
    ...(typeof one === 'string' ? [one] : one),
  ]);
}

/** A reply's text without its meaning, for summaries, tests and logs. */
export function plain(value: Text): string {
  if (typeof value === 'string') return value;
  return value
    .map((span) => {
      if (typeof span === 'string') return span;
      if (span.kind === 'time') return span.at.toISOString();
      if (span.kind === 'person') return span.name;
      if (span.kind === 'link') return span.label;
      return span.text;
    })
    .join('');
}

/** A word as a shell takes it for itself, to be copied: `o'brien@example.com` would open a quotation there. */
export function shellWord(word: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(word)) return word;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}
