import { z } from 'zod';
import type { Command } from '../../src/core/command/command.ts';
import type { Platform } from '../../src/platform/platform.ts';

/** What of JSON Schema our schemas use. */
interface Schema {
  type?: string | string[];
  description?: string;
  format?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
}

const head = `# What scripts read

With \`--json\` the terminal prints one line of JSON on stdout, whatever happens; progress, hints and what to type next go to stderr. The exit code is 0 for done, 1 for not done, 2 for wrong words or a wrong configuration.

| field | |
|---|---|
| \`id\` | of the invocation; a change's operation, its audit trail and its message have the same |
| \`command\`, \`environment\` | what was asked; absent where no command was understood, or it has no environment |
| \`state\` | \`done\`, \`refused\`, \`failed\` (nothing was changed), \`partly\` (something was), \`unknown\` (look before doing anything) |
| \`message\` | the same in one line for people; its words may change |
| \`data\` | what the command says, as below; absent where it came to nothing |
| \`steps\` | of a change: \`id\`, \`title\`, \`instance\`, \`state\` (\`done\`, \`already\` (there was nothing to do), \`failed\`, \`unknown\`, \`skipped\` (not begun, or left out)), \`seconds\` |
| \`files\` | \`name\`, \`type\`, and \`content\` or \`base64\`, where an answer has files or pictures |
| \`error\` | \`code\`, \`message\`, \`hint\`, and for missing arguments \`missing\` (\`command\`, \`given\`, \`missing\`) |

An error's \`code\` is \`usage\`, \`forbidden\`, \`not-found\`, \`conflict\`, \`unavailable\`, \`timeout\`, \`unconfirmed\` (it asks for a yes: add \`--yes\`), \`cancelled\`, \`unknown\` or \`internal\`.

Fields are only ever added. What isn't known is \`null\` and never left out; times are ISO 8601 in UTC; a unit is in the name (\`latencyMs\`, \`perHourUsd\`).

\`\`\`sh
d2 status dev --json | jq -r '.data.services[] | select(.state != "healthy") | .name'
\`\`\`
`;

/** docs/json.md: the data of every command, from its schema. */
export function jsonPage(commands: readonly Command<Platform>[]): string {
  const sections = commands.map(({ name, output }) => {
    const schema = z.toJSONSchema(output) as Schema;
    return `## ${name}\n\n| field | type | |\n|---|---|---|\n${rows('', schema).join('\n')}\n`;
  });
  return [head, ...sections].join('\n');
}

function rows(prefix: string, schema: Schema): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const path = `${prefix}${name}`;
    const { inner, suffix } = innermost(one);
    return [
      `| \`${path}\` | ${typeOf(one).replaceAll('|', '\\|')} | ${one.description ?? ''} |`,
      ...rows(`${path}${suffix}.`, inner),
    ];
  });
}

/** The object in a list, or in what may be null. */
function innermost(schema: Schema, suffix = ''): { inner: Schema; suffix: string } {
  const some = schema.anyOf?.find(({ type }) => type !== 'null');
  if (some) return innermost(some, suffix);
  return schema.items ? innermost(schema.items, `${suffix}[]`) : { inner: schema, suffix };
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  return schema.format === 'date-time' ? 'time' : [schema.type ?? 'any'].flat().join(' or ');
}
