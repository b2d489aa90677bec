import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/reply/errors.ts';
import { createLog } from '../../src/logging.ts';
import { logOldestOperation } from '../../src/watch/oldest-operation.ts';
import { createBotProcess } from '../core/bot.ts';

/** What the bot's own log says of one look. */
async function look(bot: ReturnType<ReturnType<typeof createBotProcess>['createBot']>): Promise<unknown[]> {
  const lines: unknown[] = [];
  const log = createLog({ level: 'info', stream: { write: (line) => lines.push(JSON.parse(line)) } });
  await logOldestOperation({ ...bot.bot, log });
  return lines;
}

describe('the line that the alarms count on', () => {
  it('says 0 while nothing is open', async () => {
    expect(await look(createBotProcess().createBot())).toEqual([
      expect.objectContaining({ msg: 'watch', oldestOpenSeconds: 0 }),
    ]);
  });

  it('says how long the oldest open operation has been open, whichever process owns it', async () => {
    const stage = createBotProcess();
    const now = stage.clock.now().getTime();
    const hold = { operation: 'OP', command: 'stop', caller: { id: 'U0OMAR', name: 'omar' }, owner: 'gone' };
    await stage.memory.locks.claim({ env: 'dev' }, { ...hold, since: now, until: now + 45_000 }, now);
    stage.clock.advance(40 * 60_000);
    await stage.memory.locks.claim(
      { env: 'prod' },
      { ...hold, since: now + 60_000, until: now + 105_000 },
      now,
    );
    expect(await look(stage.createBot())).toEqual([
      expect.objectContaining({ msg: 'watch', oldestOpenSeconds: 2_400 }),
    ]);
  });

  it('says nothing when the table can’t be read, which the alarm takes for being down', async () => {
    const stage = createBotProcess();
    const bot = stage.createBot({
      stores: {
        ...stage.memory,
        locks: {
          ...stage.memory.locks,
          holder: async () => {
            throw new UserError('unavailable', 'The table does not answer.');
          },
        },
      },
    });
    const lines: string[] = [];
    const log = createLog({ level: 'info', stream: { write: (line) => lines.push(line) } });
    await expect(logOldestOperation({ ...bot.bot, log })).rejects.toThrow('does not answer');
    expect(lines).toEqual([]);
  });
});
