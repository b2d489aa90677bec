import {
  account,
  arn,
  artifacts,
  dev,
  none,
  own,
  type Question,
  questionsOf,
  roleArn,
  states,
  tagged,
} from './question.ts';

const instance = arn('ec2', 'instance/i-080c218b1eb3925ee');
const database = arn('rds', 'db:d2-ride-booking-dev-rds-mysql');
const slackToken = arn('secretsmanager', 'secret:d2-chatops/slack-bot-token-a1b2c3');

const schedules = questionsOf({ role: 'd2-chatops-scheduler' });
const scheduler: Question[] = [
  ...schedules.onlyOnDevs('a timed start or stop', ['ec2:StartInstances', 'ec2:StopInstances'], instance),
  ...schedules.onlyOnDevs('a timed start or stop', ['rds:StartDBInstance', 'rds:StopDBInstance'], database),
  ...schedules.mayNotUnfenced('never of what the bot runs on', 'ec2:StopInstances', instance, tagged(own)),
  ...schedules.mayNotUnfenced('never of a database of its own', 'rds:StopDBInstance', database, tagged(own)),
  ...schedules.mayNot(
    'no more than that',
    ['ec2:TerminateInstances', 'rds:DeleteDBInstance', 'ssm:SendCommand'],
    instance,
    tagged(dev),
  ),
  ...schedules.may(
    'what could not be delivered is kept',
    'sqs:SendMessage',
    arn('sqs', 'd2-chatops-undelivered'),
  ),
  ...schedules.mayNever(
    'no rights',
    ['iam:PutRolePolicy', 'iam:CreateUser'],
    roleArn('d2-chatops-scheduler'),
  ),
];

const starting = questionsOf({ role: 'd2-chatops-execution' });
const execution: Question[] = [
  ...starting.may(
    'a task starts: the image',
    ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    arn('ecr', 'repository/d2-chatops'),
  ),
  ...starting.may('a task starts: the registry', 'ecr:GetAuthorizationToken', none),
  ...starting.mayNot(
    'no other image, and none is pushed',
    ['ecr:PutImage', 'ecr:DeleteRepository'],
    arn('ecr', 'repository/d2-chatops'),
  ),
  ...starting.may(
    'a task starts: its log',
    'logs:PutLogEvents',
    arn('logs', 'log-group:/d2/chatops/bot:log-stream:1'),
  ),
  ...starting.mayNot(
    'not the trail',
    'logs:PutLogEvents',
    arn('logs', 'log-group:/d2/chatops/audit:log-stream:1'),
  ),
  ...starting.mayNot(
    'no other secret',
    'secretsmanager:GetSecretValue',
    arn('secretsmanager', 'secret:d2-ride-booking-dev-rds-master-a1b2c3'),
  ),
  ...starting.may('a task starts: d2.yaml', 'ssm:GetParameters', arn('ssm', 'parameter/d2-chatops/config')),
  ...starting.mayNot('nothing else', ['ec2:StopInstances', 'dynamodb:GetItem', 'iam:PassRole'], none),
];

const login = (resource: string, user: string) => arn('rds-db', `dbuser:${resource}/${user}`);
function instanceQuestions(
  role: string,
  service: string,
  group: string,
  has: { releases: boolean; database: boolean },
): Question[] {
  const on = questionsOf({ role });
  return [
    ...on.may(
      'its own log',
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      arn('logs', `log-group:${group}:log-stream:i-1`),
    ),
    ...on.mayNot(
      "nobody else's log, and none is deleted",
      'logs:PutLogEvents',
      arn('logs', 'log-group:/d2/chatops/audit:log-stream:1'),
    ),
    ...on.mayNot(
      'no log is deleted',
      ['logs:DeleteLogGroup', 'logs:DeleteLogStream'],
      arn('logs', `log-group:${group}`),
    ),
    ...on.may(
      'Session Manager',
      ['ssmmessages:OpenDataChannel', 'ssm:UpdateInstanceInformation', 'ec2messages:GetMessages'],
      none,
    ),
    ...on.mayNot(
      'no secret',
      'secretsmanager:GetSecretValue',
      arn('secretsmanager', 'secret:d2-ride-booking-dev-rds-master-a1b2c3'),
      tagged(dev),
    ),
    ...on.mayNot("no secret, Slack's neither", 'secretsmanager:GetSecretValue', slackToken),
    ...on.mayNot(
      'no other instance',
      ['ssm:SendCommand', 'ec2:StopInstances', 'ssm:StartSession'],
      instance,
      tagged(dev),
    ),
    ...on.mayNot('no state', 's3:GetObject', `${states}/dev/terraform.tfstate`),
    ...on.mayNot(
      'no artifact is written or removed',
      ['s3:PutObject', 's3:DeleteObject'],
      `${artifacts}/${service}/r42.tar.gz`,
    ),
    ...on.mayNot('no other artifacts', 's3:GetObject', `${artifacts}/infra/0123.zip`),
    ...on.mayNot('no rights', ['iam:PassRole', 'iam:PutRolePolicy', 'sts:AssumeRole'], roleArn(role)),
    ...on.mayNot('no toggle is set', 'ssm:PutParameter', arn('ssm', 'parameter/d2/dev/toggles')),
    ...on.mayNot(
      'nobody but the service logs in to a database as root',
      'rds-db:connect',
      login('db-ABC', 'admin'),
    ),
    ...(has.releases
      ? [
          ...on.may('releases of its own', 's3:GetObject', `${artifacts}/${service}/r42.tar.gz`),
          ...on.may('which there are', 's3:ListBucket', artifacts, { 's3:prefix': `${service}/` }),
          ...on.mayNot('not what else there is', 's3:ListBucket', artifacts, { 's3:prefix': 'infra/' }),
        ]
      : on.mayNot('no release', 's3:GetObject', `${artifacts}/backend-api/r42.tar.gz`)),
    ...(has.database
      ? [
          ...on.may('where the database is', 'rds:DescribeDBInstances', database),
          ...on.mayNot(
            'the database runs and stays',
            ['rds:StopDBInstance', 'rds:DeleteDBInstance'],
            database,
            tagged(dev),
          ),
        ]
      : on.mayNot('no database', ['rds-db:connect', 'rds:DescribeDBInstances'], login('db-ABC', 'app_user'))),
    ...trusted(role, 'ec2.amazonaws.com', {}, []),
  ];
}

/** Who may take a role: a service, on the account's behalf and for one source; else nobody. */
function trusted(
  role: string,
  service: string,
  context: Record<string, string>,
  sources: readonly [key: string, other: string][],
): Question[] {
  const right = questionsOf({ service });
  return [
    ...right.may('the service that it is for', 'sts:AssumeRole', roleArn(role), context),
    ...questionsOf({ service: 'lambda.amazonaws.com' }).mayNot(
      'no other service',
      'sts:AssumeRole',
      roleArn(role),
      context,
    ),
    ...questionsOf({ administrator: true }).mayNot(
      'nobody by hand, an administrator neither',
      'sts:AssumeRole',
      roleArn(role),
      context,
    ),
    ...sources.flatMap(([key, other]) =>
      right.mayNot(`not with another ${key}`, 'sts:AssumeRole', roleArn(role), { ...context, [key]: other }),
    ),
  ];
}

const ofAccount: [string, string] = ['aws:SourceAccount', '999900001111'];
const trusts: Question[] = [
  ...['d2-chatops-bot', 'd2-chatops-execution'].flatMap((role) =>
    trusted(
      role,
      'ecs-tasks.amazonaws.com',
      { 'aws:SourceAccount': account, 'aws:SourceArn': arn('ecs', 'task/d2-chatops/1') },
      [ofAccount, ['aws:SourceArn', `arn:aws:ecs:us-east-1:${account}:task/other/1`]],
    ),
  ),
  ...trusted(
    'd2-chatops-scheduler',
    'scheduler.amazonaws.com',
    { 'aws:SourceAccount': account, 'aws:SourceArn': arn('scheduler', 'schedule-group/d2-chatops') },
    [ofAccount, ['aws:SourceArn', arn('scheduler', 'schedule-group/default')]],
  ),
  ...trusted(
    'd2-chatops-terraform',
    'codebuild.amazonaws.com',
    { 'aws:SourceAccount': account, 'aws:SourceArn': arn('codebuild', 'project/d2-chatops-terraform') },
    [ofAccount, ['aws:SourceArn', arn('codebuild', 'project/another')]],
  ),
];

const tokens = 'token.actions.githubusercontent.com';
const github = questionsOf({ federated: `arn:aws:iam::${account}:oidc-provider/${tokens}` });
const claims = (sub: string | undefined, aud: string | undefined) => ({
  ...(sub !== undefined && { [`${tokens}:sub`]: sub }),
  ...(aud !== undefined && { [`${tokens}:aud`]: aud }),
});
const main = 'repo:acme/d2-chatops:ref:refs/heads/main';
const forAws = 'sts.amazonaws.com';
const releases: Question[] = ['d2-ride-booking-github-release', 'd2-chatops-github-image'].flatMap((role) => [
  ...github.may('main', 'sts:AssumeRoleWithWebIdentity', roleArn(role), claims(main, forAws)),
  ...(
    [
      ['another branch', 'repo:acme/d2-chatops:ref:refs/heads/mine', forAws],
      ['a tag called main', 'repo:acme/d2-chatops:ref:refs/tags/main', forAws],
      ['a pull request', 'repo:acme/d2-chatops:pull_request', forAws],
      ['a fork', 'repo:mallory/d2-chatops:ref:refs/heads/main', forAws],
      ['another repository', 'repo:acme/payroll:ref:refs/heads/main', forAws],
      ['for somebody else', main, 'https://github.com/acme'],
      ['for nobody', main, undefined],
      ['of nobody', undefined, forAws],
    ] as const
  ).flatMap(([why, sub, aud]) =>
    github.mayNot(why, 'sts:AssumeRoleWithWebIdentity', roleArn(role), claims(sub, aud)),
  ),
  ...questionsOf({ federated: `arn:aws:iam::${account}:oidc-provider/gitlab.com` }).mayNot(
    'another issuer',
    'sts:AssumeRoleWithWebIdentity',
    roleArn(role),
    claims(main, forAws),
  ),
  ...questionsOf({ administrator: true }).mayNot('nobody by hand', 'sts:AssumeRole', roleArn(role)),
]);

const fresh = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };
const over = { 's3:ObjectCreationOperation': 'true' };
const release = questionsOf({ role: 'd2-ride-booking-github-release' });
const image = questionsOf({ role: 'd2-chatops-github-image' });
const anybody = questionsOf({ administrator: true });
const tarball = `${artifacts}/backend-api/r42.tar.gz`;
const artifact: Question[] = [
  ...release.may('a new artifact', 's3:PutObject', tarball, fresh),
  ...release.may('the Terraform of a commit', 's3:PutObject', `${artifacts}/infra/0123.zip`, fresh),
  ...release.may('a part of a large one', 's3:PutObject', tarball, { 's3:ObjectCreationOperation': 'false' }),
  ...release.mayNot('over one that is there', 's3:PutObject', tarball, over),
  ...release.mayNot('elsewhere', 's3:PutObject', `${artifacts}/web/r1.tar.gz`, fresh),
  ...release.mayNot('it neither reads nor lists', ['s3:GetObject', 's3:ListBucket'], tarball),
  ...release.mayNever(
    'it removes nothing, whatever it is given',
    ['s3:DeleteObject', 's3:DeleteObjectVersion'],
    tarball,
  ),
  ...release.mayNever('nor by a rule', 's3:PutLifecycleConfiguration', artifacts),
  ...image.mayNever('nor does the image’s role', ['s3:DeleteObject', 's3:DeleteObjectVersion'], tarball),
  ...anybody.mayNot('nobody writes over an artifact', 's3:PutObject', tarball, over),
  ...anybody.may('a person may remove one', 's3:DeleteObject', tarball),
  ...image.may(
    "the bot's image",
    ['ecr:PutImage', 'ecr:UploadLayerPart'],
    arn('ecr', 'repository/d2-chatops'),
  ),
  ...image.may('the registry', 'ecr:GetAuthorizationToken', none),
  ...image.mayNot(
    'no other image, and none is deleted',
    ['ecr:BatchDeleteImage', 'ecr:DeleteRepository'],
    arn('ecr', 'repository/d2-chatops'),
  ),
  ...image.mayNot('it does not run', ['ecs:UpdateService', 'iam:PassRole', 's3:PutObject'], none),
];

const cleartext = { 'aws:SecureTransport': 'false' };
const site = 'arn:aws:s3:::d2-ride-booking-dev-web-admin-000011112222';
const cloudfront = questionsOf({ service: 'cloudfront.amazonaws.com' });
const buckets: Question[] = [
  ...[states, artifacts, site].flatMap((bucket) => [
    ...anybody.mayNot('nobody without TLS', 's3:GetObject', `${bucket}/a`, cleartext),
    ...anybody.mayNot('nobody without TLS', 's3:ListBucket', bucket, cleartext),
    ...anybody.may('an administrator', 's3:ListBucket', bucket),
  ]),
  ...anybody.mayNot('nobody with an old one', 's3:GetObject', `${states}/dev/terraform.tfstate`, {
    's3:TlsVersion': '1.1',
  }),
  ...cloudfront.mayNot("nobody else's distribution", 's3:GetObject', `${site}/index.html`, {
    'aws:SourceArn': `arn:aws:cloudfront::999900001111:distribution/E1`,
  }),
  ...questionsOf({ service: 'cloudwatch.amazonaws.com' }).may(
    'alarms tell',
    'sns:Publish',
    arn('sns', 'd2-chatops-alarms'),
    { 'aws:SourceAccount': account },
  ),
  ...questionsOf({ service: 'cloudwatch.amazonaws.com' }).mayNot(
    "nobody else's alarms",
    'sns:Publish',
    arn('sns', 'd2-chatops-alarms'),
    { 'aws:SourceAccount': '999900001111' },
  ),
];

interface Applied {
  sites: readonly { bucket: string; distribution: string }[];
  token: string;
  key: string;
  /** Prod's, as rds-db:connect names it. */
  database: string;
}

/** About what only an apply gives its ARN. */
export function appliedQuestions({ sites, token, key, database: prodsId }: Applied): Question[] {
  const rds = questionsOf({ service: 'events.rds.amazonaws.com' });
  const backend = questionsOf({ role: 'd2-ride-booking-prod-backend' });
  return [
    ...sites.flatMap(({ bucket, distribution }) => {
      const page = `arn:aws:s3:::${bucket}/index.html`;
      return [
        ...cloudfront.may("a site's own distribution", 's3:GetObject', page, {
          'aws:SourceArn': distribution,
        }),
        ...cloudfront.mayNot('which writes nothing', 's3:PutObject', page, { 'aws:SourceArn': distribution }),
        ...cloudfront.mayNot("nobody else's", 's3:GetObject', page, {
          'aws:SourceArn': 'arn:aws:cloudfront::999900001111:distribution/E1',
        }),
        ...anybody.mayNot('nobody without TLS', 's3:GetObject', page, cleartext),
      ];
    }),
    ...starting.may("a task starts: Slack's tokens", 'secretsmanager:GetSecretValue', token),
    ...starting.mayNot('and no writing of them', 'secretsmanager:PutSecretValue', token),
    ...questionsOf({ role: 'd2-chatops-bot' }).mayNot(
      "the bot's own code gets them of ECS",
      'secretsmanager:GetSecretValue',
      token,
      tagged(own),
    ),
    ...rds.may('an alarm is locked', 'kms:GenerateDataKey', key),
    ...rds.mayNot('the key stays', 'kms:ScheduleKeyDeletion', key),
    ...questionsOf({ service: 'lambda.amazonaws.com' }).mayNot('no other service', 'kms:Decrypt', key),
    ...anybody.may('the account looks after its key', 'kms:ScheduleKeyDeletion', key),
    ...backend.mayNot('an instance does not', 'kms:Decrypt', key),
    ...backend.may('the database, as app_user', 'rds-db:connect', login(prodsId, 'app_user')),
    ...backend.mayNot('not as its master', 'rds-db:connect', login(prodsId, 'admin')),
    ...backend.mayNot("not dev's", 'rds-db:connect', login('db-DEV', 'app_user')),
  ];
}

const flow = questionsOf({ role: 'd2-ride-booking-prod-flow-logs' });
const balancerLogs = 'arn:aws:s3:::d2-ride-booking-prod-alb-logs-000011112222';
const balancers = questionsOf({ service: 'logdelivery.elasticloadbalancing.amazonaws.com' });
const prodTopic = arn('sns', 'd2-ride-booking-prod-alarms');
const production: Question[] = [
  ...flow.may(
    'flow logs',
    ['logs:PutLogEvents', 'logs:CreateLogStream'],
    arn('logs', 'log-group:/aws/vpc/d2-ride-booking-prod/flow:log-stream:1'),
  ),
  ...flow.may('flow logs', 'logs:DescribeLogGroups', none),
  ...flow.mayNot(
    'no other log',
    ['logs:PutLogEvents', 'logs:DeleteLogGroup'],
    arn('logs', 'log-group:/d2/chatops/audit:log-stream:1'),
  ),
  ...trusted(
    'd2-ride-booking-prod-flow-logs',
    'vpc-flow-logs.amazonaws.com',
    { 'aws:SourceAccount': account },
    [ofAccount],
  ),
  ...balancers.may('the load balancer’s requests', 's3:PutObject', `${balancerLogs}/AWSLogs/${account}/a.gz`),
  ...balancers.mayNot('no other account’s', 's3:PutObject', `${balancerLogs}/AWSLogs/999900001111/a.gz`),
  ...balancers.mayNot(
    'nothing is read or removed',
    ['s3:GetObject', 's3:DeleteObject'],
    `${balancerLogs}/AWSLogs/${account}/a.gz`,
  ),
  ...anybody.mayNot(
    'nobody without TLS',
    's3:GetObject',
    `${balancerLogs}/AWSLogs/${account}/a.gz`,
    cleartext,
  ),
  ...questionsOf({ service: 'cloudwatch.amazonaws.com' }).may('alarms tell', 'sns:Publish', prodTopic, {
    'aws:SourceAccount': account,
  }),
  ...questionsOf({ service: 'cloudwatch.amazonaws.com' }).mayNot(
    "nobody else's alarms",
    'sns:Publish',
    prodTopic,
    { 'aws:SourceAccount': '999900001111' },
  ),
];

export const otherQuestions: readonly Question[] = [
  ...scheduler,
  ...execution,
  ...instanceQuestions('d2-ride-booking-dev-backend', 'backend-api', '/aws/ec2/dev-d2-ride-booking-backend', {
    releases: true,
    database: true,
  }),
  // Any database's: each one that a toggle makes has an id of its own, which IAM can't foresee.
  ...questionsOf({ role: 'd2-ride-booking-dev-backend' }).may(
    'the database, as app_user',
    'rds-db:connect',
    login('db-ABC', 'app_user'),
  ),
  ...instanceQuestions('d2-ride-booking-dev-bastion', 'bastion', '/aws/ec2/dev-d2-ride-booking-bastion', {
    releases: false,
    database: false,
  }),
  ...instanceQuestions(
    'd2-ride-booking-prod-backend',
    'backend-api',
    '/aws/ec2/prod-d2-ride-booking-backend',
    { releases: true, database: true },
  ),
  ...instanceQuestions(
    'd2-ride-booking-prod-web-driver',
    'web-driver',
    '/aws/ec2/prod-d2-ride-booking-web-driver',
    { releases: true, database: false },
  ),
  ...production,
  ...trusts,
  ...releases,
  ...artifact,
  ...buckets,
];
