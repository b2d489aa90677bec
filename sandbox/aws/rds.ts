import type { Clock } from '../clock.ts';
import { AwsError } from './errors.ts';
import { type Service, textOf } from './service.ts';
import { database as listed, region, tagList } from './world.ts';

export interface LiveDatabase {
  state: string;
  since: Date;
  restartsAt: Date | undefined;
  exists: boolean;
}

const startingMs = 4 * 60_000;
const stoppingMs = 5 * 60_000;
const weekMs = 7 * 86_400_000;

/** RDS's one database; AWS starts it again seven days after a stop. */
export function createRds(clock: Clock, changed: () => void) {
  const live: LiveDatabase = {
    state: 'available',
    since: new Date(clock.now().getTime() - 11 * 3_600_000),
    restartsAt: undefined,
    exists: true,
  };

  function enter(state: string): void {
    live.state = state;
    live.since = clock.now();
    changed();
  }

  function start(): void {
    live.restartsAt = undefined;
    enter('starting');
    clock.after(startingMs, () => live.state === 'starting' && enter('available'));
  }

  function stop(): void {
    enter('stopping');
    clock.after(stoppingMs, () => {
      if (live.state !== 'stopping') return;
      live.restartsAt = new Date(clock.now().getTime() + weekMs);
      enter('stopped');
      clock.after(weekMs, () => live.state === 'stopped' && start());
    });
  }

  function find(id: string): void {
    if (id !== listed.id || !live.exists)
      throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
  }

  const shown = () => ({
    DBInstanceIdentifier: listed.id,
    DBInstanceArn: listed.arn,
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
          return { DBInstances: { DBInstance: live.exists ? [shown()] : [] } };
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
      ListTagsForResource: { run: () => ({ TagList: { Tag: tagList(listed.tags) } }) },
    },
  };

  return {
    service,
    live,
    /** Busy with something of AWS's own for a while, such as a backup. */
    occupy(state: string, ms: number): void {
      enter(state);
      clock.after(ms, () => live.state === state && enter('available'));
    },
    remove(): void {
      live.exists = false;
      changed();
    },
  };
}
