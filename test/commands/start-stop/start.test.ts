import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { createBotProcess } from '../../core/bot.ts';
import { appHome, backend, bastion, labels, process, rds, rootHome, screen, type World } from '../world.ts';

const down = { ...rootHome, processes: [{ ...process, status: 'stopped' }] };
const asleep = (changes: Partial<World> = {}): Partial<World> => ({
  instances: [backend, bastion].map((one) => ({ ...one, state: 'stopped' })),
  databases: [{ ...rds, state: 'stopped' }],
  ...changes,
});

async function run(line: string, changes: Partial<World>, wrap?: (environment: Environment) => Environment) {
  const stage = createBotProcess(changes);
  const listener = await stage.createBot(wrap && { wrap }).say(line);
  const { id } = listener.last();
  const end = stage.progress.final(id).at(-1);
  const reply = end?.reply ?? listener.last().reply;
  return { ...stage, state: end?.state ?? listener.last().state, reply, title: plain(reply.title) };
}

describe('start', () => {
  it('brings everything up in the order of dependence, and says so', async () => {
    const { world, state, reply, title } = await run('start dev', asleep());
    expect(state).toBe('done');
    expect(title).toBe('dev is up');
    expect(world.mutations).toEqual([
      `rds:StartDBInstance ${rds.id}`,
      `ec2:StartInstances ${backend.id} ${bastion.id}`,
    ]);
    expect(screen(reply).split('\n')).toEqual(
      expect.arrayContaining([
        'done RDS available',
        'done EC2 running',
        'done SSM online',
        'already PM2 online',
        'done /health ok',
      ]),
    );
    expect(labels(reply)).toEqual(expect.arrayContaining(['Status', 'Stop dev']));
  });

  it.each([
    ['start dev rds', [`rds:StartDBInstance ${rds.id}`]],
    ['start bastion', [`ec2:StartInstances ${bastion.id}`]],
    ['start backend', [`ec2:StartInstances ${backend.id}`]],
  ])('%s touches nothing else', async (line, mutations) => {
    const { world, state } = await run(line, asleep());
    expect(state).toBe('done');
    expect(world.mutations).toEqual(mutations);
  });

  it('starts what has its tags and no service of d2.yaml too, never what the bot runs on', async () => {
    const other = {
      ...backend,
      id: 'i-0other',
      name: 'somebody-elses',
      tags: { Service: 'billing' },
      state: 'stopped',
    };
    const bot = { ...backend, id: 'i-0bot', name: 'd2-bot', tags: { Service: 'chatops' }, state: 'stopped' };
    const { world } = await run(
      'start dev',
      asleep({ instances: [other, bot, { ...backend, state: 'stopped' }] }),
    );
    expect(world.mutations).toContain(`ec2:StartInstances i-0other ${backend.id}`);
    expect(world.mutations.join()).not.toContain('i-0bot');
  });

  it('leaves alone what is up, and says so', async () => {
    const { world, reply } = await run('start dev', asleep({ databases: [rds] }));
    expect(world.mutations).toEqual([`ec2:StartInstances ${backend.id} ${bastion.id}`]);
    expect(screen(reply)).toContain('already RDS available');
  });

  it('starts only the instances that are asleep', async () => {
    const { world } = await run(
      'start dev',
      asleep({ instances: [backend, { ...bastion, state: 'stopped' }] }),
    );
    expect(world.mutations.filter((line) => line.startsWith('ec2:'))).toEqual([
      `ec2:StartInstances ${bastion.id}`,
    ]);
  });

  it('does nothing where everything runs', async () => {
    const { world, title, progress } = await run('start dev', {});
    expect(title).toBe('dev is up already');
    expect(world.mutations).toEqual([]);
    expect(progress.shown.size).toBe(0);
  });

  it('helps a process that PM2 did not bring back', async () => {
    const { world, state } = await run('start dev', asleep({ homes: [down, appHome] }));
    expect(state).toBe('done');
    expect(world.mutations).toContain(`ssm:SendCommand d2-pm2-start ${backend.id} backend-api`);
  });

  it('waits for an instance that is still stopping, since EC2 refuses it until then', async () => {
    let looks = 0;
    const { world, state } = await run(
      'start bastion',
      asleep({ instances: [{ ...bastion, state: 'stopping' }] }),
      (environment) => ({
        ...environment,
        compute: {
          ...environment.compute,
          async listInstances(...call) {
            const all = await environment.compute.listInstances(...call);
            looks += 1;
            if (looks === 8) for (const one of all) one.state = 'stopped';
            return all;
          },
          async startInstances(ids, call) {
            expect(looks).toBeGreaterThanOrEqual(8);
            await environment.compute.startInstances(ids, call);
          },
        },
      }),
    );
    expect(state).toBe('done');
    expect(world.mutations).toEqual([`ec2:StartInstances ${bastion.id}`]);
  });

  it('sends nothing for what is on its way up already', async () => {
    const { world, state } = await run(
      'start dev rds',
      asleep({ databases: [{ ...rds, state: 'starting' }] }),
      (environment) => {
        let looks = 0;
        return {
          ...environment,
          databases: {
            ...environment.databases,
            async listDatabases(...call) {
              const all = await environment.databases.listDatabases(...call);
              looks += 1;
              if (looks === 6) for (const one of all) one.state = 'available';
              return all;
            },
          },
        };
      },
    );
    expect(state).toBe('done');
    expect(world.mutations).toEqual([]);
  });

  it('ends as partly done, saying where it stopped, when the agent never comes', async () => {
    const { state, reply } = await run('start dev', asleep({ agents: [] }));
    expect(state).toBe('partly');
    expect(screen(reply)).toContain('failed SSM online');
    expect(screen(reply)).toContain('skipped PM2 online');
    expect(labels(reply)).toEqual(expect.arrayContaining(['Go on', 'Stop dev']));
  });

  it.each([200, 204, 299])('is done by a /health of %i', async (status) => {
    const { state } = await run(
      'start dev',
      asleep({ health: { status, latencyMs: 9, body: '', error: undefined } }),
    );
    expect(state).toBe('done');
  });

  it.each([
    'AWS is throttling ssm:DescribeInstanceInformation.',
    'The bot lacks the IAM permission ssm:DescribeInstanceInformation.',
  ])('says what kept it from asking SSM, and takes no agent for offline: %s', async (message) => {
    const { state, reply, title } = await run(
      'start dev',
      asleep({ agents: new UserError('unavailable', message) }),
    );
    expect(state).toBe('partly');
    expect(title).toContain('partly done');
    expect(screen(reply)).toContain(`SSM online: not yet after 5 min. It could not be asked: ${message}`);
    expect(JSON.stringify(reply)).not.toContain('offline');
  });

  it('is not done while /health is not', async () => {
    const { state, reply } = await run(
      'start dev',
      asleep({ health: { status: 503, latencyMs: 9, body: '', error: undefined } }),
    );
    expect(state).toBe('partly');
    expect(screen(reply)).toContain('failed /health ok');
  });

  it.each([
    'storage-optimization',
    'backing-up',
    'configuring-iam-database-auth',
    'modifying',
    'storage-initialization',
  ])('goes on with a database that serves in %s', async (during) => {
    const { state, world, reply } = await run(
      'start dev',
      asleep({ databases: [{ ...rds, state: during }] }),
    );
    expect(state).toBe('done');
    expect(world.mutations).toEqual([`ec2:StartInstances ${backend.id} ${bastion.id}`]);
    // What was there before is not news; the step says that it was there.
    expect(screen(reply)).toContain('already RDS available');
  });

  it('says in which state a database came up', async () => {
    const { reply } = await run('start dev rds', asleep(), (environment) => ({
      ...environment,
      databases: {
        ...environment.databases,
        listDatabases: async (call) =>
          (await environment.databases.listDatabases(call)).map((one) =>
            one.state === 'available' ? { ...one, state: 'storage-optimization' } : one,
          ),
      },
    }));
    expect(screen(reply)).toContain(`${rds.id} is in storage-optimization, and serves meanwhile.`);
  });

  it.each([
    ['incompatible-parameters', 'its parameter group does not fit', 'reboot-db-instance'],
    ['incompatible-network', 'RDS can’t place it in its network', 'start-db-instance'],
    ['storage-full', 'its storage is full', 'allocated_storage'],
    ['inaccessible-encryption-credentials', 'its KMS key can’t be used', 'restore it'],
    ['inaccessible-encryption-credentials-recoverable', 'its KMS key', 'within seven days'],
    ['insufficient-capacity', 'no capacity', 'another class'],
    ['failed', 'could not make it work', 'Restore'],
    ['restore-error', 'its restore failed', 'Restore'],
  ])(
    'is refused at once where the database is %s, with what it means and what to do',
    async (broken, means, next) => {
      const { state, title, reply, world } = await run(
        'start dev',
        asleep({ databases: [{ ...rds, state: broken }] }),
      );
      expect(state).toBe('refused');
      expect(title).toContain(`RDS can’t start: ${rds.id} is ${broken}: `);
      expect(title).toContain(means);
      expect(screen(reply)).toContain(next);
      expect(labels(reply)).toEqual(['Start backend', 'Status']);
      expect(world.mutations).toEqual([]);
    },
  );

  it('ends at once when the database breaks on its way up', async () => {
    const { state, reply, world } = await run('start dev', asleep(), (environment) => ({
      ...environment,
      databases: {
        ...environment.databases,
        listDatabases: async (call) =>
          (await environment.databases.listDatabases(call)).map((one) =>
            one.state === 'available' ? { ...one, state: 'incompatible-network' } : one,
          ),
      },
    }));
    expect(state).toBe('partly');
    expect(JSON.stringify(reply)).toContain('incompatible-network: RDS can’t place it');
    expect(world.mutations).toEqual([`rds:StartDBInstance ${rds.id}`]);
  });

  it('leaves a cluster’s database to its cluster, and starts the rest', async () => {
    const { state, world } = await run(
      'start dev',
      asleep({ databases: [{ ...rds, state: 'stopped', cluster: 'orders', engine: 'aurora-mysql 3.08' }] }),
    );
    expect(state).toBe('done');
    expect(world.mutations).toEqual([`ec2:StartInstances ${backend.id} ${bastion.id}`]);
  });

  it('is refused where it is all that was asked for', async () => {
    const { state, title } = await run(
      'start dev rds',
      asleep({ databases: [{ ...rds, state: 'stopped', cluster: 'orders', engine: 'aurora-mysql 3.08' }] }),
    );
    expect(state).toBe('refused');
    expect(title).toContain('Nothing of rds in dev can be started');
    expect(title).toContain('the Aurora cluster orders');
  });

  it('has failed where AWS has no capacity, and the others of the call are started', async () => {
    const refused = {
      [backend.id]: new UserError('unavailable', 'AWS has no capacity for ec2:StartInstances: none here'),
    };
    const { state, reply, world } = await run('start dev', asleep({ refused }));
    expect(state).toBe('partly');
    expect(JSON.stringify(reply)).toContain('AWS has no capacity for ec2:StartInstances');
    expect(world.mutations).toContain(`ec2:StartInstances ${bastion.id}`);
    const alone = await run('start backend', asleep({ refused }));
    expect(alone.state).toBe('failed');
    expect(alone.title).toContain('nothing changed');
  });

  it('says what is missing when there is nothing to start', async () => {
    const { state, title, reply } = await run('start dev bastion', { instances: [] });
    expect(state).toBe('refused');
    expect(title).toContain('There is no bastion in dev');
    expect(labels(reply)).toEqual(['Status']);
  });

  it('changes nothing when EC2 can’t be read', async () => {
    const { world, state, title } = await run('start dev', {
      instances: new UserError('unavailable', 'AWS is throttling ec2:DescribeInstances.'),
    });
    expect(state).toBe('failed');
    expect(title).toContain('throttling');
    expect(world.mutations).toEqual([]);
  });

  it('learns how long its steps take, and says so the next time', async () => {
    const { memory } = await run('start dev rds', asleep());
    expect(Object.keys(await memory.timings.usual('dev'))).toEqual([`start/rds-${rds.id}`]);
  });
});
