import { z } from 'zod';

/** What a fault shows of a wrong value; never the whole of a long one. */
export function shown(input: unknown): string {
  if (input === undefined || input === null) return 'missing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a map';
  const value = String(input);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

export function word(expected: string, pattern: RegExp, where?: string) {
  const message = `expected ${expected}${where ? ` (${where})` : ''}`;
  const error = ({ input }: { input?: unknown }) => `${shown(input)}, ${message}`;
  return z
    .string({ error })
    .regex(pattern, { error })
    .describe(capital(`${expected}${where ? `: ${where}` : ''}`));
}

const capital = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

export const slackId = (what: string, letters: string, where: string) =>
  word(
    `${what} id such as ${letters.charAt(0)}0123ABCD, not a name`,
    new RegExp(`^[${letters}][A-Z0-9]{2,20}$`),
    where,
  );

export const channel = slackId('a channel', 'CG', 'in Slack: the channel’s name, About, at the bottom');
export const principal = slackId(
  'a person’s or a user group’s',
  'UWS',
  'in Slack: profile, ⋮, Copy member ID; for a group its ⋯ menu, Copy group ID',
);

/** A name that is typed in commands. */
export const typedName = (what: string, longest: number) =>
  word(
    `${what} in lower case, up to ${longest} letters, digits and dashes`,
    new RegExp(`^[a-z][a-z0-9-]{0,${longest - 1}}$`),
  );

// The SSM documents' own patterns: what passes here passes there.
export const directory = word(
  'an absolute path of plain words',
  /^(\/\.?[A-Za-z0-9_]+((\.|-+)[A-Za-z0-9_]+){0,12}){1,16}$/,
);
export const folderBelow = word(
  'a folder below an app’s own, such as shared/logs',
  /^\.?[A-Za-z0-9_]+((\.|-+)[A-Za-z0-9_]+){0,12}(\/\.?[A-Za-z0-9_]+((\.|-+)[A-Za-z0-9_]+){0,12}){0,7}$/,
);
export const systemUser = word('a Linux user such as appuser', /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/);
export const processName = word('a PM2 process name', /^(?!all$)[A-Za-z0-9_]+((\.|-+)[A-Za-z0-9_]+){0,12}$/);
export const healthPath = word(
  'a path such as /health',
  /^(\/\.?[A-Za-z0-9_]+((\.|-+)[A-Za-z0-9_]+){0,12}){1,8}$/,
);
export const streamWord = word('a word of its streams’ names such as stdout', /^[A-Za-z0-9_-]{1,40}$/);

const portError = ({ input }: { input?: unknown }) => `${shown(input)}, expected a port from 1 to 65535`;
export const port = z
  .int({ error: portError })
  .min(1, { error: portError })
  .max(65_535, { error: portError });

export const callerArn = word(
  'an ARN with the account’s twelve digits, * for what varies, such as arn:aws:sts::000011112222:assumed-role/D2Operator/*',
  /^arn:aws[a-z-]{0,20}:(?:sts::\d{12}:(?:assumed-role|federated-user)|iam::\d{12}:user)\/[\w+=,.@*/-]{1,300}$/,
  'aws sts get-caller-identity prints yours; for an IAM role write its assumed-role form',
);
export const roleArn = word(
  'an IAM role’s ARN such as arn:aws:iam::000011112222:role/d2-chatops-dev',
  /^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
  'aws iam get-role prints it',
);
export const account = word(
  'an account’s twelve digits in quotes, such as ‘000011112222’',
  /^\d{12}$/,
  'aws sts get-caller-identity prints it',
);
export const region = word('an AWS region such as ap-southeast-1', /^[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d$/);

export const tagKey = word('a tag’s key such as Service', /^[\w .:/=+@-]{1,128}$/);
export const tagValue = word('a tag’s value such as backend-api', /^[\w .:/=+@-]{1,256}$/);
/** Names of AWS resources begin so; where names are compared, a dash follows. */
export const namePrefix = word('how names begin, such as dev-d2-ride-booking', /^[A-Za-z][\w.-]{0,127}$/);
export const databasePrefix = word(
  'how a database’s name begins, such as d2-ride-booking-dev',
  /^[A-Za-z][A-Za-z0-9-]{0,62}$/,
);
export const poolName = word(
  'a user pool’s id or name, such as ap-southeast-1_AbCdEf123',
  /^[\w\s+=,.@-]{1,128}$/,
  'aws cognito-idp list-user-pools --max-results 60 lists them',
);
export const clientName = word('an app client’s id or name', /^[\w\s+=,.@-]{1,128}$/);
export const userAttribute = word(
  'a user attribute such as custom:role',
  /^(?:(?:dev:)?custom:[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}|name|nickname|profile|gender|locale|zoneinfo|website|picture|address)$/u,
);

export const logGroup = word('a log group’s name', /^[\w./#-]{1,512}$/);
export const logGroupPattern = word(
  'a log group’s name, {env} for the environment’s, such as /{env}/backend-api',
  /^(?:[\w./#-]|\{env\}){1,512}$/,
);
export const tableName = word('a DynamoDB table’s name', /^[\w.-]{3,255}$/);
export const instanceId = word(
  'an instance id',
  /^i-[0-9a-f]{8,17}$/,
  'the instance that the bot itself runs on',
);
export const usd = z
  .number({ error: ({ input }) => `${shown(input)}, expected USD as a number` })
  .nonnegative();

const addressError = ({ input }: { input?: unknown }) =>
  `${shown(input)}, expected an address such as https://api.d2.example.com, {env} for the environment’s name`;
/** No name or password, no query: it is asked with the health path behind it. */
export const serviceUrl = z
  .string({ error: addressError })
  .refine(isServiceUrl, { error: addressError })
  .describe('An address such as https://api.d2.example.com, {env} for the environment’s name');

function isServiceUrl(text: string): boolean {
  const filled = text.replaceAll('{env}', 'env');
  if (!URL.canParse(filled) || /[\s{}]/.test(filled)) return false;
  const { protocol, username, password, search, hash } = new URL(filled);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

const zoneError = ({ input }: { input?: unknown }) =>
  `${shown(input)}, expected an IANA time zone such as Asia/Kuala_Lumpur`;
export const timezone = z
  .string({ error: zoneError })
  .refine(isZone, { error: zoneError })
  .describe('The team’s IANA time zone');

function isZone(timeZone: string): boolean {
  // A tenth of the time that a format takes to be made; other names of the same zones, UTC among them, it leaves out.
  if (Intl.supportedValuesOf('timeZone').includes(timeZone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** One of a few words, told with all of them. */
export const choice = <const W extends string>(words: readonly W[]) =>
  z.enum(words, { error: ({ input }) => `${shown(input)}, expected one of ${words.join(', ')}` });
