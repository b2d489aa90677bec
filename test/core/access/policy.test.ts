import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineChange } from '../../../src/commands/define.ts';
import { confirmationOf, lockLabel, lockOf } from '../../../src/core/access/policy.ts';
import type { Command } from '../../../src/core/command/command.ts';
import { environment, words } from '../../../src/core/command/kinds.ts';
import { createDispatcher } from '../../../src/core/dispatcher.ts';
import { createReply } from '../../../src/core/reply/reply.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import { catalogOf } from '../../commands/world.ts';
import { createBotProcess } from '../bot.ts';
import { createListener, omar } from '../in-memory.ts';

/** One's own lock opens without a question, somebody else's asks, in a protected environment a second person. */
const unlock = defineChange({
  name: 'unlock',
  summary: 'Open a lock',
  role: 'operator',
  confirm: ({ args, caller, protected: isProtected }) =>
    args.whose === caller.name ? 'none' : isProtected ? 'second' : 'self',
  lock: 'none',
  args: { whose: words('whose'), env: environment },
  examples: ['unlock omar'],
  output: z.object({}),
  plan: async ({ args: { whose, env } }) => ({
    env,
    question: `Open ${whose}’s lock?`,
    doing: `Opening ${whose}’s lock`,
    did: `opened ${whose}’s lock`,
    targets: [{ kind: 'lock', id: whose, name: whose, verb: 'open', state: 'locked' }],
    calls: [],
    steps: [{ id: 'open', title: 'Opened', instance: 'i-1' }],
    facts: [],
    warnings: [],
    data: undefined,
  }),
  async run({ step }) {
    await step({ id: 'open', title: 'Opened', deadlineSeconds: 5, repeatable: true });
    return createReply({ title: 'Opened', tone: 'good', data: {} });
  },
});

async function say(line: string) {
  const stage = createBotProcess({ grants: { dev: { admin: ['U0OMAR'] }, prod: { admin: ['U0OMAR'] } } });
  const { bot } = stage.createBot();
  const list: Command<Platform>[] = [...bot.catalog.commands, unlock];
  const dispatcher = createDispatcher({ bot: { ...bot, catalog: catalogOf(list) } });
  const listener = createListener();
  await dispatcher.line({ id: ulid(), line, caller: omar, responder: listener });
  return { stage, last: listener.last() };
}

describe('a confirmation by rule', () => {
  it.each([
    ['unlock omar', 'none'],
    ['unlock ada', 'self'],
    ['unlock omar prod', 'none'],
    ['unlock ada prod', 'second'],
  ])('depends for "%s" on what, where and who: %s', async (line, needed) => {
    const { stage, last } = await say(line);
    const [record] = stage.memory.records();
    if (needed === 'none') expect(record?.state).toBe('done');
    if (needed === 'self') expect(last.state).toBe('waiting');
    if (needed === 'second') expect(plain(last.reply.title)).toContain('second person');
  });

  it('that is plain becomes a second person’s in a protected environment', () => {
    const { bot } = createBotProcess().createBot();
    const command = { ...unlock, confirm: 'none' as const };
    const of = (env: string) => confirmationOf(bot, { command, args: { env }, caller: omar });
    expect([of('dev'), of('prod')]).toEqual(['none', 'second']);
  });
});

describe('a lock', () => {
  const at = { id: 'op', args: { env: 'dev', email: 'ana@example.com' }, env: 'dev' };

  it('is the environment’s, a thing’s, or the operation’s own', () => {
    expect(lockOf({}, at)).toEqual({ env: 'dev' });
    expect(lockOf({ lock: ({ email }) => `user/${email}` }, at)).toEqual({
      env: 'dev',
      resource: 'user/ana@example.com',
    });
    expect(lockOf({ lock: 'none' }, at)).toEqual({ env: 'dev', resource: 'operation/op' });
  });

  it('is said in words', () => {
    expect(lockLabel({ env: 'dev' })).toBe('dev');
    expect(lockLabel({ env: 'dev', resource: 'user/ana@example.com' })).toBe('user ana@example.com in dev');
  });

  it('that a change does not need leaves nothing behind, and its steps name their instance', async () => {
    const { stage, last } = await say('unlock omar');
    expect(stage.memory.left()).toEqual([]);
    const [record] = stage.memory.records();
    expect(record?.steps).toMatchObject([{ title: 'Opened', instance: 'i-1' }]);
    expect(stage.audit.events.at(-1)?.steps).toMatchObject([{ title: 'Opened', instance: 'i-1' }]);
    expect(JSON.stringify(stage.progress.final(last.id))).toContain('"instance":"i-1"');
  });
});
