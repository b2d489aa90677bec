import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { createDispatcher } from '../../../src/core/dispatcher.ts';
import { invoke } from '../../../src/core/reply/actions.ts';
import type { Reply } from '../../../src/core/reply/reply.ts';
import { reviveReply } from '../../../src/core/reply/stored-reply.ts';
import { clockTime, dayTime } from '../../../src/core/reply/text.ts';
import { createReplyCache } from '../../../src/slack/deliver/reply-cache.ts';
import { catalogOf } from '../../commands/world.ts';
import { createBotProcess } from '../bot.ts';
import { createListener, omar } from '../in-memory.ts';

const at = new Date('2026-11-23T01:12:00Z');
/** What people may have called something, and said of it. */
const theirs = {
  at: '09:30',
  kind: 'time',
  as: 'clock',
  since: at.toISOString(),
  when: 'at',
};

const reply: Reply = {
  title: ['stopped ', clockTime(at)],
  tone: 'good',
  summary: 'stopped',
  parts: [
    { kind: 'text', text: ['since ', dayTime(at)] },
    { kind: 'note', text: [clockTime(at)] },
    {
      kind: 'facts',
      facts: [
        { label: 'at', value: [clockTime(at)] },
        { label: 'at', value: theirs.since },
      ],
    },
    { kind: 'table', columns: ['at'], rows: [[theirs.since]] },
    { kind: 'log', lines: [{ at, text: theirs.since }, { text: 'no time' }] },
    { kind: 'checklist', checks: [{ title: 'at', state: 'done', note: ['at ', clockTime(at)] }] },
  ],
  details: [{ kind: 'text', text: [clockTime(at)] }],
  actions: [
    invoke('Again', 'start', theirs),
    {
      kind: 'menu',
      label: 'More',
      choices: [{ label: 'at', invocation: { command: 'start', args: theirs } }],
    },
  ],
  data: { at: theirs.at, changes: [{ ...theirs, at: theirs.since }] },
  error: { code: 'usage', message: 'at', missing: { command: 'start', given: theirs, missing: [] } },
};

describe('a reply that was kept', () => {
  it('has its times again, and what is somebody’s data as it was', () => {
    expect(reviveReply(JSON.stringify(reply))).toEqual(reply);
  });

  it('has them too where Details shows it', async () => {
    const kept = new Map<string, string>();
    const cache = createReplyCache({
      keep: async (id, json) => void kept.set(id, json),
      find: async (id) => kept.get(id),
    });
    const invocation = { command: 'start', args: { at: theirs.since } };
    await cache.keep({ answer: { id: 'a', state: 'done', reply, invocation }, owner: omar.id });
    const { data: _, error: __, ...shown } = reply;
    expect(await cache.find('a')).toEqual({
      answer: { id: 'a', state: 'done', reply: shown, invocation },
      owner: omar.id,
    });
  });

  it('keeps an argument called at in the buttons of an outcome', async () => {
    const stage = createBotProcess();
    const { bot } = stage.createBot();
    const list = commands.map((command) =>
      command.name === 'stop' && command.kind === 'change'
        ? {
            ...command,
            inverse: () => ({ command: 'start', label: 'Start', args: { env: 'dev', at: '09:30' } }),
          }
        : command,
    );
    const dispatcher = createDispatcher({ bot: { ...bot, catalog: catalogOf(list) } });
    const responder = createListener();
    await dispatcher.line({ id: bot.newId(), line: 'stop dev', caller: omar, responder });
    const operation = responder.last().id;
    await dispatcher.operate({ move: 'confirm', operation, caller: omar, responder });
    expect(stage.progress.final(operation)[0]?.reply.actions).toContainEqual(
      invoke('Start', 'start', { env: 'dev', at: '09:30' }),
    );
  });
});
