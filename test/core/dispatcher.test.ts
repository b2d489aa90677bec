import { describe, expect, it, onTestFinished } from 'vitest';
import { createCatalog } from '../../src/core/command/catalog.ts';
import { createDispatcher } from '../../src/core/dispatcher.ts';
import type { Answer } from '../../src/core/reply/answer.ts';
import { logBugs, UserError } from '../../src/core/reply/errors.ts';
import { plain } from '../../src/core/reply/text.ts';
import { omar } from '../commands/world.ts';
import { createBotProcess, wordsOf } from './bot.ts';

describe('an answer', () => {
  it('is never overtaken by what was shown before it, however slow the surface is', async () => {
    const { createBot } = createBotProcess();
    const { bot } = createBot();
    const shown: Answer['state'][] = [];
    const slow = {
      ...bot.catalog,
      commands: bot.catalog.commands.map((command) =>
        command.kind === 'read' && command.name === 'status'
          ? {
              ...command,
              run: async (context: Parameters<typeof command.run>[0]) => {
                context.interim({ title: 'early', tone: 'info', summary: 'early', parts: [], actions: [] });
                throw new UserError('unavailable', 'AWS is throttling.');
              },
            }
          : command,
      ),
    };

    const dispatcher = createDispatcher({
      bot: { ...bot, catalog: createCatalog(slow.commands, bot.catalog) },
    });
    await dispatcher.line({
      id: 'one',
      line: 'status',
      caller: omar,
      responder: {
        place: 'C0OPS',
        async answer({ state }) {
          if (state === 'working') for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
          shown.push(state);
        },
      },
    });
    expect(shown).toEqual(['working', 'failed']);
  });

  it('that a bug ended has a reference, and the log has the rest', async () => {
    const { createBot, logged } = createBotProcess();
    const bot = createBot({
      wrap: (environment) => ({
        ...environment,
        users: {
          ...environment.users,
          findPool: async () => {
            throw new TypeError('undefined is not a pool');
          },
        },
      }),
    });
    const answer = (await bot.say('cognito config')).last();
    expect(answer.state).toBe('failed');
    expect(wordsOf(answer)).toContain(answer.id);
    expect(wordsOf(answer)).not.toContain('undefined is not');
    expect(logged.join()).toContain('undefined is not a pool');
    expect(logged.join()).toContain(answer.id);
  });

  it('with a row that a bug made unknown has it in the log, under the reference that the row shows', async () => {
    const { createBot, logged } = createBotProcess({
      natGateways: new TypeError('undefined is not a gateway'),
    });
    const bot = createBot();
    onTestFinished(logBugs(bot.bot.log));
    const answer = (await bot.say('status')).last();
    expect(answer.state).toBe('done');
    const [, reference = 'none'] =
      /an unexpected fault, in the bot’s log under (\w+)/.exec(wordsOf(answer)) ?? [];
    expect(logged.join()).toContain('undefined is not a gateway');
    expect(logged.join()).toContain(reference);
  });

  it('hides secrets that AWS or an instance lets slip', async () => {
    const { createBot } = createBotProcess({
      natGateways: new UserError('unavailable', 'failed with AKIAIOSFODNN7EXAMPLE, password=hunter2hunter2'),
    });
    const answer = (await createBot().say('status')).last();
    expect(wordsOf(answer)).not.toMatch(/AKIAIOSFODNN7EXAMPLE|hunter2hunter2/);
    expect(plain(answer.reply.title)).not.toBe('');
  });
});

describe('a bot without table or trail', () => {
  it('looks, and refuses to change anything, saying why', async () => {
    const { createBot, world } = createBotProcess();
    const { bot } = createBot();
    const { catalog, platform, roleDirectory, clock, log, newId } = bot;
    const dispatcher = createDispatcher({
      bot: { catalog, platform, roleDirectory, clock, log, newId },
      without: 'D2_TABLE is not set',
    });
    const answers: Answer[] = [];
    const responder = {
      place: 'C0OPS',
      answer: async (answer: Answer) => void answers.push(answer),
    };
    await dispatcher.line({ id: 'a', line: 'status', caller: omar, responder });
    await dispatcher.line({ id: 'b', line: 'start dev', caller: omar, responder });
    await dispatcher.operate({ move: 'confirm', operation: 'c', caller: omar, responder });
    const last = (id: string) => answers.findLast((answer) => answer.id === id);
    expect(last('a')?.state).toBe('done');
    expect(last('b')?.reply.summary).toContain('D2_TABLE is not set');
    expect(last('c')?.reply.summary).toContain('D2_TABLE is not set');
    expect(world.mutations).toEqual([]);
  });
});
