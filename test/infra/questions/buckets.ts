import {
  account,
  arn,
  artifacts,
  none,
  own,
  type Question,
  questionsOf,
  states,
  tagged,
} from './question.ts';

import { login, starting } from './roles.ts';
import { ofAccount, trusted } from './trusts.ts';

const fresh = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };
const over = { 's3:ObjectCreationOperation': 'true' };
const release = questionsOf({ role: 'd2-ride-booking-github-backend' });
const infra = questionsOf({ role: 'd2-chatops-github-infra' });
const image = questionsOf({ role: 'd2-chatops-github-image' });
const anybody = questionsOf({ administrator: true });
const tarball = `${artifacts}/backend-api/r42.tar.gz`;
const artifact: Question[] = [
  ...release.may('a new artifact', 's3:PutObject', tarball, fresh),
  ...infra.may('the Terraform of a commit', 's3:PutObject', `${artifacts}/infra/0123.zip`, fresh),
  ...release.mayNot('not what the runner runs', 's3:PutObject', `${artifacts}/infra/0123.zip`, fresh),
  ...infra.mayNot('no release', 's3:PutObject', tarball, fresh),
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
  ...anybody.may('what is current moves', 's3:PutObject', `${artifacts}/current/prod/backend-api`, over),
  ...[release, infra].flatMap((role) =>
    role.mayNot('not by a workflow', 's3:PutObject', `${artifacts}/current/prod/backend-api`, fresh),
  ),
  ...image.may(
    "the bot's image",
    [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:CompleteLayerUpload',
      'ecr:DescribeImages',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ],
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
const oldTls = { 's3:TlsVersion': '1.1' };
const site = 'arn:aws:s3:::d2-ride-booking-dev-web-admin-000011112222';
const cloudfront = questionsOf({ service: 'cloudfront.amazonaws.com' });
const buckets: Question[] = [
  ...[states, artifacts, site].flatMap((bucket) => [
    ...anybody.mayNot('nobody without TLS', 's3:GetObject', `${bucket}/a`, cleartext),
    ...anybody.mayNot('nobody without TLS', 's3:ListBucket', bucket, cleartext),
    ...anybody.may('an administrator', 's3:ListBucket', bucket),
  ]),
  ...anybody.mayNot('nobody with an old one', 's3:GetObject', `${states}/dev/terraform.tfstate`, oldTls),
  ...anybody.mayNot('nobody with an old one', 's3:ListBucket', states, oldTls),
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
  /** Slack's. */
  tokens: readonly string[];
  key: string;
  /** Prod's, as rds-db:connect names it. */
  database: string;
}

/** About what only an apply gives its ARN. */
export function appliedQuestions({ sites, tokens, key, database: prodsId }: Applied): Question[] {
  const rds = questionsOf({ service: 'events.rds.amazonaws.com' });
  const backend = questionsOf({ role: 'd2-ride-booking-prod-backend' });
  return [
    ...sites.flatMap(({ bucket, distribution }) => {
      const page = `arn:aws:s3:::${bucket}/index.html`;
      return [
        ...cloudfront.may("a site's own distribution", 's3:GetObject', page, {
          'aws:SourceArn': distribution,
        }),
        ...cloudfront.may('which can tell what is not there', 's3:ListBucket', `arn:aws:s3:::${bucket}`, {
          'aws:SourceArn': distribution,
        }),
        ...cloudfront.mayNot("nobody else's", 's3:ListBucket', `arn:aws:s3:::${bucket}`, {
          'aws:SourceArn': 'arn:aws:cloudfront::999900001111:distribution/E1',
        }),
        ...cloudfront.mayNot('which writes nothing', 's3:PutObject', page, { 'aws:SourceArn': distribution }),
        ...cloudfront.mayNot("nobody else's", 's3:GetObject', page, {
          'aws:SourceArn': 'arn:aws:cloudfront::999900001111:distribution/E1',
        }),
        ...anybody.mayNot('nobody without TLS', 's3:GetObject', page, cleartext),
        ...anybody.mayNot('nobody without TLS', 's3:ListBucket', `arn:aws:s3:::${bucket}`, cleartext),
      ];
    }),
    ...tokens.flatMap((token) => [
      ...starting.may("a task starts: Slack's tokens", 'secretsmanager:GetSecretValue', token),
      ...starting.mayNot('and no writing of them', 'secretsmanager:PutSecretValue', token),
      ...questionsOf({ role: 'd2-chatops-bot' }).mayNot(
        "the bot's own code gets them of ECS",
        'secretsmanager:GetSecretValue',
        token,
        tagged(own),
      ),
    ]),
    ...rds.may('an alarm is locked', ['kms:GenerateDataKey', 'kms:Decrypt'], key),
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
  ...flow.may(
    'flow logs, where they were left off',
    'logs:DescribeLogStreams',
    arn('logs', 'log-group:/aws/vpc/d2-ride-booking-prod/flow:log-stream:'),
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
  ...anybody.mayNot('nobody without TLS', 's3:ListBucket', balancerLogs, cleartext),
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

export const bucketQuestions: readonly Question[] = [...artifact, ...buckets, ...production];
