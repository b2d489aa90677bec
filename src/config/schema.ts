import { z } from 'zod';
import {
  account,
  callerArn,
  channel,
  choice,
  clientName,
  databasePrefix,
  directory,
  folderBelow,
  healthPath,
  instanceId,
  logGroup,
  logGroupPattern,
  namePrefix,
  poolName,
  port,
  principal,
  processName,
  region,
  roleArn,
  serviceUrl,
  slackId,
  streamWord,
  systemUser,
  tableName,
  tagKey,
  tagValue,
  timezone,
  typedName,
  usd,
  userAttribute,
  word,
} from './fields.ts';

const grant = z.strictObject({
  slack: z.array(principal).default([]).describe('Ids of people (U…) and user groups (S…)'),
  aws: z
    .array(callerArn)
    .default([])
    .describe('Who has the role in a terminal: ARNs, with * for what varies'),
});

const prices = z.strictObject({
  instances: z.record(z.string(), usd).default({}).describe('EC2 types, USD per hour'),
  databases: z.record(z.string(), usd).default({}).describe('RDS classes, USD per hour'),
  nat_gateway: usd.optional(),
  balancer: usd.optional(),
  endpoint_zone: usd.optional().describe('An interface endpoint in one zone'),
});

/** Where PM2 and the services are on the instances that our own Terraform makes. */
const layout = {
  homes: [
    { home: '/root/.pm2', user: 'root' },
    { home: '/home/ec2-user/.pm2', user: 'ec2-user' },
  ],
  apps: '/opt/apps',
};

const pm2 = z.strictObject({
  homes: z
    .array(
      z.strictObject({
        home: directory.describe('A PM2 home'),
        user: systemUser.describe('The Linux user whose it is'),
        bin: directory
          .optional()
          .describe(
            'The folder of its node and pm2; found on root’s PATH and in its user’s login shell where absent',
          ),
      }),
    )
    .min(1, { error: 'empty, expected at least one, such as { home: /home/appuser/.pm2, user: appuser }' })
    .default(layout.homes)
    .describe('Every PM2 home on the instances, looked at in this order'),
  apps: directory
    .default(layout.apps)
    .describe('The folder that services are deployed to: <apps>/<service>/current'),
  logs: folderBelow
    .optional()
    .describe('The log folder below <apps>/<service>; PM2’s own paths where absent'),
});

const cognito = z.strictObject({
  pool: poolName.optional(),
  tag: z
    .strictObject({ key: tagKey, value: tagValue })
    .optional()
    .describe('The tag that tells its pool; by name, then by Project and Environment where absent'),
  client: clientName.optional(),
  roles: choice(['group', 'attribute', 'both']).default('group').describe('Where a user’s role is kept'),
  attribute: userAttribute.optional().describe('The attribute with the role; custom:role unless said'),
});

const serviceFields = {
  tag: z
    .strictObject({ key: tagKey, value: tagValue })
    .optional()
    .describe('The tag that tells its instances; Service=<name> where absent'),
  pm2: processName.optional().describe('Its name in PM2, where that differs'),
  port: port.optional().describe('Its port; PM2’s own entry tells it where absent'),
  health: healthPath.optional().describe('The path that is asked; /health where absent'),
  ready: healthPath
    .optional()
    .describe('The path that says whether it can serve, its database included; <health>/ready where absent'),
  database: z.boolean().optional().describe('Whether it needs the environment’s database; true where absent'),
  url: serviceUrl.optional().describe('Asked instead of the balancer’s own name; {env} is the environment’s'),
  streams: z
    .strictObject({ out: streamWord, err: streamWord })
    .optional()
    .describe('The word in its log streams’ names that tells output from errors'),
};

const environment = z.strictObject({
  channel: channel.describe('Where its operations are posted when they were asked for elsewhere'),
  protected: z
    .boolean()
    .default(true)
    .describe('Never a default and never stopped; say false for an environment that sleeps at night'),
  region: region.optional().describe('Its AWS region, where that is not the file’s'),
  account: account.optional().describe('The account that its calls must reach'),
  assume: roleArn.optional().describe('The role that is taken for all calls in it'),
  prefix: namePrefix
    .optional()
    .describe('How its names begin where AWS shows no tags; <project>-<env> counts besides'),
  database: databasePrefix
    .optional()
    .describe('How its databases’ names begin where they carry no tags; <project>-<env> where absent'),
  pm2: pm2.default(layout),
  cognito: cognito.default({ roles: 'group' }),
  alarms: namePrefix
    .optional()
    .describe('How its alarms’ names begin; by prefix and by what they watch where absent'),
  services: z
    .record(
      z.string(),
      z.strictObject({ ...serviceFields, logs: logGroup.optional().describe('Its log group here') }),
    )
    .default({})
    .describe('What differs here from `services`'),
  prices: prices.optional().describe('USD per hour, over those of its region'),
  roles: z.strictObject({
    viewer: grant.optional().describe('May look'),
    operator: grant.optional().describe('May change'),
    admin: grant.optional().describe('May approve'),
  }),
});

const service = z.strictObject({
  ...serviceFields,
  logs: z
    .union([logGroupPattern, z.record(z.string(), logGroup)])
    .optional()
    .describe('Its CloudWatch log group: one pattern for all environments, or a map of them'),
});

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
    region: region.optional(),
    timezone,
    table: tableName.optional().describe('DynamoDB table of operations; without it there are only reads'),
    trail: logGroup.optional().describe('Log group of the audit trail; without it there are only reads'),
    environments: z.record(typedName('an environment’s name', 20), environment),
    services: z.record(typedName('a service’s name', 40), service),
    prices: prices.optional().describe('USD per hour, over the built-in ones of the file’s region'),
    self: instanceId.optional(),
  })
  .meta({ title: 'd2.yaml', description: 'What D2 ChatOps looks after, and who may do what' });

export type File = z.infer<typeof fileSchema>;
export type FileEnvironment = z.infer<typeof environment>;
export type FileService = z.infer<typeof service>;
export type FilePrices = z.infer<typeof prices>;
