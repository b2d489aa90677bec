/** The characters of a block's texts, as Slack adds them up for the whole message. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, inner) => sum + textLength(inner), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    // A date or a mention has no text of its own and still shows something.
    'type' in value && (value.type === 'date' || value.type === 'user') ? 20 : 0,
  );
}
