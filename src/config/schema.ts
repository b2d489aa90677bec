import { z } from 'zod';

/** What a fault shows of a wrong value; never the whole of a long one. */
export function shown(input: unknown): string {
  if (input === undefined || input === null) return 'missing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a map';
  const value = String(input);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

function word(expected: string, pattern: RegExp, where?: string) {
  const message = `expected ${expected}${where ? ` (${where})` : ''}`;
  const error = ({ input }: { input?: unknown }) => `${shown(input)}, ${message}`;
  return z
    .string({ error })
    .regex(pattern, { error })
    .describe(capital(`${expected}${where ? `: ${where}` : ''}`));
}

const capital = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

const slackId = (what: string, letters: string, where: string) =>
  word(
    `${what} id such as ${letters.charAt(0)}0123ABCD, not a name`,
    new RegExp(`^[${letters}][A-Z0-9]{2,20}$`),
    where,
  );

const channel = slackId('a channel', 'CG', 'in Slack: the channel’s name, About, at the bottom');
const principal = slackId(
  'a person’s or a user group’s',
  'UWS',
  'in Slack: profile, ⋮, Copy member ID; for a group its ⋯ menu, Copy group ID',
);

// The SSM documents' own patterns: what passes here passes there.
const directory = word(
  'an absolute path of plain words',
  /^(\/\.?[A-Za-z0-9_]+((\.|-+)[A-Za-z0-9_]+){0,12}){1,16}$/,
);
const processName = word('a PM2 process name', /^(?!all$)[A-Za-z0-9_]+((\.|-+)[A-Za-z0-9_]+){0,12}$/);

const arn = word(
  'an ARN with the account’s twelve digits, * for what varies, such as arn:aws:sts::000011112222:assumed-role/D2Operator/*',
  /^arn:aws[a-z-]{0,20}:(?:sts::\d{12}:(?:assumed-role|federated-user)|iam::\d{12}:user)\/[\w+=,.@*/-]{1,300}$/,
  'aws sts get-caller-identity prints yours; for an IAM role write its assumed-role form',
);

const logGroup = word('a log group’s name', /^[\w./#-]{1,512}$/);
const usd = z.number({ error: ({ input }) => `${shown(input)}, expected USD as a number` }).nonnegative();

const grant = z.strictObject({
  slack: z.array(principal).default([]).describe('Ids of people (U…) and user groups (S…)'),
  aws: z.array(arn).default([]).describe('Who has the role in a terminal: ARNs, with * for what varies'),
});

export const layout = { root: '/root/.pm2', app: '/home/ec2-user/.pm2', apps: '/opt/apps' };

const environment = z.strictObject({
  channel: channel.describe('Where its operations are posted when they were asked for elsewhere'),
  protected: z
    .boolean()
    .default(true)
    .describe('Never a default and never stopped; say false for an environment that sleeps at night'),
  pm2: z
    .strictObject({
      root: directory.default(layout.root).describe('PM2 home of root'),
      app: directory.default(layout.app).describe('PM2 home of the application’s user'),
      apps: directory.default(layout.apps).describe('The folder that the services are deployed to'),
    })
    .default(layout),
  roles: z.strictObject({
    viewer: grant.optional().describe('May look'),
    operator: grant.optional().describe('May change'),
    admin: grant.optional().describe('May approve'),
  }),
});

const service = z.strictObject({
  pm2: processName.optional().describe('Its name in PM2, where that differs'),
  logs: z.record(z.string(), logGroup).default({}).describe('Its CloudWatch log group by environment'),
});

const zoneError = ({ input }: { input?: unknown }) =>
  `${shown(input)}, expected an IANA time zone such as Asia/Kuala_Lumpur`;
const timezone = z
  .string({ error: zoneError })
  .refine(isZone, { error: zoneError })
  .describe('The team’s IANA time zone');

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** A name that is typed in commands. */
const name = (what: string, longest: number) =>
  word(
    `${what} in lower case, up to ${longest} letters, digits and dashes`,
    new RegExp(`^[a-z][a-z0-9-]{0,${longest - 1}}$`),
  );

/** `d2.yaml`. */
export const fileSchema = z
  .strictObject({
    app: slackId('an app', 'A', 'api.slack.com/apps, your app, Basic Information, App ID'),
    team: slackId('a workspace', 'T', 'app.slack.com/client/T…').optional(),
    enterprise: slackId('an Enterprise Grid organisation', 'E', 'app.slack.com/client/E…').optional(),
    command: word('a slash command such as /d2', /^\/[a-z0-9_-]{1,31}$/).default('/d2'),
    channels: z
      .array(channel)
      .default([])
      .describe('Channels where commands are taken, besides those of the environments'),
    project: word('the value of your Project tags', /^[\w.:/=+@-]{1,128}$/),
    region: word('an AWS region such as ap-southeast-1', /^[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d$/).optional(),
    timezone,
    table: word('a DynamoDB table’s name', /^[\w.-]{3,255}$/)
      .optional()
      .describe('DynamoDB table of operations; without it there are only reads'),
    trail: logGroup.optional().describe('Log group of the audit trail; without it there are only reads'),
    environments: z.record(name('an environment’s name', 20), environment),
    services: z.record(name('a service’s tag', 40), service),
    prices: z
      .strictObject({
        instances: z.record(z.string(), usd).default({}).describe('EC2 types, USD per hour'),
        databases: z.record(z.string(), usd).default({}).describe('RDS classes, USD per hour'),
        nat_gateway: usd.optional(),
        balancer: usd.optional(),
        endpoint_zone: usd.optional().describe('An interface endpoint in one zone'),
      })
      .optional()
      .describe('USD per hour, over the built-in ones of ap-southeast-1'),
    self: word('an instance id', /^i-[0-9a-f]{8,17}$/, 'the instance that the bot itself runs on').optional(),
  })
  .meta({ title: 'd2.yaml', description: 'What D2 ChatOps looks after, and who may do what' });

const loose = <T extends z.ZodType>(value: T) => z.record(z.string(), value).catch({});

/** As much of the file as rules that span fields need, whatever else is wrong with it. */
export const outlineSchema = z
  .object({
    region: z.string().optional().catch(''),
    environments: loose(
      z
        .object({ protected: z.unknown(), pm2: z.record(z.string(), z.unknown()).catch({}) })
        .partial()
        .catch({}),
    ).optional(),
    services: loose(z.object({ logs: loose(z.unknown()).optional() }).catch({})).optional(),
    prices: z.record(z.string(), z.unknown()).optional().catch({}),
  })
  .catch({});

export type Outline = z.infer<typeof outlineSchema>;
export type File = z.infer<typeof fileSchema>;
export type FileEnvironment = z.infer<typeof environment>;

const token = (prefix: string, other: string, where: string) =>
  z
    .string({ error: `missing, expected the ${prefix}… token (${where})` })
    .regex(new RegExp(`^${prefix}[A-Za-z0-9-]{5,}$`), {
      // The value itself is a secret: only what it begins with is told.
      error: ({ input }) =>
        String(input).startsWith(other)
          ? `that is the ${other}… token, expected the ${prefix}… one (${where})`
          : `not a token, expected one that begins with ${prefix} (${where})`,
    });

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

const apiUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.has(url.hostname))) {
    return url.href.endsWith('/') ? url.href : `${url.href}/`;
  }
  context.addIssue({
    code: 'custom',
    message: `${shown(text)}, expected an https:// address (http:// only on this machine): tokens travel to it`,
  });
  return z.NEVER;
});

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const commonEnvSchema = z.object({
  AWS_REGION: z.string().optional(),
  LOG_LEVEL: z
    .enum(levels, { error: ({ input }) => `${shown(input)}, expected one of ${levels.join(', ')}` })
    .optional(),
});

export const slackEnvSchema = z.object({
  SLACK_BOT_TOKEN: token('xoxb-', 'xapp-', 'api.slack.com/apps, your app, OAuth & Permissions'),
  SLACK_APP_TOKEN: token(
    'xapp-',
    'xoxb-',
    'api.slack.com/apps, your app, Basic Information, App-Level Tokens',
  ),
  SLACK_API_URL: apiUrl.optional(),
});
