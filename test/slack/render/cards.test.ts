import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answering, idOf, reply, type Stage, startStage } from '../bot.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.reset());

/** Puts a card where it is asked for, and says what pressing it answers. */
async function ask(
  channel: string,
  text: string,
  pressed: { state: 'done' | 'failed'; title: string },
): Promise<string | undefined> {
  stage.script = async (asked) => {
    if ('move' in asked) return answering({ state: pressed.state, reply: reply(pressed.title) })(asked);
    const operation = idOf(asked);
    const confirm = { kind: 'move' as const, move: 'confirm' as const, operation, label: 'Stop dev' };
    return answering({ state: 'waiting', reply: reply('Stop dev?', { actions: [confirm] }) })(asked);
  };
  const [card] = await stage.say('omar', text, { channel });
  return card?.ts;
}

const texts = async (channel: string) =>
  (await stage.place.list<{ text: string }>(`messages?channel=${channel}&user=omar`)).map(({ text }) => text);

describe('a card', () => {
  it('stays when pressing it failed for a passing reason, which is said beside it', async () => {
    const ts = await ask('ops', '/d2 stop dev', { state: 'failed', title: 'AWS did not answer' });
    await stage.click('omar', ts, 'Stop dev');
    expect(await texts('C0OPS')).toEqual(expect.arrayContaining(['Stop dev?', 'AWS did not answer']));
  });

  it('gives way to what came of it', async () => {
    const ts = await ask('ops', '/d2 stop dev', { state: 'done', title: 'begun' });
    await stage.click('omar', ts, 'Stop dev');
    const shown = await texts('C0OPS');
    expect(shown).toContain('begun');
    expect(shown).not.toContain('Stop dev?');
  });

  it('gives way in a direct message too, where nobody else reads', async () => {
    const ts = await ask('dm', '@d2 stop dev', { state: 'done', title: 'begun' });
    await stage.click('omar', ts, 'Stop dev');
    expect(await texts('D0OMAR')).not.toContain('Stop dev?');
  });
});

describe('an answer', () => {
  it('comes within the three seconds that Slack waits while the line is changed', async () => {
    stage.script = answering({ state: 'done', reply: reply('well') });
    await stage.place.post('socket', { disconnect: true });
    const messages = await stage.say('omar', '/d2 status');
    expect(messages.map(({ text }) => text)).toEqual(['well']);
  });

  it('that may not be posted where it was asked for still reaches who asked', async () => {
    stage.script = async (asked) => {
      await asked.responder.answer({
        id: idOf(asked),
        state: 'done',
        private: false,
        reply: reply('seen'),
      });
    };
    await stage.faults({ action: 'slack:chat.postMessage', kind: 'deny', times: 1 });
    await stage.say('omar', '@d2 status');
    expect([...(await texts('C0OPS')), ...(await texts('D0OMAR'))]).toContain('seen');
  });
});
