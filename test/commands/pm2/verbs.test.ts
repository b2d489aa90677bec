import { describe, expect, it } from 'vitest';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { createBotProcess } from '../../core/bot.ts';
import { appHome, backend, bastion, labels, process, rds, rootHome, screen, type World } from '../world.ts';

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

const homes = (changes: Partial<typeof process>) => [
  { ...rootHome, processes: [{ ...process, ...changes }] },
  appHome,
];
const second = { ...backend, id: 'i-0second', name: 'second-backend' };

describe.each(['restart', 'reload'])('pm2 %s', (verb) => {
  it('shows how the process is, does it once, and proves it by the new pid and /health', async () => {
    const { card, state, reply, sent } = await run(`pm2 ${verb} backend-api`);
    expect(screen(card)).toContain('online, up 3 h, 0 restarts');
    expect(state).toBe('done');
    expect(sent).toEqual([`ssm:SendCommand d2-pm2-${verb} ${backend.id} backend-api`]);
    const words = screen(reply);
    for (const word of ['4711 → 4712', 'a reboot keeps it', 'No error lines since', 'done /health ok'])
      expect(words).toContain(word);
  });

  it('goes one instance at a time and halts at the first that does not come back', async () => {
    const { state, sent, reply } = await run(
      `pm2 ${verb}`,
      { instances: [backend, second] },
      (environment) => ({
        ...environment,
        instances: {
          ...environment.instances,
          checkHealth: async (...call) => ({
            ...(await environment.instances.checkHealth(...call)),
            status: 503,
          }),
        },
      }),
    );
    expect(state).toBe('partly');
    expect(sent).toHaveLength(1);
    expect(screen(reply)).toContain('failed /health ok');
    expect(screen(reply)).toContain('skipped');
    expect(labels(reply)).toContain('Errors');
  });

  it('is refused for a process that PM2 does not have, saying what it has', async () => {
    const { state, reply, title, world } = await run(`pm2 ${verb}`, { homes: homes({ name: 'worker' }) });
    expect(state).toBe('refused');
    expect(title).toContain('no process "backend-api"');
    expect(JSON.stringify(reply)).toContain('worker');
    expect(world.mutations).toEqual([]);
  });

  it('is refused while the instance sleeps, with Start', async () => {
    const { state, reply, world } = await run(`pm2 ${verb}`, {
      instances: [{ ...backend, state: 'stopped' }, bastion],
    });
    expect(state).toBe('refused');
    expect(labels(reply)).toContain('Start dev');
    expect(world.mutations).toEqual([]);
  });

  it('does not send again what SSM has as done, though its answer was lost', async () => {
    const { state, sent } = await run(`pm2 ${verb}`, {}, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        async pm2(...call) {
          await environment.instances.pm2(...call);
          throw new OutcomeUnknown('The answer was lost.');
        },
        findSentCommand: async (asked) => (asked.verb === verb ? { id: 'c1', status: 'Success' } : undefined),
      },
    }));
    expect(state).toBe('done');
    expect(sent).toHaveLength(1);
  });

  it('neither calls it done while it is under way, nor sends it again', async () => {
    const { state, sent } = await run(`pm2 ${verb}`, {}, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        async pm2(...call) {
          await environment.instances.pm2(...call);
          throw new OutcomeUnknown('d2-pm2 is stuck.');
        },
        findSentCommand: async () => ({ id: 'c1', status: 'InProgress' }),
      },
    }));
    expect(state).toBe('unknown');
    expect(sent).toHaveLength(1);
  });

  it('is partly done when the process comes back unwell', async () => {
    const { state, reply } = await run(`pm2 ${verb}`, {}, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        async pm2(...call) {
          const result = await environment.instances.pm2(...call);
          for (const home of await environment.instances.listProcesses(backend.id, {
            signal: new AbortController().signal,
          }))
            for (const one of home.processes) one.status = 'errored';
          return { ...result, after: result.after.map((one) => ({ ...one, status: 'errored' })) };
        },
      },
    }));
    expect(state).toBe('partly');
    expect(screen(reply)).toContain('not yet after 2 min');
  });
});

describe('a service without its database', () => {
  it.each([
    ['pm2 restart', 'stopped', true],
    ['pm2 reload', 'incompatible-network', true],
    ['pm2 restart', 'backing-up', false],
    ['pm2 stop', 'stopped', false],
  ])('%s while it is %s: warned %s', async (line, state, warned) => {
    const { card } = await run(line, { databases: [{ ...rds, state }] });
    expect(screen(card).includes(`Its database ${rds.id} is ${state}`)).toBe(warned);
  });
});

describe('pm2 restart', () => {
  it('shows the error lines since, not those of its predecessor', async () => {
    const { reply } = await run('restart', {
      files: {
        out: [],
        err: ['{"time":"2020-01-01T00:00:00Z","msg":"old"}', '{"time":"2999-01-01T00:00:00Z","msg":"new"}'],
      },
    });
    expect(screen(reply)).toContain('new');
    expect(screen(reply)).not.toContain('old');
  });

  it('is done also when its error lines can’t be read, and says that', async () => {
    const { state, reply } = await run('restart', {
      files: { out: [], err: new UserError('unavailable', 'The SSM agent is offline.') },
    });
    expect(state).toBe('done');
    expect(screen(reply)).toContain('Error lines unknown: The SSM agent is offline.');
  });

  it('says that a reload in fork mode loses requests', async () => {
    const { card } = await run('reload', { homes: homes({ mode: 'fork' }) });
    expect(screen(card)).toContain('fork mode');
  });
});

describe('pm2 stop and start', () => {
  it('stops, says that it stays stopped, and offers the way back', async () => {
    const { card, state, reply, sent } = await run('pm2 stop');
    expect(screen(card)).toContain('also after a reboot');
    expect(state).toBe('done');
    expect(sent).toEqual([`ssm:SendCommand d2-pm2-stop ${backend.id} backend-api`]);
    expect(labels(reply).some((label) => label === 'Start backend-api in dev')).toBe(true);
  });

  it.each(['stopping', 'waiting restart'])(
    'waits for one that is %s when the answer was lost',
    async (on) => {
      let looks = 0;
      const { state, sent, reply } = await run('pm2 stop', {}, (environment) => ({
        ...environment,
        instances: {
          ...environment.instances,
          async pm2(...call) {
            await environment.instances.pm2(...call);
            throw new OutcomeUnknown('The answer was lost.');
          },
          findSentCommand: async () => ({ id: 'c1', status: 'InProgress' }),
          async listProcesses(...call) {
            const all = await environment.instances.listProcesses(...call);
            const asIs = all.flatMap((home) => home.processes).every(({ status }) => status !== 'stopped');
            if (asIs || ++looks > 2) return all;
            return all.map((home) => ({
              ...home,
              processes: home.processes.map((one) => ({ ...one, status: on })),
            }));
          },
        },
      }));
      expect(state).toBe('done');
      expect(looks).toBeGreaterThan(2);
      expect(sent).toHaveLength(1);
      expect(screen(reply)).toMatch(/pid +none/);
    },
  );

  it('starts what is stopped and proves it', async () => {
    const { state, sent, reply } = await run('pm2 start', { homes: homes({ status: 'stopped' }) });
    expect(state).toBe('done');
    expect(screen(reply)).toMatch(/pid +(none → )?\d+/);
    expect(sent).toEqual([`ssm:SendCommand d2-pm2-start ${backend.id} backend-api`]);
  });

  it.each([
    ['pm2 start', 'online', 'online already'],
    ['pm2 stop', 'stopped', 'stopped already'],
  ])('%s does nothing where it is so', async (line, status, words) => {
    const { title, world } = await run(line, { homes: homes({ status }) });
    expect(title).toContain(words);
    expect(world.mutations).toEqual([]);
  });

  it('sends a stop once more when its answer was lost and SSM knows of none', async () => {
    let calls = 0;
    const { state, sent } = await run('pm2 stop', {}, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        async pm2(...call) {
          calls += 1;
          if (calls === 1) throw new OutcomeUnknown('The answer was lost.');
          return environment.instances.pm2(...call);
        },
      },
    }));
    expect(state).toBe('done');
    expect(calls).toBe(2);
    expect(sent).toHaveLength(1);
  });
});
