import {
  account,
  arn,
  artifacts,
  dev,
  elsewhere,
  none,
  own,
  prod,
  type Question,
  questionsOf,
  roleArn,
  states,
  tagged,
  trail,
} from './question.ts';

const instance = arn('ec2', 'instance/i-080c218b1eb3925ee');
const database = (env: string) => arn('rds', `db:d2-ride-booking-${env}-rds-mysql`);
const document = (name: string) => arn('ssm', `document/${name}`);
const pool = arn('cognito-idp', 'userpool/ap-southeast-1_D2SandBox');
const table = arn('dynamodb', 'table/d2-chatops');
const runner = arn('codebuild', 'project/d2-chatops-terraform');
const schedule = arn('scheduler', 'schedule/d2-chatops/dev-stop-2026-11-23');
const slackToken = arn('secretsmanager', 'secret:d2-chatops/slack-bot-token-a1b2c3');
const master = arn('secretsmanager', 'secret:d2-ride-booking-dev-rds-master-a1b2c3');

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
const power = ['ec2:StartInstances', 'ec2:StopInstances'];
const databasePower = ['rds:StartDBInstance', 'rds:StopDBInstance'];

const switching: Question[] = [
  ...bot.onlyOnDevs('start and stop', power, instance),
  ...bot.onlyOnDevs('start and stop', databasePower, database('dev')),
  ...bot.mayNotUnfenced('start and stop: never what the bot runs on', power, instance, tagged(own)),
  ...bot.mayNotUnfenced(
    'start and stop: never a database of its own',
    databasePower,
    database('dev'),
    tagged(own),
  ),
  ...bot.mayNot('a database is known by its name too', databasePower, database('prod'), tagged(dev)),
  ...bot.mayNot(
    'nothing ends an instance',
    ['ec2:TerminateInstances', 'ec2:RebootInstances'],
    instance,
    tagged(dev),
  ),
  ...bot.mayNot(
    'nothing makes or changes one',
    ['ec2:RunInstances', 'ec2:ModifyInstanceAttribute', 'ec2:CreateTags'],
    instance,
    tagged(dev),
  ),
  ...bot.mayNot(
    'nothing deletes, changes or copies a database',
    ['rds:DeleteDBInstance', 'rds:ModifyDBInstance', 'rds:CreateDBSnapshot'],
    database('dev'),
    tagged(dev),
  ),
];

const sending: Question[] = [
  ...bot.may(
    "dev's instances get the bot's documents",
    'ssm:SendCommand',
    [document('d2-pm2-restart'), instance],
    tagged(dev),
  ),
  ...bot.may(
    "prod's do too: who may do what there, the bot says",
    'ssm:SendCommand',
    [document('d2-health'), instance],
    tagged(prod),
  ),
  ...bot.mayNot(
    "another project's don't",
    'ssm:SendCommand',
    [document('d2-health'), instance],
    tagged(elsewhere),
  ),
  ...bot.mayNot(
    'no environment but its own',
    'ssm:SendCommand',
    [document('d2-health'), instance],
    tagged({ ...dev, Environment: 'staging' }),
  ),
  ...bot.mayNot('no instance without tags', 'ssm:SendCommand', [document('d2-health'), instance]),
  ...bot.mayNot("none that is the bot's", 'ssm:SendCommand', [document('d2-health'), instance], tagged(own)),
  ...bot.mayNot(
    'no shell',
    'ssm:SendCommand',
    ['arn:aws:ssm:ap-southeast-1::document/AWS-RunShellScript', instance],
    tagged(dev),
  ),
  ...bot.mayNot(
    "nobody else's document",
    'ssm:SendCommand',
    [document('someone-elses'), instance],
    tagged(dev),
  ),
  ...bot.mayNot('no session', 'ssm:StartSession', instance, tagged(dev)),
  ...bot.mayNot(
    'no rewriting of the documents that it sends',
    ['ssm:CreateDocument', 'ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion', 'ssm:DeleteDocument'],
    document('d2-health'),
  ),
  ...bot.mayNever(
    'no shell, whatever it is given',
    'ssm:SendCommand',
    'arn:aws:ssm:ap-southeast-1::document/AWS-RunShellScript',
  ),
  ...bot.mayNever('nothing sent to itself, whatever it is given', 'ssm:SendCommand', instance, {
    'ssm:resourceTag/Service': 'chatops',
  }),
  ...bot.mayNever('no session on what it runs on', 'ssm:StartSession', arn('ecs', 'task/d2-chatops/0a1b2c'), {
    'ssm:resourceTag/Service': 'chatops',
  }),
];

const fenced: Question[] = [
  ...bot.mayNever('its own table stays', 'dynamodb:DeleteTable', table, {
    'aws:ResourceTag/Service': 'chatops',
  }),
  ...bot.mayNever('its own tokens stay unread', 'secretsmanager:GetSecretValue', slackToken, {
    'aws:ResourceTag/Service': 'chatops',
  }),
  ...bot.mayNever('its own service stays', 'ecs:UpdateService', arn('ecs', 'service/d2-chatops/d2-chatops'), {
    'ecs:ResourceTag/Service': 'chatops',
  }),
  ...bot.mayNever(
    'its own network stays, by the name that EC2 gives the tag',
    'ec2:DeleteSubnet',
    arn('ec2', 'subnet/subnet-1'),
    { 'ec2:ResourceTag/Service': 'chatops' },
  ),
  ...bot.mayNever(
    'a database of its own stays, by the name that RDS gives the tag',
    'rds:DeleteDBInstance',
    database('dev'),
    { 'rds:db-tag/Service': 'chatops' },
  ),
  ...bot.mayNever(
    'rights are changed by people',
    [
      'iam:CreateUser',
      'iam:PutRolePolicy',
      'iam:AttachRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:CreateAccessKey',
      'iam:DeleteRolePolicy',
      'iam:AddRoleToInstanceProfile',
    ],
    roleArn('d2-chatops-bot'),
  ),
  ...bot.mayNever('nobody else is played', 'sts:AssumeRole', roleArn('admin')),
];

const notItsOwn = bot.couldBeGiven(
  'the fence stands before its own alone',
  'ecs:UpdateService',
  arn('ecs', 'service/others/web'),
  tagged(dev),
);

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

const looking: Question[] = [
  ...bot.onlyHere('status', ['ec2:DescribeInstances', 'ec2:DescribeNatGateways', 'ec2:DescribeVpcEndpoints']),
  ...bot.onlyHere('status, health', [
    'elasticloadbalancing:DescribeTargetHealth',
    'elasticloadbalancing:DescribeTags',
  ]),
  ...bot.onlyHere('how a command ended', [
    'ssm:DescribeInstanceInformation',
    'ssm:GetCommandInvocation',
    'ssm:ListCommands',
  ]),
  ...bot.onlyHere('which pool', 'cognito-idp:ListUserPools'),
  ...bot.may('status', 'rds:DescribeDBInstances', arn('rds', 'db:*')),
  ...bot.may('alarms', 'cloudwatch:DescribeAlarms', arn('cloudwatch', 'alarm:*')),
  ...bot.mayNot(
    'alarms stay as they are',
    ['cloudwatch:DeleteAlarms', 'cloudwatch:DisableAlarmActions'],
    arn('cloudwatch', 'alarm:d2-chatops-down'),
  ),
  ...bot.may(
    'logs',
    ['logs:FilterLogEvents', 'logs:DescribeLogStreams'],
    arn('logs', 'log-group:/aws/ec2/dev-d2-ride-booking-backend'),
  ),
  ...bot.mayNot('logs of no other group', 'logs:FilterLogEvents', arn('logs', 'log-group:/payroll')),
  ...bot.mayNot(
    'no log of a service is written or deleted',
    ['logs:PutLogEvents', 'logs:DeleteLogGroup'],
    arn('logs', 'log-group:/aws/ec2/dev-d2-ride-booking-backend'),
  ),
  ...bot.may("cognito show, of dev's and prod's pools", 'cognito-idp:AdminGetUser', pool, tagged(dev)),
  ...bot.may("cognito show, of dev's and prod's pools", 'cognito-idp:ListUsers', pool, tagged(prod)),
  ...bot.mayNot("cognito show: no other project's", 'cognito-idp:AdminGetUser', pool, tagged(elsewhere)),
  ...bot.mayNot(
    'cognito show: no other environment',
    'cognito-idp:AdminGetUser',
    pool,
    tagged({ ...dev, Environment: 'staging' }),
  ),
  ...bot.may(
    'cognito add-user',
    ['cognito-idp:AdminCreateUser', 'cognito-idp:AdminAddUserToGroup', 'cognito-idp:AdminSetUserPassword'],
    pool,
    tagged(dev),
  ),
  ...bot.mayNot(
    "cognito add-user: no other project's",
    'cognito-idp:AdminCreateUser',
    pool,
    tagged(elsewhere),
  ),
  ...bot.mayNot(
    'cognito add-user: no other environment',
    'cognito-idp:AdminCreateUser',
    pool,
    tagged({ ...dev, Environment: 'staging' }),
  ),
  ...bot.mayNot(
    'no pool goes, and no user',
    ['cognito-idp:DeleteUserPool', 'cognito-idp:AdminDeleteUser', 'cognito-idp:UpdateUserPool'],
    pool,
    tagged(dev),
  ),
  ...bot.may(
    'a password that is not mailed',
    ['secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue'],
    arn('secretsmanager', 'secret:d2-ride-booking/dev/cognito/ada-a1b2c3'),
  ),
  ...bot.mayNot(
    'it is read by people',
    'secretsmanager:GetSecretValue',
    arn('secretsmanager', 'secret:d2-ride-booking/dev/cognito/ada-a1b2c3'),
  ),
  ...bot.mayNot(
    "the database's master",
    ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    master,
    tagged(dev),
  ),
  ...bot.mayNot(
    "Slack's tokens by the bot's own role",
    'secretsmanager:GetSecretValue',
    slackToken,
    tagged(own),
  ),
  ...bot.mayNot('no key is made', 'sts:AssumeRole', `arn:aws:iam::${account}:role/admin`),
];

export const botQuestions: readonly Question[] = [
  ...switching,
  ...sending,
  ...fenced,
  ...notItsOwn,
  ...keeping,
  ...looking,
];
