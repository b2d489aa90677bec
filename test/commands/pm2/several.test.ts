import { describe, expect, it } from 'vitest';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import type { Pm2Home, Process } from '../../../src/platform/instances.ts';
import { createBotProcess } from '../../core/bot.ts';
import {
  appHome,
  ask,
  backend,
  createWorld,
  details,
  hoursAgo,
  process,
  refusal,
  rootHome,
  screen,
  type World,
} from '../world.ts';

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
  return {
    ...stage,
    card: card.reply,
    state: end.state,
    reply: end.reply,
    title: plain(end.reply.title),
    sent: stage.world.mutations.filter((one) => one.startsWith('ssm:')),
  };
}

const inRoot = (...processes: Process[]): Pm2Home => ({ ...rootHome, processes });
const inApp = (...processes: Process[]): Pm2Home => ({ ...appHome, state: 'ok', processes });
const live = { ...process, pid: 9000 };
const down = (status: string, more: Partial<Process> = {}): Process => ({
  ...process,
  pid: 0,
  status,
  startedAt: 0,
  ...more,
});
const statusOf = (homes: Pm2Home[], name: string): (string | undefined)[] =>
  homes.map(({ processes }) => processes.find((one) => one.name === name)?.status);

/** Root's old copy and the application user's, which serves: what one finds where a deployment has moved. */
const twoHomes = (stale: string, more: Partial<Process> = {}): Partial<World> => ({
  homes: [inRoot(down(stale, { restarts: 64, ...more })), inApp(live)],
});

describe('a service in two PM2 homes', () => {
  it.each([
    ['pm2 restart', 'stopped', 'online'],
    ['pm2 restart', 'errored', 'online'],
    ['pm2 reload', 'stopping', 'online'],
    ['pm2 stop', 'stopped', 'stopped'],
    ['pm2 stop', 'errored', 'stopped'],
  ])(
    '%s acts on the one that runs beside one that is %s, and the card names both',
    async (line, stale, after) => {
      const { card, state, sent, world } = await run(line, twoHomes(stale));
      const verb = line.split(' ')[1];
      expect(screen(card)).toContain(
        `PM2 homes  ${verb} in ec2-user’s PM2 (online); root’s PM2 (${stale}) has an old copy, left alone`,
      );
      expect(state).toBe('done');
      expect(sent).toHaveLength(1);
      expect(world.homes instanceof Error ? [] : statusOf(world.homes, 'backend-api')).toEqual([
        stale,
        after,
      ]);
    },
  );

  it('sends the home that was planned, so that another one is refused on the instance', async () => {
    const homes: (string | undefined)[] = [];
    await run('pm2 flush', twoHomes('errored'), (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        async pm2Flush(_, __, { home }) {
          homes.push(home);
          return { paths: [], bytes: 0 };
        },
      },
    }));
    expect(homes).toEqual(['/home/ec2-user/.pm2']);
  });

  it('is not acted on where another home runs it by the time of the click', async () => {
    const stage = createBotProcess(twoHomes('stopped'));
    const bot = stage.createBot();
    const card = (await bot.say('pm2 restart')).last();
    const homes = stage.world.homes instanceof Error ? [] : stage.world.homes;
    for (const one of homes[0]?.processes ?? []) Object.assign(one, live);
    for (const one of homes[1]?.processes ?? []) Object.assign(one, down('stopped'));
    await bot.press(card.id, 'confirm');
    expect(stage.world.mutations).toEqual([]);
  });

  it.each(['pm2 restart', 'pm2 reload', 'pm2 stop', 'pm2 start', 'pm2 flush', 'stop dev', 'start dev'])(
    '%s is refused where both run it, naming both',
    async (line) => {
      const { state, title, world } = await run(line, {
        homes: [inRoot(process), inApp({ ...live, status: 'launching' })],
      });
      expect(state).toBe('refused');
      expect(title).toContain('/root/.pm2 and /home/ec2-user/.pm2');
      expect(world.mutations).toEqual([]);
    },
  );

  it('stop dev stops the one that runs', async () => {
    const { card, state, sent, world } = await run('stop dev', twoHomes('errored'));
    expect(screen(card)).toContain('stop in ec2-user’s PM2 (online)');
    expect(state).toBe('done');
    expect(sent).toEqual([`ssm:SendCommand d2-pm2-stop ${backend.id} backend-api`]);
    expect(world.homes instanceof Error ? [] : statusOf(world.homes, 'backend-api')).toEqual([
      'errored',
      'stopped',
    ]);
  });

  it.each([
    [
      'its log was written to last',
      { lastStart: hoursAgo(2).getTime(), lastLine: hoursAgo(1).getTime() },
      {},
    ],
    ['it was started last', { lastStart: hoursAgo(1).getTime() }, {}],
    // Both write to one file: it tells nothing.
    [
      'it was started last, where both have one log file',
      { lastStart: hoursAgo(1).getTime(), lastLine: hoursAgo(0).getTime() },
      { lastLine: hoursAgo(0).getTime() },
    ],
  ])('where neither runs, start means the one that ran last: %s', async (_, app, root) => {
    const { state, world } = await run('pm2 start', {
      homes: [
        inRoot(down('errored', { lastStart: hoursAgo(1.5).getTime(), ...root })),
        inApp(down('stopped', app)),
      ],
    });
    expect(state).toBe('done');
    expect(world.homes instanceof Error ? [] : statusOf(world.homes, 'backend-api')).toEqual([
      'errored',
      'online',
    ]);
  });

  it('is well by its live copy, and the stale one is shown as such', async () => {
    const world = () => createWorld(twoHomes('errored'));
    const status = (await ask('status', world())).reply;
    expect(screen(status)).toContain('dev is up and well');
    expect(screen(status)).toContain('stale copy in root’s PM2: errored');
    expect(details(status)).toContain('/home/ec2-user/.pm2, stale copy in root’s PM2: errored');
    const list = (await ask('pm2 list', world())).reply;
    expect(plain(list.title)).toBe('dev: 1 of 1 PM2 process online');
    expect(screen(list)).toContain('backend-api  errored · ↺ 64 · stale copy: another home has the service');
    const show = (await ask('pm2 show', world())).reply;
    expect(plain(show.title)).toBe('backend-api is online in dev');
    expect(screen(show)).toContain('There is a stale copy in root’s PM2: errored. Verbs leave it alone.');
    expect((await ask('health', world())).reply.tone).toBe('good');
  });

  it('is unwell where both run it, and every command says where', async () => {
    const world = () => createWorld({ homes: [inRoot(process), inApp(live)] });
    expect(plain((await ask('status', world())).reply.title)).toBe('dev: backend-api runs in two PM2 homes');
    const list = (await ask('pm2 list', world())).reply;
    expect(plain(list.title)).toBe('dev: backend-api runs in two PM2 homes');
    expect(screen(list)).toContain('↺ 0 · runs in another home too');
    expect(plain((await ask('pm2 show', world())).reply.title)).toBe(
      'backend-api runs in two PM2 homes in dev',
    );
    expect(plain((await ask('health', world())).reply.title)).toContain(
      'runs in /root/.pm2 and /home/ec2-user/.pm2',
    );
  });
});

const four = (...statuses: string[]): Partial<World> => ({
  homes: [
    inRoot(
      ...statuses.map((status, id) =>
        status === 'online' ? { ...process, id, pid: 5000 + id } : down(status, { id }),
      ),
    ),
    appHome,
  ],
});

describe('four processes of one name', () => {
  it.each([
    [['stopped', 'stopped', 'stopped', 'online']],
    [['online', 'stopped', 'stopped', 'stopped']],
    [['errored', 'online', 'stopped', 'waiting restart']],
  ])('are stopped while one of them runs: %j', async (statuses) => {
    for (const line of ['pm2 stop', 'stop dev']) {
      const { state, sent, world } = await run(line, four(...statuses));
      expect([line, state, sent.length]).toEqual([line, 'done', 1]);
      const [home] = world.homes instanceof Error ? [] : world.homes;
      expect(home?.processes.map(({ status }) => status)).toEqual(Array(4).fill('stopped'));
    }
  });

  it.each([
    [['online', 'stopped', 'stopped', 'stopped']],
    [['stopped', 'online', 'online', 'online']],
    [['online', 'online', 'errored', 'online']],
  ])('are started while one of them is down: %j', async (statuses) => {
    const { card, state, sent, reply } = await run('pm2 start', four(...statuses));
    const online = statuses.filter((status) => status === 'online').length;
    expect(screen(card)).toMatch(new RegExp(`Now {2}(${online} of 4 online)`));
    expect([state, sent.length]).toEqual(['done', 1]);
    for (const id of [0, 1, 2, 3]) expect(screen(reply)).toContain(`process ${id}  online · pid `);
  });

  it('start dev helps those that PM2 did not bring back', async () => {
    const { state, sent } = await run('start dev', four('online', 'stopped', 'stopped', 'stopped'));
    expect([state, sent.length]).toEqual(['done', 1]);
  });

  it.each([
    ['pm2 start', 'online', 'online already'],
    ['pm2 stop', 'stopped', 'stopped already'],
  ])('%s does nothing where all are %s', async (line, status, words) => {
    const { title, world } = await run(line, four(status, status, status, status));
    expect(title).toContain(words);
    expect(world.mutations).toEqual([]);
  });

  it('are judged together by everything that looks', async () => {
    const world = () => createWorld(four('stopped', 'stopped', 'stopped', 'online'));
    const status = (await ask('status', world())).reply;
    expect(plain(status.title)).toBe('dev: backend-api has 1 of 4 online');
    expect(screen(status)).toContain('backend-api  1 of 4 online in PM2');
    const health = (await ask('health', world())).reply;
    expect(plain(health.title)).toBe(`backend-api has 1 of 4 online on ${backend.id}`);
    const show = (await ask('pm2 show', world())).reply;
    expect(plain(show.title)).toBe('backend-api in dev: 1 of 4 online');
    expect(screen(show).match(/^\d \| (stopped|online) \|/gm)).toEqual([
      '0 | stopped |',
      '1 | stopped |',
      '2 | stopped |',
      '3 | online |',
    ]);
    const all = (await ask('status', createWorld(four('online', 'online', 'online', 'online')))).reply;
    expect(screen(all)).toContain('ok 14 ms · r42 · 4 of 4 online · up 3 h');
  });
});

describe('a crash loop', () => {
  const titles = async (one: Partial<Process>) => {
    const homes = [inRoot({ ...process, startedAt: hoursAgo(0).getTime() - 6_000, ...one }), appHome];
    return Promise.all(
      ['status', 'pm2 list', 'pm2 show'].map(async (line) =>
        plain((await ask(line, createWorld({ homes }))).reply.title),
      ),
    );
  };

  it.each([
    ['five restarts that somebody asked for', { restarts: 5 }],
    ['sixty of them', { restarts: 60 }],
    ['two of them within a second', { restarts: 2, unstableRestarts: 1 }],
    ['unstable restarts long ago', { restarts: 3, unstableRestarts: 3, startedAt: hoursAgo(1).getTime() }],
  ])('is none with %s', async (_, one) => {
    expect(await titles(one)).toEqual([
      'dev is up and well',
      'dev: 1 of 1 PM2 process online',
      'backend-api is online in dev',
    ]);
  });

  it.each([
    ['unstable restarts', { restarts: 3, unstableRestarts: 3 }],
    ['restarts that rise between two looks', { restarts: 9, crashes: 1 }],
    ['rising restarts while it launches', { status: 'launching', restarts: 9, crashes: 2 }],
    ['PM2 waiting to restart it', { status: 'waiting restart', restarts: 1 }],
    ['PM2 having given up', { status: 'errored', restarts: 16 }],
  ])('is one with %s', async (_, one) => {
    expect(await titles(one)).toEqual([
      'dev: backend-api is in a crash loop',
      'dev: backend-api may be in a crash loop',
      'backend-api may be in a crash loop in dev',
    ]);
  });

  it('does not make a plan another one with every restart', async () => {
    const homes = [inRoot({ ...process, unstableRestarts: 2, startedAt: hoursAgo(0).getTime() }), appHome];
    const stage = createBotProcess({ homes });
    const bot = stage.createBot();
    const card = (await bot.say('pm2 restart')).last();
    for (const one of stage.world.homes instanceof Error ? [] : (stage.world.homes[0]?.processes ?? [])) {
      one.pid += 7;
      one.restarts += 1;
    }
    await bot.press(card.id, 'confirm');
    expect(stage.world.mutations).toEqual([`ssm:SendCommand d2-pm2-restart ${backend.id} backend-api`]);
  });
});

describe('two instances', () => {
  const second = { ...backend, id: 'i-0second', name: 'second-backend' };
  const instances = [backend, second];
  const offline = new UserError('unavailable', 'The SSM agent on i-0second is offline.');
  const without = { instances, homesOn: { [second.id]: [inRoot(), appHome] } };
  const silent = { instances, homesOn: { [second.id]: offline } };

  it('pm2 show shows what there is, and says who lacks it', async () => {
    const { reply } = await ask('pm2 show', createWorld(without));
    expect(plain(reply.title)).toBe('backend-api is online on 1 of 2 instances in dev');
    expect(screen(reply)).toContain('release  r42');
    expect(screen(reply)).toContain('PM2 on second-backend has no process backend-api.');
    expect(reply.tone).toBe('bad');
  });

  it('pm2 show shows what there is, and says who can’t be asked', async () => {
    const { reply } = await ask('pm2 show', createWorld(silent));
    expect(screen(reply)).toContain('release  r42');
    expect(screen(reply)).toContain('unknown: The SSM agent on i-0second is offline.');
    expect(reply.tone).toBe('warn');
  });

  it('pm2 show says what PM2 has where all lack it', async () => {
    const other = [inRoot({ ...process, name: 'worker' }), appHome];
    const error = await refusal(
      'pm2 show',
      createWorld({ instances, homes: other, homesOn: { [second.id]: [inRoot(), appHome] } }),
    );
    expect(error.hint).toContain('It has worker.');
  });

  it.each(['restart', 'reload', 'stop', 'flush'])(
    'pm2 %s leaves out one that lacks the service, or can’t be asked, and says so',
    async (verb) => {
      for (const [changes, reason] of [
        [without, 'second-backend is left out: PM2 there has no process backend-api.'],
        [silent, 'second-backend is left out: The SSM agent on i-0second is offline.'],
      ] as const) {
        const { card, state, sent } = await run(`pm2 ${verb}`, changes);
        expect(screen(card)).toContain(`⚠ ${reason}`);
        expect([state, sent]).toEqual(['done', [`ssm:SendCommand d2-pm2-${verb} ${backend.id} backend-api`]]);
      }
    },
  );

  it('pm2 save saves where PM2 answers', async () => {
    const { card, sent } = await run('pm2 save', silent);
    expect(screen(card)).toContain('second-backend is left out');
    expect(sent).toEqual([`ssm:SendCommand d2-pm2-save ${backend.id}`]);
  });

  it('pm2 stop does not call it stopped already where one can’t be asked', async () => {
    const { state, title } = await run('pm2 stop', { ...silent, homes: [inRoot(down('stopped')), appHome] });
    expect(state).toBe('failed');
    expect(title).toContain('i-0second is offline');
  });

  it.each(['save', 'flush'])('pm2 %s looks for the lost command of its own instance', async (verb) => {
    const reached: string[] = [];
    const act = async (instance: string) => {
      if (!reached.includes(instance)) {
        // The answer of the second is lost before it arrives.
        if (instance === second.id && reached.push('lost') === 2)
          throw new OutcomeUnknown('The answer was lost.');
        reached.push(instance);
      }
    };
    const { state } = await run(`pm2 ${verb}`, { instances }, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        async pm2Save(instance) {
          await act(instance);
          return [{ home: '/root/.pm2', saved: 1 }];
        },
        async pm2Flush(instance) {
          await act(instance);
          return { paths: [], bytes: 0 };
        },
        findSentCommand: async (purpose) =>
          purpose.verb === verb &&
          reached.includes(purpose.instance) &&
          (purpose.service ?? 'backend-api') === 'backend-api'
            ? { id: 'c1', status: 'Success' }
            : undefined,
      },
    }));
    expect(state).toBe('done');
    expect(reached).toEqual([backend.id, 'lost', 'lost', second.id]);
  });

  it('the plan’s state is in words', async () => {
    const { card } = await run('pm2 restart', { instances });
    expect(details(card)).toContain(`${backend.id}/backend-api is online, pid 4711`);
    const stopped = await run('pm2 start', { homes: [inRoot(down('stopped')), appHome] });
    expect(screen(stopped.card)).toMatch(/^Now {2}stopped$/m);
    expect(details(stopped.card)).toContain('backend-api is stopped');
    expect(details(stopped.card)).not.toMatch(/\d{6}/);
  });
});
