import type { Clock } from '../clock.ts';
import type { DatabaseProcess } from '../interfaces.ts';
import type { World } from '../worlds/world.ts';
import { region, subnets, vpc } from './constants.ts';
import { AwsError } from './errors.ts';
import { type Input, mapsOf, type Service, textOf, textsOf } from './service.ts';
import { tagList } from './tags.ts';
import { type Step, scheduleTransitions } from './transitions.ts';

export interface LiveDatabase {
  state: string;
  since: Date;
  restartsAt: Date | undefined;
  exists: boolean;
}

const startingMs = 4 * 60_000;
const stoppingMs = 5 * 60_000;
const weekMs = 7 * 86_400_000;

interface RdsOptions {
  listed: World['database'];
  clock: Clock;
  /** What its start and stop start and stop. */
  databaseProcess?: DatabaseProcess | undefined;
  changed(): void;
}

/** RDS with its one database. AWS starts it again seven days after a stop. */
export function createRds({ listed, clock, databaseProcess: database, changed }: RdsOptions) {
  const live: LiveDatabase = {
    state: 'available',
    since: new Date(clock.now().getTime() - 11 * 3_600_000),
    restartsAt: undefined,
    exists: true,
  };

  let cancel = () => {};
  // The process starts and stops in order, whatever the clock does.
  let starts: Promise<unknown> = Promise.resolve();
  const queue = (act: 'start' | 'stop'): Promise<unknown> | undefined => {
    if (!database) return undefined;
    starts = starts
      .then(() => database[act]())
      .catch((error: unknown) =>
        process.stderr.write(`sandbox: the database: ${error instanceof Error ? error.stack : error}\n`),
      );
    return starts;
  };

  function begin(steps: readonly Step[]): void {
    cancel();
    cancel = scheduleTransitions(clock, steps);
  }

  function enter(state: string, at = clock.now()): void {
    live.state = state;
    live.since = at;
    live.restartsAt = state === 'stopped' ? new Date(at.getTime() + weekMs) : undefined;
    changed();
  }

  /** Not before the process really answers, however far the clock was turned. */
  function availableOnce(started: Promise<unknown> | undefined, at: Date): void {
    const arrive = () => {
      if (live.state === 'starting') enter('available', at);
    };
    if (started) void started.then(arrive);
    else arrive();
  }

  function start(): void {
    enter('starting');
    const started = queue('start');
    begin([{ afterMs: startingMs, act: (at) => availableOnce(started, at) }]);
  }

  function stop(): void {
    enter('stopping');
    queue('stop');
    let restarted: Promise<unknown> | undefined;
    begin([
      { afterMs: stoppingMs, act: (at) => enter('stopped', at) },
      {
        afterMs: stoppingMs + weekMs,
        act(at) {
          enter('starting', at);
          restarted = queue('start');
        },
      },
      { afterMs: stoppingMs + weekMs + startingMs, act: (at) => availableOnce(restarted, at) },
    ]);
  }

  function find(id: string): void {
    if (id !== listed.id || !live.exists)
      throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
  }

  const shown = () => ({
    DBInstanceIdentifier: listed.id,
    DBInstanceArn: listed.arn,
    DbiResourceId: listed.resourceId,
    DBInstanceClass: listed.class,
    DBInstanceStatus: live.state,
    Engine: 'mysql',
    EngineVersion: '8.0.40',
    AllocatedStorage: 20,
    StorageType: 'gp3',
    StorageEncrypted: true,
    MultiAZ: false,
    IAMDatabaseAuthenticationEnabled: true,
    DBName: 'ridebooking',
    MasterUsername: 'admin',
    AvailabilityZone: `${region}a`,
    DBSubnetGroup: {
      DBSubnetGroupName: listed.id,
      VpcId: vpc,
      SubnetGroupStatus: 'Complete',
      Subnets: { Subnet: subnets.map((SubnetIdentifier) => ({ SubnetIdentifier, SubnetStatus: 'Active' })) },
    },
    VpcSecurityGroups: {
      VpcSecurityGroupMembership: [{ VpcSecurityGroupId: 'sg-0d2dev000000000db', Status: 'active' }],
    },
    PubliclyAccessible: false,
    Endpoint: { Address: listed.endpoint, Port: 3306 },
    AutomaticRestartTime: live.restartsAt,
    TagList: { Tag: tagList(listed.tags) },
  });

  const service: Service = {
    name: 'rds',
    protocol: 'query',
    actions: {
      DescribeDBInstances: {
        run(input) {
          const id = textOf(input, 'DBInstanceIdentifier');
          if (id) find(id);
          const wanted = mapsOf(input, 'Filters').every((filter) => passes(filter, listed));
          return { DBInstances: { DBInstance: live.exists && wanted ? [shown()] : [] } };
        },
      },
      StartDBInstance: {
        run(input) {
          find(textOf(input, 'DBInstanceIdentifier'));
          if (live.state !== 'stopped')
            throw new AwsError('InvalidDBInstanceState', `Instance ${listed.id} is not in stopped state.`);
          start();
          return { DBInstance: shown() };
        },
        changes: (input) => [textOf(input, 'DBInstanceIdentifier')],
      },
      StopDBInstance: {
        run(input) {
          find(textOf(input, 'DBInstanceIdentifier'));
          if (live.state !== 'available')
            throw new AwsError('InvalidDBInstanceState', `Instance ${listed.id} is not in available state.`);
          stop();
          return { DBInstance: shown() };
        },
        changes: (input) => [textOf(input, 'DBInstanceIdentifier')],
      },
      ListTagsForResource: {
        run(input) {
          const arn = textOf(input, 'ResourceName');
          if (arn !== listed.arn || !live.exists)
            throw new AwsError('DBInstanceNotFound', `DBInstance ${arn.split(':').at(-1)} not found.`, 404);
          return { TagList: { Tag: tagList(listed.tags) } };
        },
      },
    },
  };

  return {
    service,
    live,
    /** Busy with something of AWS's own for a while, such as a backup. */
    occupy(state: string, ms: number): void {
      enter(state);
      begin([{ afterMs: ms, act: (at) => enter('available', at) }]);
    },
    remove(): void {
      cancel();
      live.exists = false;
      queue('stop');
      changed();
    },
    /** Nothing happens to it any more; resolves once the process's last start or stop is over. */
    async close(): Promise<void> {
      cancel();
      await starts;
    },
  };
}

/** RDS filters by these alone: not by tags. */
function passes(filter: Input, listed: World['database']): boolean {
  const name = textOf(filter, 'Name');
  const fields: Record<string, readonly string[]> = {
    'db-instance-id': [listed.id, listed.arn],
    'dbi-resource-id': [listed.resourceId],
    engine: ['mysql'],
  };
  const values = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!values) throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${name}`);
  return textsOf(filter, 'Values').some((wanted) => values.includes(wanted));
}
