import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/core/access/caller.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { createProgressPublisher } from '../../../src/terminal/progress-publisher.ts';
import { createScreen } from '../../../src/terminal/screen.ts';
import { ada, vera } from '../../commands/world.ts';
import { createBotProcess } from '../bot.ts';
import { omar } from '../in-memory.ts';

type Stage = ReturnType<typeof createBotProcess>;
type Bot = ReturnType<Stage['createBot']>;

const terminalCaller: Caller = { id: omar.id, name: 'omar', surface: 'terminal' };

const turns = async (count = 200) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const never = () => new Promise<never>(() => undefined);

/** A `d2` in somebody's shell, with the terminal's own progress; answers with what it printed. */
function createTerminal(stage: Stage, wrap: (environment: Environment) => Environment) {
  const printed: string[] = [];
  const screen = createScreen({ write: (text) => printed.push(text) > 0 });
  const title = (answer: { reply: { title: Parameters<typeof plain>[0] } }) =>
    `${plain(answer.reply.title)}\n`;
  const bot = stage.createBot({ owner: 'terminal/1', wrap });
  bot.bot.progress = createProgressPublisher({
    screen,
    outcome: screen,
    render: title,
    renderOutcome: title,
    renderCheck: () => '',
  });
  return { bot, printed };
}

/** The environment, in which somebody presses buttons while EC2 is being stopped. */
const whileStopping =
  (press: (operation: string) => Promise<unknown>) =>
  (environment: Environment): Environment => ({
    ...environment,
    compute: {
      ...environment.compute,
      async stopInstances(ids, call) {
        await press(call.operation);
        await environment.compute.stopInstances(ids, call);
      },
    },
  });

async function stopDev(bot: Bot, caller: Caller = omar): Promise<string> {
  const { id } = (await bot.say('stop dev', caller)).last();
  await bot.press(id, 'confirm', caller);
  return id;
}

const ec2 = ({ world }: Stage) =>
  world.mutations.filter((line) => line.startsWith('ec2:')).map((line) => line.split(' ')[0]);
const toldTo = ({ progress }: Stage) => progress.told.map(({ people }) => people.join());

describe('what somebody in Slack asks of an operation in a terminal', () => {
  it('is kept: they are told in Slack, and what follows begins there in their name', async () => {
    const stage = createBotProcess();
    const slack = stage.createBot();
    const { bot, printed } = createTerminal(
      stage,
      whileStopping(async (id) => {
        await slack.press(id, 'tell', vera);
        await slack.press(id, 'follow', ada);
      }),
    );
    await stopDev(bot, terminalCaller);
    expect(printed.join()).toContain('dev is asleep');
    // The terminal can’t say it in Slack, and does not take it for said.
    expect(stage.progress.told).toEqual([]);
    expect(ec2(stage)).toEqual(['ec2:StopInstances']);

    await slack.lookForOrphans();
    expect(toldTo(stage).filter((people) => people === vera.id)).toHaveLength(1);
    expect(ec2(stage)).toEqual(['ec2:StopInstances', 'ec2:StartInstances']);
    const started = stage.memory.records().find(({ command }) => command === 'start');
    expect(started).toMatchObject({
      state: 'done',
      asked: 'C0OPS',
      caller: { id: ada.id, name: ada.name, surface: 'slack' },
      message: { channel: 'C0OPS' },
    });
    expect(stage.memory.left()).toEqual([]);

    await stage.createBot().lookForOrphans();
    expect(toldTo(stage).filter((people) => people === vera.id)).toHaveLength(1);
    expect(ec2(stage)).toHaveLength(2);
  });

  it('is kept also where the terminal is killed before its end', async () => {
    const stage = createBotProcess();
    const slack = stage.createBot();
    const { bot } = createTerminal(
      stage,
      whileStopping(async (id) => {
        await slack.press(id, 'tell', vera);
        await slack.press(id, 'follow', ada);
        await never();
      }),
    );
    void stopDev(bot, terminalCaller);
    await turns();
    stage.clock.advance(120_000);
    await slack.lookForOrphans();
    expect(toldTo(stage)).toContain(vera.id);
    expect(ec2(stage)).toEqual(['ec2:StopInstances', 'ec2:StartInstances']);
    expect(stage.memory.left()).toEqual([]);
  });

  it('is refused to them in Slack where they may no longer do it', async () => {
    const stage = createBotProcess();
    const slack = stage.createBot();
    const { bot } = createTerminal(
      stage,
      whileStopping(async (id) => void (await slack.press(id, 'follow', ada))),
    );
    await stopDev(bot, terminalCaller);
    stage.world.grants.dev = { viewer: [ada.id], operator: [omar.id] };
    await slack.lookForOrphans();
    expect(
      stage.progress.told.map(({ answer, people }) => [people.join(), plain(answer.reply.title)]),
    ).toEqual([[ada.id, expect.stringContaining('start in dev needs operator')]]);
    expect(stage.memory.left()).toEqual([]);
  });
});

describe('an outcome', () => {
  it('that waits is not lost to a short change that ended after it', async () => {
    const stage = createBotProcess();
    const bot = stage.createBot();
    const { close } = stage.progress;
    stage.progress.close = () => Promise.reject(new Error('Slack is down'));
    const first = await stopDev(bot);
    stage.progress.close = close;
    const second = (await bot.say('start dev rds')).last().id;
    stage.clock.advance(120_000);
    await stage.createBot().lookForOrphans();
    expect(stage.progress.final(first).map(({ state }) => state)).toEqual(['done']);
    expect(stage.progress.final(second).map(({ state }) => state)).toEqual(['done']);
    expect(stage.memory.left()).toEqual([]);
  });

  it('that waits is not lost to a second press of its card and a short change after that', async () => {
    const stage = createBotProcess();
    const { claim } = stage.memory.locks;
    let go: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      go = resolve;
    });
    const late = stage.createBot({
      stores: {
        ...stage.memory,
        locks: {
          ...stage.memory.locks,
          async claim(...asked) {
            await ended;
            return claim(...asked);
          },
        },
      },
    });
    const { close } = stage.progress;
    stage.progress.close = () => Promise.reject(new Error('Slack is down'));
    const bot = stage.createBot();
    const { id } = (await bot.say('stop dev')).last();
    const second = late.press(id, 'confirm');
    await turns(20);
    await bot.press(id, 'confirm');
    go();
    await second;
    stage.progress.close = close;
    await bot.say('start dev rds');
    stage.clock.advance(120_000);
    await stage.createBot().lookForOrphans();
    expect(stage.progress.final(id).map(({ state }) => state)).toEqual(['done']);
    expect(stage.memory.left()).toEqual([]);
  });

  it('is told by one of two replicas, however long Slack takes to take it', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    const bot = stage.createBot({
      wrap: whileStopping((id) => other.press(id, 'tell', ada)),
    });
    const { close } = stage.progress;
    let tries = 0;
    stage.progress.close = async (message, answer) => {
      tries += 1;
      // Slack is slow: both are at it for minutes.
      for (let minute = 0; tries === 1 && minute < 5; minute++) {
        await turns(10);
        await other.lookForOrphans();
      }
      await close(message, answer);
    };
    const id = await stopDev(bot);
    await other.lookForOrphans();
    expect(tries).toBe(1);
    expect(toldTo(stage)).toEqual([expect.stringContaining(ada.id)]);
    expect(stage.progress.final(id)).toHaveLength(1);
    expect(stage.memory.left()).toEqual([]);
  });

  it('is told by one of two that find it at the same time', async () => {
    const stage = createBotProcess();
    const dying = stage.createBot({ wrap: whileStopping((id) => dying.press(id, 'tell', ada)) });
    let isDead = false;
    const { clock } = stage;
    dying.bot.clock = { now: clock.now, sleep: (...asked) => (isDead ? never() : clock.sleep(...asked)) };
    dying.bot.progress = {
      ...stage.progress,
      async close() {
        isDead = true;
        await never();
      },
    };
    void stopDev(dying);
    await turns(400);
    expect(isDead).toBe(true);
    stage.clock.advance(120_000);
    const replicas = [stage.createBot(), stage.createBot(), stage.createBot()];
    await Promise.all(replicas.map((replica) => replica.lookForOrphans()));
    expect(toldTo(stage)).toEqual([expect.stringContaining(ada.id)]);
    expect(stage.memory.left()).toEqual([]);
  });

  it('without a message is told to its caller, or in a new one where nobody heard it', async () => {
    const stage = createBotProcess();
    const bot = stage.createBot();
    const { id } = (await bot.say('stop dev')).last();
    stage.progress.refuse = true;
    const finished = stage.memory.locks.release;
    stage.memory.locks.release = async (...asked) => {
      await finished(...asked);
      await never();
    };
    void bot.press(id, 'confirm');
    await turns();
    stage.memory.locks.release = finished;
    stage.progress.refuse = false;
    stage.clock.advance(120_000);
    await stage.createBot().lookForOrphans();
    expect(stage.memory.records()).toEqual([expect.objectContaining({ state: 'refused', delivered: true })]);
    expect(stage.progress.messages(id).map((answers) => answers.at(-1)?.state)).toEqual(['refused']);
    expect(stage.memory.left()).toEqual([]);
  });
});

describe('what is to follow', () => {
  it('begins once, also where the process that was to begin it died', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    let creations = 0;
    const dying = stage.createBot({
      stores: {
        ...stage.memory,
        operations: {
          ...stage.memory.operations,
          create: (record) => {
            creations += 1;
            return creations === 1 ? stage.memory.operations.create(record) : never();
          },
        },
      },
      wrap: whileStopping((id) => other.press(id, 'follow', ada)),
    });
    void stopDev(dying);
    await turns();
    expect(creations).toBe(2);
    await other.lookForOrphans();
    expect(ec2(stage)).toEqual(['ec2:StopInstances']);
    stage.clock.advance(120_000);
    await Promise.all([other.lookForOrphans(), stage.createBot().lookForOrphans()]);
    expect(ec2(stage)).toEqual(['ec2:StopInstances', 'ec2:StartInstances']);
    expect(stage.memory.left()).toEqual([]);
  });

  it('is not begun a second time where it runs longer than its claim', async () => {
    const stage = createBotProcess();
    const other = stage.createBot();
    const bot = stage.createBot({
      wrap: (environment) => {
        const stopping = whileStopping((id) => other.press(id, 'follow', ada))(environment);
        return {
          ...stopping,
          compute: {
            ...stopping.compute,
            async startInstances(ids, call) {
              stage.clock.advance(30_000);
              await turns(50);
              await other.lookForOrphans();
              await environment.compute.startInstances(ids, call);
            },
          },
        };
      },
    });
    await stopDev(bot);
    expect(ec2(stage)).toEqual(['ec2:StopInstances', 'ec2:StartInstances']);
    expect(stage.memory.records().map(({ command }) => command)).toEqual(['stop', 'start']);
    expect(stage.memory.left()).toEqual([]);
  });
});
