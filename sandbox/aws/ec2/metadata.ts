import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { pathOf } from '../../http.ts';
import type { RequestHandler } from '../../interfaces.ts';
import type { World } from '../../worlds/world.ts';
import { type Credentials, hostOf, roleNameOf } from '../auth/credentials.ts';
import { accountId, region } from '../constants.ts';
import { zone } from './ec2.ts';

const longestSeconds = 21_600;
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';

type Reply = readonly [status: number, body: string, headers?: Record<string, string>];

/**
 * The host's metadata service, version 2 only: nothing without a token, and a token only by PUT. SDKs put
 * its paths behind the host of AWS_EC2_METADATA_SERVICE_ENDPOINT and drop any path of that, so they stay `/latest/…`.
 */
export function createMetadata(world: World, credentials: Credentials): RequestHandler {
  const tokens = new Map<string, number>();

  function issueToken({ headers }: IncomingMessage): Reply {
    // What came through a proxy is not the instance itself.
    if (headers['x-forwarded-for'] !== undefined) return [403, 'Forbidden'];
    const seconds = Number(headers[ttlHeader] ?? '');
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestSeconds) return [400, 'Bad Request'];
    for (const [token, until] of tokens) if (until <= Date.now()) tokens.delete(token);
    const token = randomBytes(42).toString('base64url');
    tokens.set(token, Date.now() + seconds * 1_000);
    return [200, token, { [ttlHeader]: String(seconds) }];
  }

  const isValid = (token: unknown): boolean =>
    typeof token === 'string' && (tokens.get(token) ?? 0) > Date.now();

  function answer(request: IncomingMessage, path: string): Reply {
    if (path === '/latest/api/token' && request.method === 'PUT') return issueToken(request);
    if (!isValid(request.headers['x-aws-ec2-metadata-token'])) return [401, 'Unauthorized'];
    if (request.method !== 'GET') return [405, 'Method Not Allowed'];
    const value = categoriesOf(world, credentials).get(path);
    if (value === undefined) return [404, 'Not Found'];
    return [200, typeof value === 'string' ? value : JSON.stringify(value, null, 2)];
  }

  return async (request, response) => {
    const path = pathOf(request).pathname;
    if (!path.startsWith('/latest/')) return false;
    const [status, body, headers] = answer(request, path);
    response.writeHead(status, { 'content-type': 'text/plain', ...headers });
    response.end(body);
    return true;
  };
}

function categoriesOf(world: World, credentials: Credentials): ReadonlyMap<string, unknown> {
  const host = hostOf(world);
  const roleName = roleNameOf(world);
  const { issuedAt, expiresAt, accessKeyId, secretAccessKey, sessionToken } = credentials.current();
  const own = '/latest/meta-data';
  return new Map<string, unknown>([
    [`${own}/instance-id`, host.id],
    [`${own}/instance-type`, host.type],
    [`${own}/local-ipv4`, host.privateIp],
    [`${own}/placement/region`, region],
    [`${own}/placement/availability-zone`, zone],
    [
      `${own}/iam/info`,
      {
        Code: 'Success',
        LastUpdated: iso(issuedAt),
        InstanceProfileArn: `arn:aws:iam::${accountId}:instance-profile/${roleName}`,
      },
    ],
    [`${own}/iam/security-credentials`, roleName],
    [`${own}/iam/security-credentials/`, roleName],
    [
      `${own}/iam/security-credentials/${roleName}`,
      {
        Code: 'Success',
        LastUpdated: iso(issuedAt),
        Type: 'AWS-HMAC',
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: iso(expiresAt),
      },
    ],
    [
      '/latest/dynamic/instance-identity/document',
      {
        accountId,
        architecture: 'x86_64',
        availabilityZone: zone,
        instanceId: host.id,
        instanceType: host.type,
        privateIp: host.privateIp,
        region,
        version: '2017-09-30',
      },
    ],
  ]);
}

/** SandboxWithBot seconds, as AWS writes them. */
const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
