import { createHash, timingSafeEqual } from 'node:crypto';
import { sha256, signatureV4 } from '../aws/auth/sigv4.ts';

export interface Credential {
  secretAccessKey: string;
  /** Of temporary credentials: the token must carry it. */
  sessionToken?: string;
  expiresAt?: Date;
  expired?: boolean;
}

interface Expected {
  /** The RDS endpoint, not where a tunnel listens. */
  host: string;
  port: number;
  user: string;
  region: string;
  credentialOf(accessKeyId: string): Credential | undefined;
  now(): Date;
}

/** What a check of the token alone can't see, for the sandbox to print. */
export const tokenChecksMissing =
  'IAM policies are not evaluated: any credential of this account may connect as every IAM user ' +
  '(on AWS rds-db:connect must allow it, on the DbiResourceId and the user).';

const minute = 60_000;

/**
 * Checks an RDS IAM token (`host:port/?Action=connect&DBUser=…&X-Amz-…`, a presigned GET without its scheme).
 * Returns why it is refused, for our own log alone, or undefined. See tokenChecksMissing for what it can't know.
 */
export function checkToken(token: string, expected: Expected): string | undefined {
  const { host, port, user, region } = expected;
  const [place = '', text = '', ...rest] = token.split('/?');
  if (rest.length > 0 || text === '') return 'it is no RDS IAM token';
  if (place !== `${host}:${port}`) return `it is for ${place}, this is ${host}:${port}`;
  const query = parse(text);
  if (!query) return 'its query is malformed, or names a parameter twice';
  const of = (name: string) => query.get(name) ?? '';

  if (of('Action') !== 'connect') return 'its Action is not connect';
  if (of('DBUser') !== user) return `it is for the user ${of('DBUser')}, this is ${user}`;
  if (of('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return 'its algorithm is not AWS4-HMAC-SHA256';
  if (of('X-Amz-SignedHeaders') !== 'host') return 'its SignedHeaders are not host';

  const [accessKeyId = '', day = '', ...scope] = of('X-Amz-Credential').split('/');
  if (scope.join('/') !== `${region}/rds-db/aws4_request`)
    return `its scope is ${scope.join('/')}, not ${region}/rds-db/aws4_request`;
  const credential = expected.credentialOf(accessKeyId);
  if (!credential) return `no one has the access key ${accessKeyId}`;
  if (!isSame(of('X-Amz-Security-Token'), credential.sessionToken ?? ''))
    return 'its session token is not the one of its access key';

  const late = checkTime(of('X-Amz-Date'), of('X-Amz-Expires'), day, credential, expected.now());
  if (late) return late;

  const signature = sign({ place, query, day, scope, secret: credential.secretAccessKey });
  return isSame(of('X-Amz-Signature'), signature) ? undefined : 'its signature does not match';
}

function checkTime(date: string, expires: string, day: string, credential: Credential, now: Date) {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [y, m, d, h, min, s] = parts.map(Number);
  const signed = Date.UTC(y ?? Number.NaN, (m ?? 0) - 1, d, h, min, s);
  if (!Number.isFinite(signed)) return 'its X-Amz-Date is no date';
  if (!date.startsWith(`${day}T`)) return 'its X-Amz-Date is not the day of its scope';
  const seconds = /^\d{1,4}$/.test(expires) ? Number(expires) : 0;
  if (seconds < 1 || seconds > 900) return 'its X-Amz-Expires is not 1 to 900 seconds';
  if (signed > now.getTime() + 5 * minute) return `it is from the future: ${date}`;
  if (signed + seconds * 1_000 < now.getTime()) return `it expired ${seconds} s after ${date}`;
  const gone = credential.expired || (credential.expiresAt && credential.expiresAt <= now);
  return gone ? 'its credentials have expired' : undefined;
}

/** Decoded; undefined where it is malformed or ambiguous. */
function parse(text: string): Map<string, string> | undefined {
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    const [name, value, ...rest] = pair.split('=').map(decode);
    if (name === undefined || value === undefined || rest.length > 0 || query.has(name)) return undefined;
    query.set(name, value);
  }
  return query;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

interface Signing {
  place: string;
  query: Map<string, string>;
  day: string;
  scope: readonly string[];
  secret: string;
}

/** SigV4 for a query: AWS General Reference, "Create a signed AWS API request". */
function sign({ place, query, day, scope, secret }: Signing): string {
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='));
  return signatureV4({
    secretAccessKey: secret,
    stamp: query.get('X-Amz-Date') ?? '',
    scope: [day, ...scope],
    canonicalRequest: ['GET', '/', pairs.join('&'), `host:${place}`, '', 'host', sha256('')].join('\n'),
  });
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Takes as long for every difference. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
