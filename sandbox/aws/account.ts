import { fileURLToPath } from 'node:url';
import { makeCertificates } from '../certificates.ts';
import type { Clock } from '../clock.ts';
import type { Account, DatabaseProcess, Machine, RequestHandler, Resource } from '../interfaces.ts';
import { findPort } from '../port.ts';
import { ownWorld } from '../worlds/own.ts';
import type { LogSource, World } from '../worlds/world.ts';
import type { Principals } from './auth/authenticate.ts';
import { type Credentials, createCredentials } from './auth/credentials.ts';
import { createCloudWatch } from './cloudwatch.ts';
import { createCognito } from './cognito/cognito.ts';
import { createKeys } from './cognito/keys.ts';
import { createTokens } from './cognito/tokens.ts';
import type { Mail } from './cognito/users.ts';
import { auditGroup, masterPassword, masterSecret } from './constants.ts';
import { startDynamoDb } from './dynamodb.ts';
import { createEc2 } from './ec2/ec2.ts';
import { createInstances } from './ec2/instances.ts';
import { createMetadata } from './ec2/metadata.ts';
import { createElb } from './elb/elb.ts';
import { startLoadBalancer } from './elb/load-balancer.ts';
import { createFaults } from './faults/faults.ts';
import { createLedger } from './ledger.ts';
import { historyOf } from './logs/history.ts';
import { createLogs } from './logs/logs.ts';
import { createOtherRegion } from './other-region.ts';
import { createRds } from './rds.ts';
import { resourcesOf } from './resources.ts';
import { createRouter } from './router.ts';
import { createS3 } from './s3/s3.ts';
import { createSecrets } from './secrets.ts';
import { loadDocuments } from './ssm/documents.ts';
import { createSsm } from './ssm/ssm.ts';
import { createSts } from './sts.ts';

const ownDocuments = fileURLToPath(
  new URL('../../infra/terraform/modules/ssm-documents/documents', import.meta.url),
);

interface AccountOptions {
  /** What is in it at first. */
  world?: World;
  clock: Clock;
  machine: Machine;
  /** What RDS starts and stops, running; without it RDS only has states. */
  database?: DatabaseProcess | undefined;
  /** Its keys, where the database checks them too. */
  credentials?: Credentials;
  /** Called with the account's request handler before its instance boots, which needs credentials from its first moment. */
  onHandle?: (handle: RequestHandler) => void;
  documentsFolder?: string;
}

/** Something that happens to an environment by itself, for tests and demonstrations. */
export type Disturbance =
  | { what: 'rds-busy'; state: string; minutes: number }
  | { what: 'instance-terminated' | 'agent-offline'; instance: string }
  | { what: 'empty' | 'https' | 'no-mail' }
  | { what: 'no-log-group' | 'empty-log-group' | 'huge-log-group' | 'infrequent-access-log-group' }
  | { what: 'alarm'; name: string };

export interface DisturbableAccount extends Account, Principals {
  disturb(disturbance: Disturbance): void;
  /** What the user pool has mailed, temporary passwords included. */
  mails(): readonly Mail[];
  /** The services' public addresses, where the load balancer serves HTTPS. */
  urls: Readonly<Record<string, string>>;
  /** PEM of the authority that signed the load balancer's certificate. */
  authority: string | undefined;
}

/** An AWS account on loopback: real protocols, states that take their time, faults, a ledger. */
export async function createAccount({
  world = ownWorld,
  clock,
  machine,
  database,
  credentials = createCredentials(world),
  onHandle,
  documentsFolder = ownDocuments,
}: AccountOptions): Promise<DisturbableAccount> {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const documents = loadDocuments(documentsFolder);
  const faults = createFaults();
  const ledger = createLedger(clock);
  const metadata = createMetadata(world, credentials);
  const tokens = createTokens(world.pool);
  const keys = createKeys({ pool: world.pool, tokens, faults, clock });
  const dynamodb = await startDynamoDb();
  const https = await createHttps(world);
  let parts = await build();

  async function build() {
    let exists = true;
    const builtAt = new Date(clock.now().getTime() - 290 * 86_400_000);
    const instances = createInstances({ world, clock, machine, changed });
    const rds = createRds({ listed: world.database, clock, databaseProcess: database, changed });
    const logs = createLogs(clock, changed);
    const cognito = createCognito({ pool: world.pool, clock, tokens, changed });
    const secrets = createSecrets(clock, changed, {
      [masterSecret]: JSON.stringify({ username: 'admin', password: masterPassword }),
    });
    const cloudwatch = createCloudWatch(clock, world.alarms);
    const s3 = createS3(clock);
    const ssm = createSsm({ host: world.host, clock, machine, instances, documents });
    const isThere = () => exists;
    const loadBalancer = await startLoadBalancer({ world, machine, instances, https, exists: isThere });
    const begins = clock.now();
    const streamOf = (service: string, source: LogSource) => world.logs.streamOf(world.host, service, source);
    for (const { name, logGroup } of world.services)
      logs.createGroup(logGroup, () =>
        historyOf(begins, world, name).map(([source, events]) => [streamOf(name, source), events]),
      );
    logs.createGroup(auditGroup);
    const stopListening = machine.onLogLine(({ process, stream, text, at }) => {
      // The agent runs on the instance: what is written while it is off is never seen.
      const state = instances.all().find(({ id }) => id === world.host)?.state;
      if (state === undefined || state === 'stopped' || state === 'terminated') return;
      const group = world.services.find(({ name }) => name === process)?.logGroup;
      if (group) logs.append(group, streamOf(process, stream), [{ at: at.getTime(), message: text }]);
    });
    const sts = createSts(credentials, world.assumableRoles);
    const services = [
      createEc2(instances, world, isThere),
      rds.service,
      sts,
      createElb({ world, running: loadBalancer, exists: isThere }),
      ssm.service,
      logs.service,
      cognito.service,
      secrets.service,
      cloudwatch.service,
      s3.service,
      dynamodb.service,
    ];
    return {
      instances,
      rds,
      logs,
      cognito,
      secrets,
      cloudwatch,
      ssm,
      loadBalancer,
      route: createRouter({
        services,
        elsewhere: createOtherRegion({ world, clock, machine, tokens, global: [sts, s3.service] }),
        clock,
        faults,
        ledger,
        principals: credentials,
        changed,
      }),
      destroy(): void {
        exists = false;
        instances.empty();
        rds.remove();
      },
      async close(): Promise<void> {
        stopListening();
        ssm.close();
        await Promise.all([rds.close(), instances.close(), loadBalancer.close()]);
      },
      resources: (): Resource[] =>
        resourcesOf({ builtAt, instances, rds, logs, cognito, secrets, loadBalancer, exists, world }),
    };
  }

  async function boot(): Promise<void> {
    await machine.boot();
    // The account begins with everything up, so nothing waits for the next health check.
    await parts.loadBalancer.check();
  }
  const handle: RequestHandler = async (request, response) =>
    (await metadata(request, response)) || (await keys(request, response)) || parts.route(request, response);
  onHandle?.(handle);
  await boot();

  return {
    handle,
    credentialOf: credentials.credentialOf,
    mails: () => parts.cognito.outbox(),
    urls: https?.urls ?? {},
    authority: https?.certificates.ca,
    resources: () => parts.resources(),
    ledger: ledger.entries,
    setFaults: faults.set,
    async reset() {
      await parts.close();
      faults.set([]);
      await machine.reinstall();
      await database?.reset();
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
      const { instances, rds, logs, cognito, cloudwatch, loadBalancer } = parts;
      const [service] = world.services;
      const { logGroup = '', name = '' } = service ?? {};
      switch (disturbance.what) {
        case 'rds-busy':
          return rds.occupy(disturbance.state, disturbance.minutes * 60_000);
        case 'instance-terminated':
          return instances.terminate(disturbance.instance);
        case 'agent-offline':
          return instances.loseAgent(disturbance.instance);
        case 'empty':
          return parts.destroy();
        case 'https':
          return loadBalancer.redirect();
        case 'no-log-group':
          return logs.deleteGroup(logGroup);
        case 'empty-log-group':
          return logs.createGroup(logGroup);
        case 'infrequent-access-log-group':
          return logs.createGroup(logGroup, undefined, 'INFREQUENT_ACCESS');
        case 'huge-log-group':
          return logs.append(logGroup, world.logs.streamOf(world.host, name, 'out'), bulkLines(clock.now()));
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

/** The load balancer's HTTPS: its port and certificate stay the same through every reset. */
async function createHttps({ services, loadBalancer }: World) {
  if (!loadBalancer.https) return undefined;
  const port = await findPort();
  const certificates = await makeCertificates(...services.flatMap(({ hosts = [] }) => hosts));
  // The last of a service's hosts is the one that loopback knows.
  const urls = services.map(({ name, hosts }) => [name, `https://${hosts?.at(-1) ?? 'localhost'}:${port}`]);
  return { port, certificates, urls: Object.fromEntries(urls) as Record<string, string> };
}

/** Some sixteen megabytes of one day: more than a search reads in its ten pages. */
function bulkLines(now: Date): { at: number; message: string }[] {
  const message = `{"level":30,"msg":"position","payload":"${'x'.repeat(400)}"}`;
  return Array.from({ length: 40_000 }, (_, index) => ({
    at: now.getTime() - index * 2_000,
    message,
  })).reverse();
}
