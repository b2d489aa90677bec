import { commands } from '../../src/commands/index.ts';
import type { Vocabulary } from '../../src/core/command/arguments.ts';
import type { Command } from '../../src/core/command/command.ts';
import { aliasesOf, usage } from '../../src/core/command/usage.ts';
import type { Platform } from '../../src/platform/platform.ts';

/** As the project's own d2.yaml names them; usage shows `env` and `service`, not their values. */
const vocabulary: Vocabulary = {
  environments: ['dev', 'prod'],
  defaultEnvironment: 'dev',
  services: ['backend-api'],
};

/** The README's table of commands: looking first, then changing. */
export function commandTable(list: readonly Command<Platform>[] = commands): string {
  const rows = [
    ...list.filter(({ kind }) => kind === 'read'),
    ...list.filter(({ kind }) => kind === 'change'),
  ].map((command) => {
    const aliases = aliasesOf(command);
    const also = aliases.length > 0 ? ` Also \`${aliases.join('`, `')}\`.` : '';
    return `| ${cell(`\`${usage(command, vocabulary)}\``)} | ${command.role} | ${cell(`${command.summary}.${also}`)} |`;
  });
  return ['| command | role | what it does |', '|---|---|---|', ...rows].join('\n');
}

// In a table even code must not hold a bare bar.
const cell = (text: string): string => text.replaceAll('|', '\\|');
