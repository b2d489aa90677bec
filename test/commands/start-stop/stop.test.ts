import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { createBotProcess } from '../../core/bot.ts';
import { serviceOf } from '../../environment-settings.ts';
import { backend, bastion, details, labels, now, rds, screen, type World } from '../world.ts';

/** Asks, and shows the card; `confirm` presses it and answers the outcome. */
async function ask(
  line: string,
  changes: Partial<World> = {},
  wrap?: (environment: Environment) => Environment,
) {
  const stage = createBotProcess(changes);
  const bot = stage.createBot(wrap && { wrap });
  const card = (await bot.say(line)).last();
  return {
    ...stage,
    card: card.reply,
    state: card.state,
    async confirm() {
      const pressed = await bot.press(card.id, 'confirm');
      const end = stage.progress.final(card.id).at(-1) ?? pressed.last();
      return { state: end.state, reply: end.reply, title: plain(end.reply.title) };
    },
  };
}

describe('the card of stop', () => {
  it('names every target, what it saves, what is still paid, and that AWS starts RDS again', async () => {
    const { card, state } = await ask('stop dev');
    expect(state).toBe('waiting');
    const words = screen(card);
    for (const word of [
      'stop backend-api',
      'stop d2-ride-booking-dev-backend',
      'stop d2-ride-booking-dev-bastion',
      rds.id,
    ])
      expect(words).toContain(word);
    expect(words).toMatch(/Saves {2}\$0\.07\/h/);
    expect(words).toMatch(/Still {2}\$0\.12\/h: /);
    expect(words).toContain('7 days');
    expect(details(card)).toContain(`ec2:StopInstances ${backend.id} ${bastion.id}`);
    expect(details(card)).toContain(`rds:StopDBInstance ${rds.id}`);
  });

  it('warns who is using it, health checks aside', async () => {
    const at = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    const { card } = await ask('stop dev', {
      events: [
        { at: at(9), message: '{"route":"POST /rides"}', stream: 'x' },
        { at: at(2), message: '{"route":"GET /rides"}', stream: 'x' },
        { at: at(1), message: '{"route":"GET /health"}', stream: 'x' },
      ],
    });
    expect(screen(card)).toContain('In use: 2 requests to backend-api in 15 min, last 2 min ago');
  });

  it('counts requests by whatever names their fields have, and health checks by none', async () => {
    const at = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    const uses = [
      { method: 'GET', path: '/rides', statusCode: 200, msg: 'HTTP request' },
      { req: { method: 'GET', url: '/rides?a=1' }, res: { statusCode: 200 }, msg: 'request completed' },
      { 'http.method': 'GET', 'http.target': '/rides', 'http.status_code': 200 },
      { request: { method: 'POST', path: '/rides' }, status: 201 },
      { method: 'GET', url: '/healthcare', status: 200 },
      'GET /rides 200 1 ms',
      '::1 - - [21/Jan/2026:09:00:00 +0800] "GET /rides HTTP/1.1" 200 15 "-" "curl/8"',
    ];
    const others = [
      { method: 'GET', path: '/health', statusCode: 200 },
      { method: 'GET', url: '/health/ready?x=1', status: 200 },
      { req: { method: 'GET', url: '/api/health' }, res: { statusCode: 200 } },
      'GET /health 200 1 ms',
      { msg: 'listening', url: 'http://localhost:3000/' },
      { msg: 'saved', path: '/var/lib/x' },
      { method: 'GET', url: '/rides', msg: 'request received' },
    ];
    const event = (minutes: number) => (one: object | string) => ({
      at: at(minutes),
      stream: 'x',
      message: typeof one === 'string' ? one : JSON.stringify(one),
    });
    const checks = Array.from({ length: 400 }, () => event(1)('GET /health 200 1 ms'));
    const { card } = await ask('stop dev', {
      events: [...uses.map(event(9)), ...others.map(event(2)), ...checks],
    });
    expect(screen(card)).toContain(
      `In use: ${uses.length} requests to backend-api in 15 min, last 9 min ago`,
    );
  });

  it('says how far back it could look for requests', async () => {
    const { card } = await ask('stop dev', { searchedBackTo: new Date(now.getTime() - 4 * 60_000) });
    expect(screen(card)).toContain(
      'Whether backend-api is in use can’t be told: its log could be read back to 4 min ago only',
    );
  });

  it('says when it can’t tell who is using it, and when RDS is busy, and when an agent is silent', async () => {
    const { card } = await ask('stop dev', {
      events: new UserError('unavailable', 'throttled'),
      databases: [{ ...rds, state: 'backing-up' }],
      agents: [],
    });
    expect(screen(card)).toContain('can’t be told');
    expect(screen(card)).toContain('is backing-up');
    expect(screen(card)).toContain('can’t be stopped gracefully');
  });

  it('is not shown for what is asleep', async () => {
    const { card, state } = await ask('stop dev', {
      instances: [backend, bastion].map((one) => ({ ...one, state: 'stopped' })),
      databases: [{ ...rds, state: 'stopped' }],
    });
    expect(state).toBe('done');
    expect(plain(card.title)).toBe('dev is asleep already');
    expect(labels(card)).toContain('Start dev');
  });
});

describe('what can’t be stopped', () => {
  it.each([
    [{ kind: 'stop protection' }, 'its stop protection is on'],
    [{ kind: 'one-time spot', by: 'sir-1' }, 'a one-time request'],
    [{ kind: 'Auto Scaling', by: 'web' }, 'the Auto Scaling group web, which would replace it'],
    [{ kind: 'fleet', by: 'fleet-1' }, 'the fleet fleet-1, which would replace it'],
    [{ kind: 'instance store' }, 'an instance store'],
  ] as const)('is on the card with the reason, and the rest goes on: %j', async (obstacle, reason) => {
    const { card, confirm, world } = await ask('stop dev', {
      obstacles: { held: [{ instance: backend.id, ...obstacle }], unknown: [] },
    });
    expect(screen(card)).toContain(`Not stopped  backend-api (${backend.id}): `);
    expect(screen(card)).toContain(reason);
    expect(details(card)).not.toContain(`${backend.id}`);
    const { title, state } = await confirm();
    expect(state).toBe('done');
    expect(title).toBe('dev is asleep but for backend-api');
    // Neither the instance nor its process was touched.
    expect(world.mutations).toEqual([`ec2:StopInstances ${bastion.id}`, `rds:StopDBInstance ${rds.id}`]);
  });

  it('is a refusal with the reasons, where it is all that was asked for', async () => {
    const { card, state, world } = await ask('stop bastion', {
      obstacles: { held: [{ instance: bastion.id, kind: 'stop protection' }], unknown: [] },
    });
    expect(state).toBe('refused');
    expect(plain(card.title)).toMatch(
      /^Nothing of bastion in dev can be stopped: bastion \(i-.*stop protection/,
    );
    expect(world.mutations).toEqual([]);
  });

  it('says what lets a broken database be stopped, on the card and alone', async () => {
    const databases = [{ ...rds, state: 'storage-full' }];
    expect(screen((await ask('stop dev', { databases })).card)).toContain('allocated_storage in Terraform');
    const { card, state } = await ask('stop dev rds', { databases });
    expect(state).toBe('refused');
    expect(screen(card)).toContain('Nothing was changed. Give it more: allocated_storage in Terraform');
  });

  it('is tried where AWS did not say, and the card says so', async () => {
    const { card, confirm } = await ask('stop dev', {
      obstacles: {
        held: [],
        unknown: [
          {
            instance: bastion.id,
            reason: 'The bot lacks the IAM permission ec2:DescribeInstanceAttribute.',
          },
        ],
      },
    });
    expect(screen(card)).toContain(
      `Whether bastion (${bastion.id}) may be stopped could not be asked: The bot lacks the IAM permission ec2:DescribeInstanceAttribute.`,
    );
    expect((await confirm()).state).toBe('done');
  });

  it('does not hold up the others when EC2 refuses it after all', async () => {
    const { confirm, world } = await ask('stop dev', {
      refused: { [bastion.id]: new UserError('conflict', 'AWS declines ec2:StopInstances: not permitted') },
    });
    const { state, title, reply } = await confirm();
    expect(state).toBe('done');
    expect(title).toBe('dev is asleep but for bastion');
    expect(JSON.stringify(reply)).toContain(
      `${bastion.name} (${bastion.id}) was refused: AWS declines ec2:StopInstances: not permitted`,
    );
    expect(world.mutations.slice(1)).toEqual([
      `ec2:StopInstances ${backend.id}`,
      `rds:StopDBInstance ${rds.id}`,
    ]);
  });

  it.each([
    [{ cluster: 'orders', engine: 'aurora-mysql 3.08' }, 'of the Aurora cluster orders'],
    [{ cluster: 'orders', engine: 'mysql 8.0' }, 'of the Multi-AZ cluster orders'],
    [{ replicaOf: 'main' }, 'a read replica of main'],
    [{ replicas: ['copy-1', 'copy-2'] }, 'it has 2 read replicas (copy-1, copy-2)'],
    [{ engine: 'sqlserver-se 15.0', multiAz: true }, 'SQL Server in several zones'],
    [{ engine: 'custom-oracle-ee 19' }, 'RDS Custom'],
    [{ state: 'storage-optimization' }, 'for hours perhaps'],
    [{ state: 'storage-full' }, 'its storage is full'],
    [{ state: 'incompatible-parameters' }, 'its parameter group does not fit'],
  ])('is a database that RDS would refuse: %j', async (database, reason) => {
    const { card, confirm, world } = await ask('stop dev', { databases: [{ ...rds, ...database }] });
    expect(screen(card)).toContain(`Not stopped  ${rds.id}: `);
    expect(screen(card)).toContain(reason);
    expect((await confirm()).state).toBe('done');
    expect(world.mutations.join()).not.toContain('rds:');
  });

  it.each([{ engine: 'sqlserver-se 15.0' }, { engine: 'mysql 8.0', multiAz: true }, { state: 'modifying' }])(
    'is none of these: %j',
    async (database) => {
      const { card } = await ask('stop dev', { databases: [{ ...rds, ...database }] });
      expect(screen(card)).not.toContain('Not stopped');
    },
  );
});

describe('stop rds', () => {
  it('warns of the services that run on without it', async () => {
    expect(screen((await ask('stop dev rds')).card)).toContain(
      'backend-api runs on, and has no database then.',
    );
    expect(screen((await ask('stop dev')).card)).not.toContain('runs on');
    const settings = { services: [serviceOf('backend-api', { usesDatabase: false })] };
    expect(screen((await ask('stop dev rds', { settings })).card)).not.toContain('runs on');
  });
});

describe('stop', () => {
  it.each([
    [
      'stop dev',
      [
        `ssm:SendCommand d2-pm2-stop ${backend.id} backend-api`,
        `ec2:StopInstances ${backend.id} ${bastion.id}`,
        `rds:StopDBInstance ${rds.id}`,
      ],
    ],
    ['stop dev rds', [`rds:StopDBInstance ${rds.id}`]],
    ['stop bastion', [`ec2:StopInstances ${bastion.id}`]],
    [
      'stop backend',
      [`ssm:SendCommand d2-pm2-stop ${backend.id} backend-api`, `ec2:StopInstances ${backend.id}`],
    ],
  ])('%s goes from the process to the database and touches nothing else', async (line, mutations) => {
    const { confirm, world } = await ask(line);
    const { state, reply } = await confirm();
    expect(state).toBe('done');
    expect(world.mutations).toEqual(mutations);
    expect(labels(reply)).toContain(
      line === 'stop dev' ? 'Start dev' : `Start ${line.split(' ').at(-1)} in dev`,
    );
  });

  it('stops what has its tags and no service of d2.yaml too, and names it; never what the bot runs on', async () => {
    const other = { ...backend, id: 'i-0other', name: 'somebody-elses', tags: { Service: 'billing' } };
    const bot = { ...backend, id: 'i-0bot', name: 'd2-bot', tags: { Service: 'chatops' } };
    const { card, confirm, world } = await ask('stop dev', { instances: [backend, other, bot] });
    expect(screen(card)).toContain('Not in d2.yaml  billing (i-0other); stopped with the rest');
    const { title, reply } = await confirm();
    expect(world.mutations).toContain(`ec2:StopInstances ${backend.id} i-0other`);
    expect(world.mutations.join()).not.toContain('i-0bot');
    expect(title).toBe('dev is asleep but for chatops');
    expect(screen(reply)).toContain('Still running  chatops (i-0bot) $0.03/h');
  });

  it('leaves out the bot’s own host where no service of d2.yaml runs on it', async () => {
    const bot = { ...backend, id: 'i-0bot', name: 'd2-bot', tags: {} };
    const settings = { selfInstance: 'i-0bot' };
    const { confirm, world } = await ask('stop dev', { instances: [backend, bot], settings });
    await confirm();
    expect(world.mutations.join()).not.toContain('i-0bot');
  });

  it('says what runs although all that it was asked to stop is asleep', async () => {
    const bot = { ...backend, id: 'i-0bot', name: 'd2-bot', tags: { Service: 'chatops' } };
    const { card, state } = await ask('stop dev', {
      instances: [bot, { ...backend, state: 'stopped' }],
      databases: [{ ...rds, state: 'stopped' }],
    });
    expect(state).toBe('done');
    expect(plain(card.title)).toBe('What stops in dev is asleep already');
    expect(screen(card)).toContain('Still running  chatops (i-0bot) $0.03/h');
    const { card: part } = await ask('stop dev rds', { databases: [{ ...rds, state: 'stopped' }] });
    expect(plain(part.title)).toBe('rds in dev is asleep already');
    expect(screen(part)).toContain(
      `Still running  backend-api (${backend.id}) $0.03/h, bastion (${bastion.id})`,
    );
  });

  it('is refused when the bot itself runs on a target', async () => {
    const stage = createBotProcess();
    const bot = stage.createBot();
    stage.self.instance = backend.id;
    const refused = (await bot.say('stop dev')).last();
    expect(refused.state).toBe('refused');
    expect(plain(refused.reply.title)).toContain('what this bot runs on');
    expect(stage.world.mutations).toEqual([]);
  });

  it('stops the instance also where its agent is silent, and says what was skipped', async () => {
    const { confirm, world } = await ask('stop dev', { agents: [] }, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        listProcesses: async () => {
          throw new UserError('unavailable', 'The SSM agent on the instance is offline.');
        },
        pm2: async () => {
          throw new UserError('unavailable', 'The SSM agent on the instance is offline.');
        },
      },
    }));
    const { state, reply } = await confirm();
    expect(state).toBe('done');
    expect(JSON.stringify(reply)).toContain('skipped: The SSM agent');
    expect(world.mutations).toEqual([
      `ec2:StopInstances ${backend.id} ${bastion.id}`,
      `rds:StopDBInstance ${rds.id}`,
    ]);
  });

  it('waits for a process that is still stopping before its instance goes down', async () => {
    let looks = 0;
    const { confirm, world } = await ask('stop backend', {}, (environment) => ({
      ...environment,
      instances: {
        ...environment.instances,
        async listProcesses(...call) {
          const all = await environment.instances.listProcesses(...call);
          const stopped = all.flatMap((home) => home.processes).some(({ status }) => status === 'stopped');
          if (!stopped || ++looks > 2) return all;
          return all.map((home) => ({
            ...home,
            processes: home.processes.map((one) => ({ ...one, status: 'stopping' })),
          }));
        },
      },
      compute: {
        ...environment.compute,
        async stopInstances(...call) {
          expect(looks).toBeGreaterThan(2);
          return environment.compute.stopInstances(...call);
        },
      },
    }));
    expect((await confirm()).state).toBe('done');
    expect(world.mutations).toHaveLength(2);
  });

  it('waits for the end of a backup, then stops RDS', async () => {
    let looks = 0;
    const { confirm, world } = await ask(
      'stop dev rds',
      { databases: [{ ...rds, state: 'backing-up' }] },
      (environment) => ({
        ...environment,
        databases: {
          ...environment.databases,
          async listDatabases(...call) {
            looks += 1;
            const all = await environment.databases.listDatabases(...call);
            if (looks === 9) for (const one of all) one.state = 'available';
            return all;
          },
          async stopDatabase(id, call) {
            expect(looks).toBeGreaterThanOrEqual(9);
            await environment.databases.stopDatabase(id, call);
          },
        },
      }),
    );
    expect((await confirm()).state).toBe('done');
    expect(world.mutations).toEqual([`rds:StopDBInstance ${rds.id}`]);
  });

  it('says that an instance is gone when it was terminated meanwhile', async () => {
    const { confirm, world } = await ask('stop bastion', {}, (environment) => {
      let looks = 0;
      return {
        ...environment,
        compute: {
          ...environment.compute,
          listInstances: async (...call) => {
            looks += 1;
            return looks <= 2 ? environment.compute.listInstances(...call) : [];
          },
        },
      };
    });
    const { state, reply } = await confirm();
    expect(state).toBe('failed');
    expect(JSON.stringify(reply)).toContain('is gone');
    expect(world.mutations).toEqual([]);
  });
});
