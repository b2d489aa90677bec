/** Slack's own marks in a typed line, as plain words: `<@U1|ana>` → U1, `<mailto:a@b.c|a@b.c>` → a@b.c, `&amp;` → &. */
export function plainTyped(text: string): string {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g, '$1')
    .replace(/<#([CG][A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, id: string, name: string | undefined) => name || id)
    .replace(/<(?:mailto|tel):([^<>|]+)(?:\|[^<>]*)?>/g, '$1')
    .replace(
      /<(https?:[^<>|]+)(?:\|([^<>]*))?>/g,
      (_, url: string, label: string | undefined) => label ?? url,
    )
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** The same without the mentions of the bot itself. */
export const withoutMention = (text: string, botUser: string): string =>
  plainTyped(text.replaceAll(new RegExp(`<@${botUser}(?:\\|[^<>]*)?>`, 'g'), ' ')).trim();
