import {
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

import { trusted } from './trusts.ts';

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

export const starting = questionsOf({ role: 'd2-chatops-execution' });
const execution: Question[] = [
  ...starting.may(
    'a task starts: the image',
    ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
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
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
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

export const login = (resource: string, user: string) => arn('rds-db', `dbuser:${resource}/${user}`);
function instanceQuestions(
  role: string,
  service: string,
  group: string,
  has: { releases: boolean; database: boolean },
): Question[] {
  const on = questionsOf({ role });
  const environment = role.startsWith('d2-ride-booking-prod') ? 'prod' : 'dev';
  return [
    ...on.may(
      'its own log',
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      arn('logs', `log-group:${group}:log-stream:i-1`),
    ),
    ...on.may(
      'its own log, where it was left off',
      'logs:DescribeLogStreams',
      arn('logs', `log-group:${group}`),
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
          ...on.may('which is current', 's3:GetObject', `${artifacts}/current/${environment}/${service}`),
          ...on.may('whether one is', 's3:ListBucket', artifacts, {
            's3:prefix': `current/${environment}/${service}`,
          }),
          ...on.mayNot('not elsewhere', 's3:GetObject', `${artifacts}/current/another/${service}`),
          ...on.mayNot('others decide', 's3:PutObject', `${artifacts}/current/${environment}/${service}`, {
            's3:ObjectCreationOperation': 'true',
          }),
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

export const roleQuestions: readonly Question[] = [
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
];
