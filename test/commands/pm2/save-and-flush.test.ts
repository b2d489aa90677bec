import { describe, expect, it } from 'vitest';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { createBotProcess } from '../../core/bot.ts';
import { appHome, backend, process, rootHome, screen, type World } from '../world.ts';

async function run(
  line: string,
  changes: Partial<World> = {},
  wrap?: (environment: Environment) => Environment,
) {
  const stage = createBotProcess(changes);
  const bot = stage.createBot(wrap && { wrap });
  const card = (await bot.say(line)).last();
  if (card.state === 'waiting') await bot.press(card.id, 'confirm');
  const end = stage.progress.final(card.id).at(-1) ?? card;
  return { ...stage, card: card.reply, state: end.state, reply: end.reply, title: plain(end.reply.title) };
}

describe('pm2 save', () => {
  it('shows what would be saved, saves it, and says how much', async () => {
    const { card, state, reply, world } = await run('pm2 save');
    expect(screen(card)).toContain('backend-api online');
    expect(state).toBe('done');
    expect(world.mutations).toEqual([`ssm:SendCommand d2-pm2-save ${backend.id}`]);
    expect(screen(reply)).toContain('1 process saved');
  });

  it('warns that what is stopped now is saved as stopped', async () => {
    const { card } = await run('pm2 save', {
      homes: [{ ...rootHome, processes: [{ ...process, status: 'stopped' }] }, appHome],
    });
    expect(screen(card)).toContain('saved as stopped');
  });
});

describe('pm2 flush', () => {
  it('names the files, warns that they are gone for good, and says what was freed', async () => {
    const { card, state, reply, world } = await run('pm2 flush');
    expect(screen(card)).toContain(process.errLog);
    expect(screen(card)).toContain('gone for good');
    expect(state).toBe('done');
    expect(world.mutations).toEqual([`ssm:SendCommand d2-pm2-flush ${backend.id} backend-api`]);
    expect(screen(reply)).toContain('2,048 bytes');
  });

  it('is refused for a process that PM2 does not have', async () => {
    const { state, world } = await run('pm2 flush', { homes: [{ ...rootHome, processes: [] }, appHome] });
    expect(state).toBe('refused');
    expect(world.mutations).toEqual([]);
  });
});

describe.each(['save', 'flush'] as const)('pm2 %s', (verb) => {
  it('changes nothing and says why when the agent is offline', async () => {
    const { state, title, world } = await run(`pm2 ${verb}`, {
      homes: new UserError('unavailable', 'The SSM agent on the instance is offline.'),
    });
    expect(state).toBe('failed');
    expect(title).toContain('offline');
    expect(world.mutations).toEqual([]);
  });

  it('looks by its own verb before it sends anything again', async () => {
    const asked: string[] = [];
    const lost = async () => {
      throw new OutcomeUnknown('The answer was lost.');
    };
    const { state } = await run(`pm2 ${verb}`, {}, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        pm2Save: lost,
        pm2Flush: lost,
        async findSentCommand({ verb: name }) {
          asked.push(name);
          return { id: 'c1', status: 'Success' };
        },
      },
    }));
    expect(state).toBe('done');
    expect(new Set(asked)).toEqual(new Set([verb]));
  });
});
