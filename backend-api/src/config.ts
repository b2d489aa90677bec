import * as z from 'zod';
import { type Authority, authorityFault, readAuthority } from './database/authority.ts';

export interface DatabaseConfig {
  /** The RDS endpoint: what the certificate and the IAM token are for. */
  host: string;
  port: number;
  name: string;
  user: string;
  /** Most connections at once. */
  poolSize: number;
  /** Where to connect instead of `host:port`, as through Session Manager's port forwarding (guide 3.4). */
  tunnel?: { host: string; port: number };
  /** An IAM token for every new connection, or a password. */
  login: { kind: 'iam'; region: string } | { kind: 'password'; password: string };
  /** Undefined: unencrypted, for a database on one's own machine. */
  authority: Authority | undefined;
}

export interface CognitoConfig {
  userPoolId: string;
  clientId: string;
  /** Where the pool's public keys are. */
  jwksUri: string;
}

export interface Config {
  /** 0 to 65535; 0 takes any free port. */
  port: number;
  host: string;
  logLevel: (typeof logLevels)[number];
  /** How long requests in flight may take to end after SIGINT or SIGTERM. */
  drainMs: number;
  cognito: CognitoConfig;
  /** Undefined: runs without one, and says so. */
  database: DatabaseConfig | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const integer = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,6}$/, error)
    .transform(Number)
    .refine((value) => value >= min && value <= max, error);
};
const address = z.string().regex(/^[\w.:-]{1,255}$/, 'must be an address or a host name');
const flag = z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true');
const word = z.string().regex(/^[\w-]{1,64}$/, 'must be one word of letters, digits, - and _');

const poolShape = /^([a-z]{2}(?:-[a-z]+)+-\d)_[A-Za-z0-9]+$/;

const service = z.object({
  PORT: integer(0, 65_535).default(3000),
  HOST: address.default('0.0.0.0'),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  DRAIN_MS: integer(0, 60_000).default(4000),
  COGNITO_USER_POOL_ID: z
    .string('is missing: `terraform output cognito_user_pool_id` tells it')
    .regex(poolShape, 'must be a user pool id such as ap-southeast-1_AbCdEfGhI'),
  COGNITO_CLIENT_ID: z
    .string('is missing: `terraform output cognito_app_client_id` tells it')
    .regex(/^[a-z0-9]{1,128}$/, 'must be an app client id: letters and digits'),
  COGNITO_JWKS_URI: z
    .url('must be an address')
    .refine(isSafe, 'must begin with https:// (http:// only on this machine itself)')
    .optional(),
});

const database = z.object({
  DB_HOST: address.optional(),
  DB_PORT: integer(1, 65_535).default(3306),
  DB_NAME: word.default('ridebooking'),
  DB_USER: word.default('app_user'),
  DB_POOL_SIZE: integer(1, 200).default(10),
  DB_IAM_AUTH: flag.default(false),
  DB_PASSWORD: z.string().optional(),
  DB_TLS: flag.default(true),
  DB_CA_FILE: z
    .string()
    .superRefine((path, context) => {
      const fault = authorityFault(path);
      if (fault) context.addIssue(fault);
    })
    .optional(),
  DB_TUNNEL: z
    .string()
    .regex(/^[\w.-]{1,255}:\d{1,5}$/, 'must be host:port, such as 127.0.0.1:13306')
    .optional(),
  AWS_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as ap-southeast-1')
    .optional(),
});

/** Reads the service's environment; throws one error that names every fault. */
export function readConfig(env: Environment): Config {
  const given = withoutEmpty(env);
  const parsed = service.safeParse(given);
  const store = database.safeParse(given);
  refuse([...faultsOf(parsed), ...faultsOf(store), ...disagreements(given)]);
  const read = parsed.data as z.output<typeof service>;
  return {
    port: read.PORT,
    host: read.HOST,
    logLevel: read.LOG_LEVEL,
    drainMs: read.DRAIN_MS,
    cognito: {
      userPoolId: read.COGNITO_USER_POOL_ID,
      clientId: read.COGNITO_CLIENT_ID,
      jwksUri: read.COGNITO_JWKS_URI ?? jwksOf(read.COGNITO_USER_POOL_ID),
    },
    database: databaseOf(store.data),
  };
}

/** Reads what concerns the database alone, which then must be there: for `npm run migrate`. */
export function readDatabaseConfig(env: Environment): DatabaseConfig {
  const given = withoutEmpty(env);
  const store = database.safeParse(given);
  const missing = given.DB_HOST === undefined ? ['DB_HOST is missing: it says where the database is'] : [];
  refuse([...missing, ...faultsOf(store), ...disagreements(given)]);
  return databaseOf(store.data) as DatabaseConfig;
}

/** What is right by itself and wrong together. */
function disagreements({ DB_HOST, DB_IAM_AUTH, DB_PASSWORD, DB_TLS, AWS_REGION }: Environment): string[] {
  if (DB_HOST === undefined) return [];
  const faults: string[] = [];
  if (DB_IAM_AUTH === 'true') {
    if (DB_PASSWORD !== undefined) faults.push('DB_PASSWORD has no use with DB_IAM_AUTH=true: leave one out');
    if (DB_TLS === 'false') faults.push('DB_TLS must stay true with DB_IAM_AUTH: a token goes over TLS only');
    if (AWS_REGION === undefined) faults.push('AWS_REGION is missing: an IAM token is signed for a region');
  } else if (DB_PASSWORD === undefined) {
    faults.push('DB_PASSWORD is missing: set it, or DB_IAM_AUTH=true');
  }
  return faults;
}

function databaseOf(read: z.output<typeof database> | undefined): DatabaseConfig | undefined {
  if (read?.DB_HOST === undefined) return undefined;
  const tunnel = /^(.+):(\d+)$/.exec(read.DB_TUNNEL ?? '');
  return {
    host: read.DB_HOST,
    port: read.DB_PORT,
    name: read.DB_NAME,
    user: read.DB_USER,
    poolSize: read.DB_POOL_SIZE,
    ...(tunnel && { tunnel: { host: tunnel[1] ?? '', port: Number(tunnel[2]) } }),
    login: read.DB_IAM_AUTH
      ? { kind: 'iam', region: read.AWS_REGION ?? '' }
      : { kind: 'password', password: read.DB_PASSWORD ?? '' },
    authority: read.DB_TLS ? readAuthority(read.DB_CA_FILE) : undefined,
  };
}

/** An empty line of a .env file means that nothing is set. */
const withoutEmpty = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

const faultsOf = ({ error }: { error?: z.ZodError }): string[] =>
  (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`Bad environment: ${faults.join('; ')}. See .env.example.`);
}

const jwksOf = (pool: string): string =>
  `https://cognito-idp.${poolShape.exec(pool)?.[1]}.amazonaws.com/${pool}/.well-known/jwks.json`;

/** Keys that come unencrypted over a network could be anybody's. */
function isSafe(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  );
}
