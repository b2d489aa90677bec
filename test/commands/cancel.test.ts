import { describe, expect, it } from 'vitest';
import { createBotProcess, wordsOf } from '../core/bot.ts';
import { ada, vera } from './world.ts';

describe('cancel', () => {
  it('says so when nothing runs', async () => {
    const { createBot } = createBotProcess();
    const answer = (await createBot().say('cancel')).last();
    expect(answer.state).toBe('refused');
    expect(wordsOf(answer)).toContain('Nothing runs in dev');
  });

  it('lets the step end, begins no other, and the outcome names who asked', async () => {
    const { createBot, world, progress } = createBotProcess();
    const other = createBot();
    const said: string[] = [];
    const bot = createBot({
      wrap: (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async stopInstances(ids, call) {
            said.push(wordsOf((await other.say('cancel dev', vera)).last()));
            said.push(wordsOf((await other.say('cancel dev', ada)).last()));
            await environment.compute.stopInstances(ids, call);
          },
        },
      }),
    });
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    expect(said[0]).toContain('needs operator');
    expect(said[1]).toContain('no other begins');
    const [end] = progress.final(id);
    expect(end?.state).toBe('partly');
    expect(end && wordsOf(end)).toContain('Cancelled by ada');
    expect(world.mutations.some((line) => line.startsWith('rds:'))).toBe(false);
  });

  it('before anything was sent ends as failed, nothing changed', async () => {
    const { createBot, world, progress, audit } = createBotProcess();
    const bot = createBot();
    const other = createBot();
    const { id } = (await bot.say('stop dev')).last();
    bot.bot.audit = {
      async record(event) {
        await audit.record(event);
        if (event.event === 'intent') await other.press(id, 'cancel', ada);
      },
    };
    await bot.press(id, 'confirm');
    expect(progress.final(id).map(({ state }) => state)).toEqual(['failed']);
    expect(world.mutations).toEqual([]);
  });

  it('comes too late for what has ended', async () => {
    const { createBot } = createBotProcess();
    const bot = createBot();
    const { id } = (await bot.say('stop dev')).last();
    await bot.press(id, 'confirm');
    const late = (await bot.press(id, 'cancel')).last();
    expect(late.state).toBe('refused');
    expect(wordsOf(late)).toContain('Too late');
  });
});
