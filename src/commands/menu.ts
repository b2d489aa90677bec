import { z } from 'zod';
import { needsNothing } from '../core/command/usage.ts';
import { choice, fewButtons } from '../core/reply/actions.ts';
import { note } from '../core/reply/parts.ts';
import { createReply } from '../core/reply/reply.ts';
import { defineRead } from './define.ts';
import { permittedTo } from './shared/permitted.ts';

/** What an empty line opens: the everyday commands that need no word more, as buttons. */
export const menu = defineRead({
  name: 'menu',
  summary: 'The everyday commands as buttons; also what an empty line opens',
  role: 'viewer',
  purpose: 'welcome',
  open: true,
  anonymous: true,
  shareable: false,
  args: {},
  examples: ['menu'],
  output: z.object({ commands: z.array(z.string()) }),
  async run({ caller, platform, catalog }) {
    const { commands } = await permittedTo(caller, catalog, platform);
    const everyday = commands.filter(
      (command) => command.everyday && needsNothing(command, catalog.vocabulary),
    );
    const { environments, defaultEnvironment } = catalog.vocabulary;
    return createReply({
      title: 'What would you like?',
      tone: 'info',
      summary: `${catalog.prompt} menu`,
      parts: [
        note(
          `Buttons mean ${defaultEnvironment}. For another environment type it: ${catalog.prompt} status ${environments.find((env) => env !== defaultEnvironment) ?? defaultEnvironment}`,
        ),
      ],
      actions: fewButtons([
        ...everyday.map(({ name }) => choice(capital(name), name)),
        choice('Errors', 'logs', { level: 'error' }),
        choice('Help', 'help'),
      ]),
      data: { commands: everyday.map(({ name }) => name) },
    });
  },
});

const capital = (name: string): string =>
  name.startsWith('pm2') ? `PM2${name.slice(3)}` : `${name[0]?.toUpperCase()}${name.slice(1)}`;
