import { z } from 'zod';
import { atLeast, roles } from '../core/access/caller.ts';
import type { Catalog } from '../core/command/catalog.ts';
import type { Command } from '../core/command/command.ts';
import { words } from '../core/command/kinds.ts';
import { nearest } from '../core/command/nearest.ts';
import { aliasesOf, argumentsOf, needsNothing, usage } from '../core/command/usage.ts';
import { choice, fewButtons, invoke } from '../core/reply/actions.ts';
import { UserError } from '../core/reply/errors.ts';
import { type Fact, facts, note, type Part, text } from '../core/reply/parts.ts';
import type { ReplyWith } from '../core/reply/reply.ts';
import { code } from '../core/reply/text.ts';
import type { Platform } from '../platform/platform.ts';
import { defineRead } from './define.ts';
import { cut } from './shared/format.ts';
import { type Permitted, permittedTo } from './shared/permitted.ts';

const helpData = z.object({
  commands: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      kind: z.enum(['read', 'change']),
      role: z.enum(roles),
      usage: z.string(),
      aliases: z.array(z.string()),
      arguments: z.array(z.object({ name: z.string(), says: z.string() })),
      examples: z.array(z.string()),
    }),
  ),
});

type Explained = ReplyWith<z.infer<typeof helpData>>;

const describe = (
  commands: readonly Command<Platform>[],
  { vocabulary }: Catalog<Platform>,
): Explained['data'] => ({
  commands: commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    kind: command.kind,
    role: command.role,
    usage: usage(command, vocabulary),
    aliases: aliasesOf(command),
    arguments: argumentsOf(command, vocabulary),
    examples: [...command.examples],
  })),
});

export const help = defineRead({
  name: 'help',
  summary: 'What you may run, and how',
  role: 'viewer',
  purpose: 'explain',
  open: true,
  anonymous: true,
  aliases: ['?', 'commands', 'man'],
  args: { command: words('command', 60).optional().rest() },
  examples: ['help', 'help logs', 'help pm2'],
  output: helpData,
  async run({ args, caller, platform, catalog }) {
    const permitted = await permittedTo(caller, catalog, platform);
    const asked = args.command?.trim().toLowerCase().replace(/\s+/g, ' ');
    if (!asked) return overview(permitted, catalog);
    const family = catalog.family(asked).filter((command) => permitted.commands.includes(command));
    const entry = catalog.find(asked);
    if (entry) return explain(entry.command, permitted, catalog, asked);
    if (family.length > 0) return familyReply(asked, family, catalog);
    throw unknown(asked, catalog);
  },
});

function overview({ commands, role, anonymous }: Permitted, catalog: Catalog<Platform>): Explained {
  const everyday = commands.filter(({ everyday }) => everyday).slice(0, 10);
  const others = commands.filter((command) => !everyday.includes(command));
  const families = new Map<string, string[]>();
  const single: string[] = [];
  for (const { name } of others) {
    const [first = name, ...rest] = name.split(' ');
    if (rest.length === 0) single.push(name);
    else families.set(first, [...(families.get(first) ?? []), rest.join(' ')]);
  }
  return {
    title: anonymous
      ? `Every command; ${catalog.prompt} whoami tells what you may run`
      : `What you may run${role ? ` as ${role}` : ''}`,
    tone: 'info',
    summary: `${commands.length} commands; ${catalog.prompt} help <command> tells more`,
    parts: [
      facts(everyday.map(({ name, summary }) => ({ label: name, value: summary }))),
      facts([
        ...[...families].map(([name, members]): Fact => ({ label: `${name} …`, value: members.join(', ') })),
        ...(single.length > 0 ? [{ label: 'also', value: single.join(', ') }] : []),
      ]),
      note(
        `${catalog.prompt} help <command> tells more. Environments: ${catalog.vocabulary.environments.join(', ')}; ${catalog.vocabulary.defaultEnvironment} unless said.`,
      ),
    ],
    details: [
      facts(
        commands.map((command) => ({
          label: command.name,
          value: [code(usage(command, catalog.vocabulary))],
        })),
      ),
    ],
    actions: fewButtons([
      ...[...families.keys()].map((name) => choice(`${name} …`, 'help', { command: name })),
      choice('Menu', 'menu'),
    ]),
    data: describe(commands, catalog),
  };
}

function explain(
  command: Command<Platform>,
  { role, anonymous }: Permitted,
  catalog: Catalog<Platform>,
  asked: string,
): Explained {
  const { vocabulary, prompt } = catalog;
  const aliases = aliasesOf(command);
  const may = anonymous || atLeast(role, command.role);
  const explained = argumentsOf(command, vocabulary);
  return {
    title: aliases.includes(asked) ? `${asked} is ${command.name}` : command.name,
    tone: 'info',
    summary: `${command.name}: ${command.summary}`,
    parts: [
      text(`${command.summary}.`),
      text([code(`${prompt} ${usage(command, vocabulary)}`)]),
      ...(explained.length > 0
        ? [facts(explained.map(({ name, says }) => ({ label: name, value: says })))]
        : []),
      ...(aliases.length > 0 ? [text(`Also: ${aliases.join(', ')}`)] : []),
      text([
        'For example: ',
        ...command.examples.flatMap((example, index) => [
          index > 0 ? ' · ' : '',
          code(`${prompt} ${example}`),
        ]),
      ]),
      note(needs(command, may)),
    ],
    actions: [
      ...(command.kind === 'read' && may && command.name !== 'help' && needsNothing(command, vocabulary)
        ? [invoke(`Run ${command.name}`, command.name)]
        : []),
      invoke('All commands', 'help'),
    ],
    data: describe([command], catalog),
  };
}

function needs(command: Command<Platform>, may: boolean): string {
  const role = `Needs ${command.role}${may ? '' : ', which you are nowhere'}.`;
  if (command.kind === 'read') return `${role} It only looks.`;
  if (typeof command.confirm === 'function')
    return `${role} It changes something: it shows its plan, and who has to say yes depends on what and where.`;
  if (command.confirm === 'none')
    return `${role} It changes something, at once after its plan; in a protected environment it asks first.`;
  return `${role} It changes something: it shows its plan and waits for ${command.confirm === 'self' ? 'your yes' : 'a second person'}.`;
}

function familyReply(
  name: string,
  family: readonly Command<Platform>[],
  catalog: Catalog<Platform>,
): Explained {
  const { prompt, vocabulary } = catalog;
  const rows: Part[] = [facts(family.map((command) => ({ label: command.name, value: command.summary })))];
  return {
    title: `${name} …`,
    tone: 'info',
    summary: `${name}: ${family.map((command) => command.name.slice(name.length + 1)).join(', ')}`,
    parts: [...rows, note(`${prompt} help ${family[0]?.name ?? name} tells more.`)],
    details: [
      facts(family.map((command) => ({ label: command.name, value: [code(usage(command, vocabulary))] }))),
    ],
    actions: fewButtons([
      ...family
        .filter((command) => command.kind === 'read' && needsNothing(command, vocabulary))
        .map((command) => choice(command.name, command.name)),
      choice('All commands', 'help'),
    ]),
    data: describe(family, catalog),
  };
}

function unknown(asked: string, { names, prompt }: Catalog<Platform>): UserError {
  const near = nearest(asked, names());
  return new UserError(
    'usage',
    `There is no command "${cut(asked, 40)}"${near ? `. Did you mean ${near}?` : '.'}`,
    {
      hint: `${prompt} help lists what there is.`,
      actions: [
        ...(near ? [invoke(`Help for ${near}`, 'help', { command: near })] : []),
        invoke('All commands', 'help'),
      ],
    },
  );
}
