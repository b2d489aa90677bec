import type { Clock } from '../clock.ts';
import type { Machine } from '../interfaces.ts';
import type { World } from '../worlds/world.ts';
import { createCloudWatch } from './cloudwatch.ts';
import { createCognito } from './cognito/cognito.ts';
import type { Tokens } from './cognito/tokens.ts';
import { region } from './constants.ts';
import { noTables } from './dynamodb.ts';
import { createEc2 } from './ec2/ec2.ts';
import { createInstances } from './ec2/instances.ts';
import { createElb } from './elb/elb.ts';
import { AwsError } from './errors.ts';
import { createLogs } from './logs/logs.ts';
import { createRds } from './rds.ts';
import { createSecrets } from './secrets.ts';
import type { Action, Service } from './service.ts';
import { createSsm } from './ssm/ssm.ts';

interface OtherRegionOptions {
  world: World;
  clock: Clock;
  machine: Machine;
  tokens: Tokens;
  /** Those that are one for all regions: STS, S3. */
  global: readonly Service[];
}

const nothing = () => {};
const never = () => false;

/**
 * A region that nobody built anything in: the same services, and nothing to be found. What would be made there is
 * refused, since the world with all its names is in one region.
 */
export function createOtherRegion({
  world,
  clock,
  machine,
  tokens,
  global,
}: OtherRegionOptions): readonly Service[] {
  const empty = { instances: [], host: '' };
  const instances = createInstances({ world: empty, clock, machine, changed: nothing });
  const rds = createRds({ listed: world.database, clock, changed: nothing });
  rds.remove();
  const running = { port: 0, redirects: never, target: () => ({ State: 'unused' }) };
  const regional = [
    createEc2(instances, world, never),
    rds.service,
    createElb({ world, running, exists: never }),
    createSsm({ host: '', clock, machine, instances, documents: new Map() }).service,
    createLogs(clock, nothing).service,
    createCognito({ pool: world.pool, clock, tokens, changed: nothing, exists: never }).service,
    createSecrets(clock, nothing).service,
    createCloudWatch(clock, []).service,
    noTables,
  ];
  return [...global, ...regional.map(withoutMaking)];
}

const withoutMaking = (service: Service): Service => ({
  ...service,
  actions: Object.fromEntries(
    Object.entries(service.actions).map(([name, action]): [string, Action] => [
      name,
      /^Create|^PutParameter$/.test(name) ? { run: refuseToMake } : action,
    ]),
  ),
});

function refuseToMake(): never {
  throw new AwsError('UnsupportedOperation', `The sandbox lets nothing be made outside ${region}.`);
}
