import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import type { Account, Engine, Handle, Machine, Resource } from '../interfaces.ts';
import type { Principals } from './auth/authenticate.ts';
import { type Credentials, createCredentials } from './auth/credentials.ts';
import { createCloudWatch } from './cloudwatch.ts';
import { createCognito } from './cognito/cognito.ts';
import { createKeys } from './cognito/keys.ts';
import { createTokens } from './cognito/tokens.ts';
import type { Mail } from './cognito/users.ts';
import { startDynamoDb } from './dynamodb.ts';
import { createEc2 } from './ec2/ec2.ts';
import { createFleet } from './ec2/instances.ts';
import { createMetadata } from './ec2/metadata.ts';
import { createElb } from './elb/elb.ts';
import { startBalancer } from './elb/load-balancer.ts';
import { createFaults } from './faults/faults.ts';
import { createLedger } from './ledger.ts';
import { historyOf } from './logs/history.ts';
import { createLogs } from './logs/logs.ts';
import { createRds } from './rds.ts';
import { resourcesOf } from './resources.ts';
import { createRoute } from './router.ts';
import { createS3 } from './s3/s3.ts';
import { createSecrets } from './secrets.ts';
import { loadDocuments } from './ssm/documents.ts';
import { createSsm } from './ssm/ssm.ts';
import { sts } from './sts.ts';
import { auditGroup, backendInstance, logGroup } from './world.ts';

const ownDocuments = fileURLToPath(
  new URL('../../infra/terraform/modules/ssm-documents/documents', import.meta.url),
);

interface Options {
  clock: Clock;
  machine: Machine;
  /** What RDS starts and stops; without one its states are for show. It runs. */
  engine?: Engine | undefined;
  /** Its keys, where somebody else checks them too. */
  credentials?: Credentials;
  /** Told how the account answers before its instance boots, which asks for credentials from its first moment. */
  onHandle?: (handle: Handle) => void;
  documentsFolder?: string;
}

/** Something that happens to an environment by itself, for tests and for showing it off. */
export type Disturbance =
  | { what: 'rds-busy'; state: string; minutes: number }
  | { what: 'instance-terminated' | 'agent-offline'; instance: string }
  | { what: 'empty' | 'https' | 'no-log-group' | 'empty-log-group' | 'huge-log-group' | 'no-mail' }
  | { what: 'alarm'; name: string };

export interface DisturbableAccount extends Account, Principals {
  disturb(disturbance: Disturbance): void;
  /** What the user pool has mailed, temporary passwords included. */
  mails(): readonly Mail[];
}

/** The guide's AWS account on loopback: real protocols, states that take their time, faults, a ledger. */
export async function createAccount({
  clock,
  machine,
  engine,
  credentials = createCredentials(),
  onHandle,
  documentsFolder = ownDocuments,
}: Options): Promise<DisturbableAccount> {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const documents = loadDocuments(documentsFolder);
  const faults = createFaults();
  const ledger = createLedger(clock);
  const metadata = createMetadata(credentials);
  const tokens = createTokens();
  const keys = createKeys({ tokens, faults, clock });
  const dynamodb = await startDynamoDb();
  let parts = await build();

  async function build() {
    let built = true;
    const builtAt = new Date(clock.now().getTime() - 290 * 86_400_000);
    const fleet = createFleet(clock, machine, changed);
    const rds = createRds(clock, changed, engine);
    const logs = createLogs(clock, changed);
    const cognito = createCognito(clock, tokens, changed);
    const secrets = createSecrets(clock, changed);
    const cloudwatch = createCloudWatch(clock);
    const s3 = createS3(clock);
    const ssm = createSsm({ clock, machine, fleet, documents });
    const balancer = await startBalancer(machine, fleet, () => built);
    logs.createGroup(logGroup);
    logs.createGroup(auditGroup);
    const { out, err, cloudInit } = historyOf(clock.now());
    logs.append(logGroup, `${backendInstance}/backend-api-out.log`, out);
    logs.append(logGroup, `${backendInstance}/backend-api-error.log`, err);
    logs.append(logGroup, `${backendInstance}/cloud-init-output.log`, cloudInit);
    const silence = machine.onLogLine(({ process, stream, text, at }) => {
      // The agent runs on the instance: what is written while it is off is never seen.
      const state = fleet.all().find(({ id }) => id === backendInstance)?.state;
      if (state === undefined || state === 'stopped' || state === 'terminated') return;
      logs.append(logGroup, `${backendInstance}/${process}-${stream === 'out' ? 'out' : 'error'}.log`, [
        { at: at.getTime(), message: text },
      ]);
    });
    const services = [
      createEc2(fleet, () => built),
      rds.service,
      sts,
      createElb(balancer, () => built),
      ssm.service,
      logs.service,
      cognito.service,
      secrets.service,
      cloudwatch.service,
      s3.service,
      dynamodb.service,
    ];
    return {
      fleet,
      rds,
      logs,
      cognito,
      secrets,
      cloudwatch,
      ssm,
      balancer,
      route: createRoute({ services, clock, faults, ledger, principals: credentials, changed }),
      raze(): void {
        built = false;
        fleet.empty();
        rds.remove();
      },
      async close(): Promise<void> {
        silence();
        ssm.close();
        await Promise.all([rds.close(), fleet.close(), balancer.close()]);
      },
      resources: (): Resource[] =>
        resourcesOf({ builtAt, fleet, rds, logs, cognito, secrets, balancer, built }),
    };
  }

  async function boot(): Promise<void> {
    await machine.boot();
    // It was running all the time, as far as anybody can see.
    await parts.balancer.look();
  }
  const handle: Handle = async (request, response) =>
    (await metadata(request, response)) || (await keys(request, response)) || parts.route(request, response);
  onHandle?.(handle);
  await boot();

  return {
    handle,
    credentialOf: credentials.credentialOf,
    mails: () => parts.cognito.outbox(),
    resources: () => parts.resources(),
    ledger: ledger.entries,
    setFaults: faults.set,
    async reset() {
      await parts.close();
      faults.set([]);
      await machine.reinstall();
      await engine?.reset();
      await dynamodb.reset();
      parts = await build();
      await boot();
      ledger.clear();
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    disturb(disturbance) {
      const { fleet, rds, logs, cognito, cloudwatch, balancer } = parts;
      switch (disturbance.what) {
        case 'rds-busy':
          return rds.occupy(disturbance.state, disturbance.minutes * 60_000);
        case 'instance-terminated':
          return fleet.terminate(disturbance.instance);
        case 'agent-offline':
          return fleet.mute(disturbance.instance);
        case 'empty':
          return parts.raze();
        case 'https':
          return balancer.redirect();
        case 'no-log-group':
          return logs.deleteGroup(logGroup);
        case 'empty-log-group':
          return logs.createGroup(logGroup);
        case 'huge-log-group':
          return logs.append(logGroup, `${backendInstance}/backend-api-out.log`, noise(clock.now()));
        case 'no-mail':
          return cognito.refuseMail();
        case 'alarm':
          cloudwatch.fire(disturbance.name);
          return changed();
      }
    },
    async close() {
      await parts.close();
      await dynamodb.close();
    },
  };
}

/** Some sixteen megabytes of one day: more than a search reads in its ten pages. */
function noise(now: Date): { at: number; message: string }[] {
  const message = `{"level":30,"msg":"position","payload":"${'x'.repeat(400)}"}`;
  return Array.from({ length: 40_000 }, (_, index) => ({
    at: now.getTime() - index * 2_000,
    message,
  })).reverse();
}
