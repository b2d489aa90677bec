import { bot, findChannel, findPerson, userGroups } from './directory.ts';

const escapeText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const parts =
  /<[@#!][^<>\s]+>|https?:\/\/[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w@#])@[\w-]+|(?<![\w@#])#[\w-]+/g;

function mention(word: string, named: boolean): string | undefined {
  const name = word.slice(1).toLowerCase();
  const suffix = (text: string) => (named ? `|${text}` : '');
  if (word.startsWith('#')) {
    const channel = findChannel(word);
    return channel && !channel.person ? `<#${channel.id}|${channel.name}>` : undefined;
  }
  if (name === bot.name) return `<@${bot.user}${suffix(bot.name)}>`;
  const person = findPerson(word);
  if (person) return `<@${person.id}${suffix(person.name)}>`;
  const group = userGroups.find((each) => each.handle === name);
  return group ? `<!subteam^${group.id}${suffix(`@${group.handle}`)}>` : undefined;
}

/**
 * What an app gets of what a person typed: `& < >` escaped, people, channels and links as Slack's entities.
 * A slash command (manifest: should_escape) carries names in them, a message does not.
 */
export function toSlackText(typed: string, kind: 'command' | 'message'): string {
  let done = 0;
  let out = '';
  for (const match of typed.matchAll(parts)) {
    const [part] = match;
    out += escapeText(typed.slice(done, match.index));
    done = match.index + part.length;
    if (part.startsWith('<')) out += part;
    else if (part.startsWith('http')) out += `<${escapeText(part)}>`;
    else if (/^[@#]/.test(part)) out += mention(part, kind === 'command') ?? escapeText(part);
    else out += `<mailto:${part}|${part}>`;
  }
  return out + escapeText(typed.slice(done));
}
