import {
  arn,
  artifacts,
  none,
  own,
  type Question,
  questionsOf,
  roleArn,
  states,
  tagged,
  trail,
} from './question.ts';

const table = arn('dynamodb', 'table/d2-chatops');
const runner = arn('codebuild', 'project/d2-chatops-terraform');
const schedule = arn('scheduler', 'schedule/d2-chatops/dev-stop-2026-11-23');

/** StartBuild's own means to do something else than the project says. */
const overrides = [
  'artifacts',
  'cache',
  'encryptionKey',
  'environment.certificate',
  'environment.computeType',
  'environment.fleet.fleetArn',
  'environment.image',
  'environment.imagePullCredentialsType',
  'environment.privilegedMode',
  'environment.registryCredential',
  'environment.type',
  'logsConfig',
  'secondaryArtifacts',
  'secondarySources',
  'serviceRole',
  'source',
  'source.buildspec',
  'source.location',
];
const inputs = 'codebuild:environment.environmentVariables.name';

const bot = questionsOf({ role: 'd2-chatops-bot' });

const trailOf = (name: string) => [trail, `${trail}:log-stream:${name}`];
const keeping: Question[] = [
  ...bot.may(
    'every change is written down',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    `${trail}:log-stream:task-1`,
  ),
  ...bot.may('audit', ['logs:DescribeLogStreams', 'logs:FilterLogEvents'], trail),
  ...bot.mayNot(
    'nothing of the trail goes',
    [
      'logs:DeleteLogGroup',
      'logs:DeleteLogStream',
      'logs:PutRetentionPolicy',
      'logs:DeleteRetentionPolicy',
      'logs:PutDataProtectionPolicy',
    ],
    trail,
  ),
  ...trailOf('task-1').flatMap((one) =>
    bot.mayNever(
      'whatever it is given, the trail only grows',
      [
        'logs:DeleteLogGroup',
        'logs:DeleteLogStream',
        'logs:PutRetentionPolicy',
        'logs:AssociateKmsKey',
        'logs:PutLogGroupDeletionProtection',
      ],
      one,
    ),
  ),
  ...bot.may('operations, one item at a time', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], table),
  ...bot.mayNot(
    'its table is neither deleted, emptied nor read through',
    [
      'dynamodb:DeleteTable',
      'dynamodb:DeleteItem',
      'dynamodb:Scan',
      'dynamodb:UpdateTimeToLive',
      'dynamodb:UpdateTable',
    ],
    table,
    tagged(own),
  ),
  ...bot.mayNot(
    'no other table',
    ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    arn('dynamodb', 'table/payroll'),
  ),
  ...bot.may(
    'schedules of its own group',
    [
      'scheduler:CreateSchedule',
      'scheduler:DeleteSchedule',
      'scheduler:GetSchedule',
      'scheduler:UpdateSchedule',
    ],
    schedule,
  ),
  ...bot.mayNot(
    "schedules of nobody else's",
    ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'],
    arn('scheduler', 'schedule/default/backup'),
  ),
  ...bot.mayNot(
    'the group stays',
    'scheduler:DeleteScheduleGroup',
    arn('scheduler', 'schedule-group/d2-chatops'),
  ),
  ...bot.may('schedule list', 'scheduler:ListSchedules', none),
  ...bot.may('a schedule gets its role', 'iam:PassRole', roleArn('d2-chatops-scheduler'), {
    'iam:PassedToService': 'scheduler.amazonaws.com',
  }),
  ...bot.mayNot('nothing but a schedule does', 'iam:PassRole', roleArn('d2-chatops-scheduler'), {
    'iam:PassedToService': 'ec2.amazonaws.com',
  }),
  ...bot.mayNot('nor whoever does not say what for', 'iam:PassRole', roleArn('d2-chatops-scheduler')),
  ...['d2-chatops-bot', 'd2-chatops-terraform', 'd2-ride-booking-dev-backend', 'admin'].flatMap((name) =>
    bot.mayNever('no other role is handed on', 'iam:PassRole', roleArn(name), {
      'iam:PassedToService': 'scheduler.amazonaws.com',
    }),
  ),
  ...bot.mayNot(
    'no IAM besides',
    ['iam:GetRole', 'iam:ListRoles', 'iam:CreateRole', 'iam:PutRolePolicy', 'iam:CreateServiceLinkedRole'],
    roleArn('d2-chatops-bot'),
  ),
  ...bot.may('toggles', ['ssm:GetParameter', 'ssm:PutParameter'], arn('ssm', 'parameter/d2/dev/toggles')),
  ...bot.mayNot("not prod's", 'ssm:PutParameter', arn('ssm', 'parameter/d2/prod/toggles')),
  ...bot.mayNot(
    'no other parameter, its own configuration least of all',
    ['ssm:PutParameter', 'ssm:DeleteParameter'],
    arn('ssm', 'parameter/d2-chatops/config'),
  ),
  ...bot.mayNot('a toggle is never deleted', 'ssm:DeleteParameter', arn('ssm', 'parameter/d2/dev/toggles')),
  ...bot.may('the runner, told for what', 'codebuild:StartBuild', runner, {
    [inputs]: ['D2_ACTION', 'D2_OPERATION'],
  }),
  ...bot.may('the runner, told nothing', 'codebuild:StartBuild', runner),
  ...bot.mayNot('not with a variable that the project does not know', 'codebuild:StartBuild', runner, {
    [inputs]: ['D2_ACTION', 'BASH_ENV'],
  }),
  ...overrides.flatMap((name) =>
    bot.mayNot('the runner does what its project says', 'codebuild:StartBuild', runner, {
      [`codebuild:${name}`]: 'mine',
    }),
  ),
  ...bot.mayNot(
    'the project is not rewritten',
    ['codebuild:UpdateProject', 'codebuild:DeleteProject', 'codebuild:StartBuildBatch'],
    runner,
  ),
  ...bot.mayNot('no other project', 'codebuild:StartBuild', arn('codebuild', 'project/release')),
  ...bot.may('how a build ended', 'codebuild:BatchGetBuilds', runner),
  ...bot.may('what was planned', 's3:GetObject', `${states}/plans/01J0.json`),
  ...bot.mayNot('not the plan itself', 's3:GetObject', `${states}/plans/01J0.tfplan`),
  ...bot.mayNever(
    'no state, whatever it is given',
    ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    `${states}/dev/terraform.tfstate`,
  ),
  ...bot.mayNever('no lock either', 's3:DeleteObject', `${states}/dev/terraform.tfstate.tflock`),
  ...bot.mayNever(
    'a plan is read and never written',
    ['s3:PutObject', 's3:DeleteObject'],
    `${states}/plans/01J0.json`,
  ),
  ...bot.mayNever(
    "nor is anything of the states' bucket",
    ['s3:PutBucketPolicy', 's3:PutLifecycleConfiguration'],
    states,
  ),
  ...bot.mayNot('no artifact', ['s3:GetObject', 's3:PutObject'], `${artifacts}/backend-api/r42.tar.gz`),
];

export const botKeepQuestions: readonly Question[] = keeping;
