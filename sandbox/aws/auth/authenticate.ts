import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { accountId } from '../constants.ts';
import { AwsError } from '../errors.ts';
import { refusalOf } from './refusals.ts';
import { sha256, signatureV4 } from './sigv4.ts';

export interface Principal {
  name: string;
  accessKeyId: string;
  secretAccessKey: string;
  arn: string;
  /** Of temporary credentials: every call must carry it besides the signature. */
  sessionToken?: string;
  /** On real time. */
  expiresAt?: Date;
  expired?: boolean;
}

/** Who may call this account. */
export interface Principals {
  /** By access key; what has expired is found too, and says so. */
  credentialOf(accessKeyId: string): Principal | undefined;
}

const person = (name: string): Principal => ({
  name,
  accessKeyId: `AKIASANDBOX${name.toUpperCase().padEnd(9, '0')}`,
  secretAccessKey: `sandbox-secret-of-${name}`,
  arn: `arn:aws:iam::${accountId}:user/${name}`,
});

/** Who may call, with the keys that the sandbox hands out. */
export const principals: readonly Principal[] = [
  {
    name: 'bot',
    accessKeyId: 'AKIASANDBOX000000000',
    secretAccessKey: 'sandbox-secret-access-key',
    arn: `arn:aws:sts::${accountId}:assumed-role/d2-chatops/bot`,
  },
  person('vera'),
  person('omar'),
  person('ada'),
  person('amir'),
  { ...person('expired'), accessKeyId: 'ASIASANDBOXEXPIRED00', expired: true },
];

/** The service that a request is signed for; needs no valid signature, so that an error can speak its protocol. */
export function scopeOf(
  request: IncomingMessage,
): { key: string; date: string; region: string; service: string } | undefined {
  const match = /Credential=([^/]{1,64})\/(\d{8})\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})\/aws4_request/.exec(
    request.headers.authorization ?? '',
  );
  const [, key, date, region, service] = match ?? [];
  return key && date && region && service ? { key, date, region, service } : undefined;
}

/** Who signed it. Checks key, session token, expiry and the whole SigV4 signature. Throws with the names that the services use. */
export function authenticate(request: IncomingMessage, body: Buffer, principals: Principals): Principal {
  const scope = scopeOf(request);
  if (!scope)
    throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const { key, service } = scope;
  const principal = principals.credentialOf(key);
  if (!principal || principal.sessionToken !== request.headers['x-amz-security-token'])
    throw refusalOf(service, 'unknown key');
  if (signatureOf(request, body, principal, scope) !== given(request))
    throw refusalOf(service, 'wrong signature');
  if (principal.expired) throw refusalOf(service, 'expired token');
  return principal;
}

const given = (request: IncomingMessage): string =>
  /Signature=([0-9a-f]{64})/.exec(request.headers.authorization ?? '')?.[1] ?? '';

/** By name; a name without a value gets an empty one. */
const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter(Boolean)
    .map((one): [string, string] => {
      const [name = '', value = ''] = one.split('=', 2);
      return [name, value];
    })
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

type Scope = NonNullable<ReturnType<typeof scopeOf>>;

/** Signature Version 4 over what was received. */
function signatureOf(
  request: IncomingMessage,
  body: Buffer,
  principal: Principal,
  { date, region, service }: Scope,
): string {
  const signed = (/SignedHeaders=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '').split(';');
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const canonical = [
    request.method,
    // S3 alone takes the path as it is sent, and the hash that the request claims, which its actions hold the body to.
    service === 's3' ? path : path.split('/').map(encodeURIComponent).join('/'),
    canonicalQuery(query),
    ...signed.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/\s+/g, ' ')}`,
    ),
    '',
    signed.join(';'),
    service === 's3' ? String(request.headers['x-amz-content-sha256'] ?? '') : sha256(body),
  ].join('\n');
  const stamp = String(request.headers['x-amz-date'] ?? '');
  const expected = signatureV4({
    secretAccessKey: principal.secretAccessKey,
    stamp,
    scope: [date, region, service, 'aws4_request'],
    canonicalRequest: canonical,
  });
  const sent = given(request);
  return sent.length === expected.length && timingSafeEqual(Buffer.from(sent), Buffer.from(expected))
    ? sent
    : expected;
}
