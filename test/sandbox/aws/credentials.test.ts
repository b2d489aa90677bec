import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { findHost } from '../../../src/aws/host.ts';
import { hasAwsCli, runAws } from '../../aws-cli/aws-cli.ts';
import { backend, region, startTestAccount, type TestAccount } from './test-account.ts';

const run = promisify(execFile);
const role = 'd2-ride-booking-dev-backend';
const arn = `arn:aws:sts::000011112222:assumed-role/${role}/${backend}`;
const document = `/latest/meta-data/iam/security-credentials/${role}`;
const minutes = 60_000;

let s: TestAccount;
let metadata: string;
beforeAll(async () => {
  s = await startTestAccount();
  metadata = new URL(s.endpoint).origin;
});
afterAll(() => s?.close());
afterEach(() => {
  vi.useRealTimers();
});

/** Real time as the test says; timers go on. */
const turn = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });

const ttl = 'x-aws-ec2-metadata-token-ttl-seconds';
const put = (headers: Record<string, string>) =>
  fetch(`${metadata}/latest/api/token`, { method: 'PUT', headers });
const tokenFor = async (seconds = 21_600) => (await put({ [ttl]: String(seconds) })).text();
const read = async (path: string, token?: string) =>
  fetch(metadata + path, { headers: { 'x-aws-ec2-metadata-token': token ?? (await tokenFor()) } });

interface Document {
  Code: string;
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  Expiration: string;
}
const issued = async (): Promise<Document> => JSON.parse(await (await read(document)).text());
const keysOf = ({ AccessKeyId, SecretAccessKey, Token }: Document) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: Token,
});
type Keys = ReturnType<typeof keysOf>;

const clientOf = (credentials: Keys | Omit<Keys, 'sessionToken'>) =>
  ({ region, endpoint: s.endpoint, credentials, maxAttempts: 1 }) as const;
const callerArn = async (keys: Keys | Omit<Keys, 'sessionToken'>) =>
  (await new STSClient(clientOf(keys)).send(new GetCallerIdentityCommand({}))).Arn;

describe('the metadata service', () => {
  test('says nothing without a token of its own', async () => {
    expect((await fetch(metadata + document)).status).toBe(401);
    expect((await read(document, 'made-up')).status).toBe(401);
    const token = await tokenFor(60);
    expect((await read(document, token)).status).toBe(200);
    turn(61_000);
    expect((await read(document, token)).status).toBe(401);
  });

  test.each([
    ['no time to live', {}, 400],
    ['none at all', { [ttl]: '0' }, 400],
    ['more than six hours', { [ttl]: '21601' }, 400],
    ['a way through a proxy', { [ttl]: '60', 'x-forwarded-for': '10.0.0.1' }, 403],
  ])('gives no token for %s', async (_, headers, status) => {
    expect((await put(headers)).status).toBe(status);
  });

  test('gives a token by PUT alone', async () => {
    const post = (method: string) =>
      fetch(`${metadata}/latest/api/token`, { method, headers: { [ttl]: '60' } });
    expect((await post('POST')).status).toBe(401);
    expect((await post('GET')).status).toBe(401);
  });

  test('tells what the instance is', async () => {
    const said = async (path: string) => (await read(`/latest/${path}`)).text();
    expect(await said('meta-data/instance-id')).toBe(backend);
    expect(await said('meta-data/placement/region')).toBe(region);
    expect(await said('meta-data/iam/security-credentials/')).toBe(role);
    expect(JSON.parse(await said('dynamic/instance-identity/document'))).toMatchObject({
      accountId: '000011112222',
      instanceId: backend,
      instanceType: 't3.small',
      region,
    });
    expect((await read('/latest/meta-data/iam/security-credentials/another')).status).toBe(404);
    const host = await findHost({ ec2Endpoint: metadata }, { signal: AbortSignal.timeout(5_000) });
    expect(host.instance).toBe(backend);
  });
});

describe('the role’s credentials', () => {
  test('stay for fifty minutes, and then there are new ones', async () => {
    const first = await issued();
    expect(first).toMatchObject({
      Code: 'Success',
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
    });
    expect(await issued()).toEqual(first);
    turn(Date.parse(first.Expiration) - Date.now() - 9 * minutes);
    const second = await issued();
    expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
    expect(Date.parse(second.Expiration)).toBeGreaterThan(Date.parse(first.Expiration));
    // The former ones hold to the end of their hour.
    expect(await callerArn(keysOf(first))).toBe(arn);
    expect(await callerArn(keysOf(second))).toBe(arn);
  });

  test('are refused once expired, by each service in its own words', async () => {
    const given = await issued();
    const keys = keysOf(given);
    expect(s.account.credentialOf(keys.accessKeyId)).toMatchObject({ ...keys, expired: false });
    turn(Date.parse(given.Expiration) - Date.now() + 1_000);
    await expect(callerArn(keys)).rejects.toMatchObject({ name: 'ExpiredToken' });
    await expect(new EC2Client(clientOf(keys)).send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'RequestExpired',
    });
    await expect(
      new SecretsManagerClient(clientOf(keys)).send(new ListSecretsCommand({})),
    ).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    expect(s.account.credentialOf(keys.accessKeyId)?.expired).toBe(true);
  });

  test('are good only with their token, their secret, and in their own account', async () => {
    const { sessionToken, ...keys } = keysOf(await issued());
    await expect(callerArn(keys)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(callerArn({ ...keys, sessionToken: 'another' })).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    await expect(callerArn({ ...keys, sessionToken, secretAccessKey: 'x' })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    const other = await startTestAccount();
    try {
      expect(other.account.credentialOf(keys.accessKeyId)).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  test('a token beside keys that have none is refused', async () => {
    await expect(callerArn({ ...s.credentials, sessionToken: 'stray' })).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });
});

describe('a program on the instance, which has no keys,', () => {
  const nowhere = '/nonexistent';
  const env = () => ({
    PATH: process.env.PATH,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata,
    AWS_ENDPOINT_URL: s.endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Nor those of whoever runs the test.
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
  });

  test('is the role by the SDK’s default chain', async () => {
    const program = `
      import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
      console.log((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      env: env(),
      cwd: import.meta.dirname,
    });
    expect(stdout.trim()).toBe(arn);
  });

  test.skipIf(!hasAwsCli)('is the role by the AWS CLI', async () => {
    const answer = await runAws(['sts', 'get-caller-identity', '--endpoint-url', s.endpoint], env());
    expect(JSON.parse(answer)).toMatchObject({ Account: '000011112222', Arn: arn });
  });
});
