import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/reply/errors.ts';
import { plain } from '../../src/core/reply/text.ts';
import type { Environment } from '../../src/platform/environment.ts';
import {
  appHome,
  ask,
  backend,
  bastion,
  createWorld,
  details,
  hoursAgo,
  labels,
  now,
  platformOf,
  pressed,
  process,
  rds,
  rootHome,
  screen,
  type World,
} from './world.ts';

const status = async (changes: Partial<World> = {}) => (await ask('status', createWorld(changes))).reply;
const title = async (changes: Partial<World>) => plain((await status(changes)).title);
const silence = new UserError('unavailable', 'AWS did not answer in time.');

describe('status', () => {
  it('tells a well environment on one phone screen', async () => {
    const reply = await status({
      last: {
        operation: 'O',
        command: 'start',
        caller: { id: 'U0OMAR', name: 'omar' },
        state: 'done',
        did: 'started dev',
        at: hoursAgo(3).getTime(),
      },
    });
    expect(screen(reply)).toBe(
      [
        'dev is up and well',
        'backend-api  ok 14 ms · r42 · up 3 h',
        'database  available',
        'ALB  1/1 healthy',
        'on  NAT, endpoints, bastion',
        '$0.19/h',
        'Last: omar started dev, 2026-11-22T22:12:00.000Z',
      ].join('\n'),
    );
    expect(reply.tone).toBe('good');
    expect(reply.summary).toBe('dev is up and well · $0.19/h');
    expect(labels(reply)).toEqual(['Logs', 'Restart', 'Stop', 'Refresh']);
    expect(pressed(reply, 'Restart')).toEqual({
      command: 'pm2 restart',
      args: { service: 'backend-api', env: 'dev' },
    });
  });

  it('keeps every line of the first screen to a phone’s width', async () => {
    const lines = screen(await status()).split('\n');
    expect(lines.length).toBeLessThanOrEqual(10);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(36);
  });

  describe('before all have answered', () => {
    /** Asks with one source that answers only after the first screen. */
    async function askWhile(hold: (environment: Environment, until: Promise<void>) => Environment) {
      const world = createWorld();
      const platform = platformOf(world);
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const asked = ask('status', world, {
        platform: { ...platform, environment: (name) => hold(platform.environment(name), released) },
        onInterim: () => release(),
      });
      const { reply, interims } = await asked;
      return { whole: screen(reply), early: interims.map(screen), actions: interims[0]?.actions };
    }

    it('shows what is known, without buttons or a sum, and adds what comes late', async () => {
      const { early, whole, actions } = await askWhile((environment, until) => ({
        ...environment,
        network: {
          ...environment.network,
          listBalancers: async (call) => {
            await until;
            return environment.network.listBalancers(call);
          },
        },
      }));
      expect(early).toEqual([
        expect.stringMatching(/^Asking dev …\nbackend-api {2}asking …\ndatabase {2}available$/),
      ]);
      expect(actions).toEqual([]);
      expect(whole).toContain('dev is up and well');
      expect(whole).toContain('ALB  1/1 healthy');
    });

    it('waits no longer for EC2 than for the others', async () => {
      const { early, whole } = await askWhile((environment, until) => ({
        ...environment,
        compute: {
          ...environment.compute,
          listInstances: async (call) => {
            await until;
            return environment.compute.listInstances(call);
          },
        },
      }));
      expect(early[0]).toContain('backend-api  asking …');
      expect(early[0]).toContain('ALB  1/1 healthy');
      expect(whole).toContain('backend-api  ok 14 ms');
    });

    it('asks the instances while a balancer has not answered', async () => {
      const { whole } = await askWhile((environment, until) => {
        let asked: () => void = () => undefined;
        const instanceAsked = new Promise<void>((resolve) => {
          asked = resolve;
        });
        return {
          ...environment,
          instances: {
            ...environment.instances,
            listProcesses: (...how) => {
              asked();
              return environment.instances.listProcesses(...how);
            },
          },
          network: {
            ...environment.network,
            listBalancers: async (call) => {
              await Promise.all([until, instanceAsked]);
              return environment.network.listBalancers(call);
            },
          },
        };
      });
      expect(whole).toContain('dev is up and well');
    });
  });

  it('holds every fact of the environment under Details', async () => {
    const told = details(await status());
    for (const fact of [
      'd2-ride-booking-dev-backend | backend-api | i-080c218b1eb3925ee | running | t3.small | 10.0.1.10 | 23 Nov 06:12',
      'since (GMT+8)',
      'd2-ride-booking-dev-rds-mysql is available',
      'rds.amazonaws.com:3306',
      'db.t3.micro · mysql 8.0 · 20 GB · IAM auth on',
      'nat-0a1 available',
      'd2-ride-booking-dev-alb active, i-080c218b1eb3925ee healthy',
      'ssmmessages available',
      'i-0123456789abcdef0 running',
      'd2-ride-booking-dev (ap-southeast-1_D2SandBox)',
      'online · 0 restarts · 1 % · 124 MB · cluster · /root/.pm2',
      'ok 14 ms, on i-080c218b1eb3925ee',
      'http://dev-alb.example.com:80/health: ok 21 ms',
      'off by toggle  nothing',
    ]) {
      expect(told).toContain(fact);
    }
  });

  it('says asleep, asks no instance and offers Start when everything is stopped', async () => {
    const { reply, interims } = await ask(
      'status',
      createWorld({
        instances: [
          { ...backend, state: 'stopped' },
          { ...bastion, state: 'stopped' },
        ],
        databases: [{ ...rds, state: 'stopped', restartsAt: new Date('2026-11-29T20:00:00Z') }],
        balancers: [],
        homes: new Error('nobody may be asked'),
      }),
    );
    expect(screen(reply)).toContain(
      'dev is asleep\nbackend-api  stopped\ndatabase  stopped, AWS starts it 2026-11-29',
    );
    expect(screen(reply)).toContain('off  bastion, ALB');
    expect(interims).toEqual([]);
    expect(labels(reply)).toEqual(['Logs', 'Start', 'Refresh']);
  });

  it('shows a silent source as unknown, never as absent, and leaves it out of the price aloud', async () => {
    const reply = await status({ databases: silence });
    expect(screen(reply)).toContain('dev: RDS unknown');
    expect(screen(reply)).toContain('database  unknown: AWS did not answer in time.');
    expect(screen(reply)).toContain('over $0.16/h (without RDS)');
    expect(screen(reply)).not.toContain('off  RDS');
    expect(reply.tone).toBe('warn');
  });

  it('answers even when every source is silent', async () => {
    const reply = await status({
      instances: silence,
      databases: silence,
      natGateways: silence,
      endpoints: silence,
      balancers: silence,
      alarms: silence,
      pool: silence,
    });
    expect(plain(reply.title)).toBe('dev: EC2 unknown (and 4 more)');
    expect(screen(reply)).not.toContain('off');
    expect(labels(reply)).toEqual(['Logs', 'Refresh']);
  });

  it('says which agent is silent, when the instances cannot be asked', async () => {
    const offline = new UserError('unavailable', 'The SSM agent of i-080c218b1eb3925ee is offline.');
    const reply = await status({ homes: offline, health: offline });
    expect(plain(reply.title)).toBe('dev: backend-api unknown');
    expect(screen(reply)).toContain('backend-api  unknown: The SSM agent of i-080c218b1eb3925ee is offline.');
  });

  it('puts the worst news on top', async () => {
    const unwell = { status: 503, latencyMs: 20, body: '', error: undefined };
    expect(await title({ health: unwell })).toBe('dev: backend-api is unwell: 503');
    const looping = { ...process, restarts: 12, crashes: 2, startedAt: now.getTime() - 8_000 };
    const loop = { ...rootHome, processes: [looping] };
    expect(await title({ homes: [loop, appHome] })).toBe('dev: backend-api is in a crash loop');
    const stopped = { ...rootHome, processes: [{ ...process, status: 'stopped' }] };
    expect(await title({ homes: [stopped, appHome] })).toBe('dev: backend-api is stopped in PM2');
    expect(await title({ homes: [{ ...rootHome, processes: [] }] })).toBe('dev: backend-api is not in PM2');
    expect(await title({ databases: [{ ...rds, state: 'stopped' }] })).toBe('dev: RDS off');
    expect(await title({ databases: [{ ...rds, state: 'storage-full' }] })).toBe('dev: RDS is storage-full');
    expect(await title({ databases: [{ ...rds, state: 'backing-up' }] })).toBe('dev: RDS is backing-up');
    expect(await title({ instances: [{ ...backend, state: 'pending' }] })).toBe('dev is starting');
    expect(await title({ databases: [{ ...rds, state: 'stopping' }] })).toBe('dev is stopping');
  });

  it('counts the targets that the balancer holds to be well', async () => {
    const balancer = {
      name: 'alb',
      state: 'active',
      url: undefined,
      targets: [{ id: 'i-1', port: 3000, state: 'unhealthy', reason: 'Target.Timeout' }],
    };
    const reply = await status({ balancers: [balancer] });
    expect(screen(reply)).toContain('dev: ALB 0/1 healthy');
    expect(details(reply)).toContain('i-1 unhealthy (Target.Timeout)');
  });

  it.each([
    ['healthy draining', 'ALB  1/1 healthy (1 draining)', 'dev is up and well'],
    ['healthy unused', 'ALB  1/1 healthy (1 unused)', 'dev is up and well'],
    ['healthy initial initial', 'ALB  1/1 healthy (2 starting)', 'dev is up and well'],
    ['healthy unhealthy.draining', 'ALB  1/1 healthy (1 draining)', 'dev is up and well'],
    ['healthy unavailable', 'ALB  1/1 healthy (1 not checked)', 'dev is up and well'],
    ['healthy unhealthy draining', 'ALB  1/2 healthy (1 draining)', 'dev: ALB 1/2 healthy'],
    ['initial', 'ALB  no target yet (1 starting)', 'dev is up and well'],
    ['unused draining', 'ALB  no target in use (1 unused, 1 draining)', 'dev: ALB has no target in use'],
    ['', 'ALB  active, no target', 'dev is up and well'],
  ])('counts as healthy or not only targets that are to serve: %s', async (states, row, headline) => {
    const targets = states
      .split(' ')
      .filter((state) => state !== '')
      .map((state, index) => ({ id: `i-${index}`, port: 3000, state, reason: undefined }));
    const reply = await status({ balancers: [{ name: 'alb', state: 'active', url: undefined, targets }] });
    expect(screen(reply)).toContain(row);
    expect(plain(reply.title)).toBe(headline);
  });

  it.each(['storage-optimization', 'incompatible-network', 'storage-full', 'configuring-log-exports'])(
    'tells what %s means',
    async (state) => {
      const reply = await status({ databases: [{ ...rds, state }] });
      const broken = /^(incompatible|storage-full)/.test(state);
      expect(reply.tone).toBe(broken ? 'bad' : 'info');
      expect(screen(reply)).toMatch(broken ? new RegExp(`database  ${state}: \\w`) : `database  ${state}`);
    },
  );

  it('shows alarms that fire, since when', async () => {
    const reply = await status({
      alarms: [
        { name: 'cpu-high', state: 'ALARM', since: hoursAgo(1), reason: '' },
        { name: 'disk', state: 'OK', since: undefined, reason: '' },
      ],
    });
    expect(screen(reply)).toContain('dev is up, 1 alarm firing\nalarm  cpu-high since 2026-11-23T00:12');
  });

  it('names who holds the environment, and offers no second change', async () => {
    const hold = {
      operation: 'O',
      command: 'stop',
      caller: { id: 'U0ADA', name: 'ada' },
      since: hoursAgo(1).getTime(),
      owner: 'r1',
      until: now.getTime() + 60_000,
    };
    const reply = await status({ hold });
    expect(screen(reply)).toContain('dev is stopping');
    expect(screen(reply)).toContain('Now: stop by ada, since 2026-11-23T00:12');
    expect(labels(reply)).toEqual(['Logs', 'Refresh']);
    const interrupted = screen(await status({ hold: { ...hold, until: now.getTime() - 1 } }));
    expect(interrupted).toContain('dev: stop interrupted');
    expect(interrupted).toContain('Interrupted: stop by ada');
  });

  it('says how the last change ended when it did not end well', async () => {
    const last = {
      operation: 'O',
      command: 'stop',
      caller: { id: 'U0ADA', name: 'ada' },
      state: 'partly' as const,
      at: hoursAgo(1).getTime(),
    };
    expect(screen(await status({ last }))).toContain('Last: ada ran stop (partly)');
  });

  it('says so when the environment has nothing in it, with the next step', async () => {
    const reply = await status({
      instances: [],
      databases: [],
      natGateways: [],
      endpoints: [],
      balancers: [],
    });
    expect(screen(reply)).toContain('There is nothing in dev');
    expect(screen(reply)).toContain('infra/terraform/envs/dev');
  });

  it('names what its toggle keeps off', async () => {
    const told = details(
      await status({ instances: [backend], balancers: [], natGateways: [], endpoints: [] }),
    );
    expect(told).toContain(
      'off by toggle  NAT (enable_nat_gateway), ALB (enable_alb), endpoints (enable_ssm_vpc_endpoints), bastion (enable_bastion)',
    );
  });

  it('offers no Stop for a protected environment', async () => {
    const { reply } = await ask('st prod');
    expect(plain(reply.title)).toBe('prod is up and well');
    expect(labels(reply)).not.toContain('Stop');
  });

  it('asks PM2 and the service by their configured process name', async () => {
    const homes = [{ ...rootHome, processes: [{ ...process, name: 'd2-api' }] }];
    expect(await title({ homes, pm2Name: 'd2-api' })).toBe('dev is up and well');
    const { reply } = await ask('health', createWorld({ homes, pm2Name: 'd2-api' }));
    expect(plain(reply.title)).toBe('backend-api is well');
  });

  it('works without a table', async () => {
    expect(await title({ table: false })).toBe('dev is up and well');
  });
});
