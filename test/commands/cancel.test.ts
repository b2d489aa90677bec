import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import type { Caller } from '../../src/core/access/caller.ts';
import { createDispatcher } from '../../src/core/dispatcher.ts';
import { createBotProcess, wordsOf } from '../core/bot.ts';
import { createListener, omar } from '../core/in-memory.ts';
import { ada, catalogOf, vera } from './world.ts';

/** `stop` as something for admins only. */
const forAdmins = commands.map((command) =>
  command.name === 'stop' ? { ...command, role: 'admin' as const } : command,
);

/** Somebody cancels, by a line or by the button, while a stop is under way. */
async function cancelling(
  by: 'line' | 'button',
  caller: Caller,
  list = commands,
  trail: 'up' | 'down' = 'up',
) {
  const stage = createBotProcess({ grants: { dev: { operator: [omar.id, ada.id] } } });
  const { bot: context } = stage.createBot();
  const dispatcher = createDispatcher({ bot: { ...context, catalog: catalogOf(list) } });
  const said: string[] = [];
  const bot = stage.createBot({
    wrap: (environment) => ({
      ...environment,
      compute: {
        ...environment.compute,
        async stopInstances(ids, call) {
          const responder = createListener();
          stage.audit.down = trail === 'down';
          if (by === 'line')
            await dispatcher.line({ id: context.newId(), line: 'cancel dev', caller, responder });
          else await dispatcher.operate({ move: 'cancel', operation: call.operation, caller, responder });
          stage.audit.down = false;
          said.push(`${responder.last().state}: ${wordsOf(responder.last())}`);
          await environment.compute.stopInstances(ids, call);
        },
      },
    }),
  });
  const { id } = (await bot.say('stop dev')).last();
  await bot.press(id, 'confirm');
  const events = stage.audit.events.map(({ event, operation, caller: { id: who } }) => [
    event,
    operation,
    who,
  ]);
  return { said: said.join(), id, events, state: stage.memory.records()[0]?.state, logged: stage.logged };
}

describe.each(['line', 'button'] as const)('cancelling by %s', (by) => {
  it('stands in the audit trail, with who did it', async () => {
    const { id, events, state } = await cancelling(by, ada);
    expect(events).toEqual([
      ['intent', id, omar.id],
      ['cancel', id, ada.id],
      ['outcome', id, omar.id],
    ]);
    expect(state).toBe('partly');
  });

  it('needs the role of what it cancels, and a refusal stands in the trail too', async () => {
    const { id, events, state, said } = await cancelling(by, ada, forAdmins);
    expect(said).toMatch(/^refused: .*cancelling stop in dev needs admin/);
    expect(events).toEqual([
      ['intent', id, omar.id],
      ['refusal', id, ada.id],
      ['outcome', id, omar.id],
    ]);
    expect(state).toBe('done');
  });

  it('is not hindered by a trail that is down, which the log says', async () => {
    const { state, logged } = await cancelling(by, ada, commands, 'down');
    expect(state).toBe('partly');
    expect(logged.join()).toContain('did not take who cancelled');
  });
});

it('asks for no less than cancel says of itself: every change needs an operator at least', () => {
  expect(commands.filter(({ kind, role }) => kind === 'change' && role === 'viewer')).toEqual([]);
});

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
