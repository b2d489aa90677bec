import { environmentRole } from '../applied-chatops.ts';
import { arn, dev, elsewhere, own, prod, type Question, questionsOf, roleArn, tagged } from './question.ts';

const pool = arn('cognito-idp', 'userpool/ap-southeast-1_D2SandBox');
const slackToken = arn('secretsmanager', 'secret:d2-chatops/slack-bot-token-a1b2c3');
const master = arn('secretsmanager', 'secret:d2-ride-booking-dev-rds-master-a1b2c3');
const bot = questionsOf({ role: 'd2-chatops-bot' });

const looking: Question[] = [
  ...bot.onlyHere('status', ['ec2:DescribeInstances', 'ec2:DescribeNatGateways', 'ec2:DescribeVpcEndpoints']),
  ...bot.onlyHere('what can’t be stopped', [
    'ec2:DescribeInstanceAttribute',
    'ec2:DescribeSpotInstanceRequests',
  ]),
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
  ...bot.may('an environment of another account', 'sts:AssumeRole', environmentRole),
  ...bot.mayNotUnfenced('nobody else is played', 'sts:AssumeRole', [roleArn('admin')]),
];

export const botLookQuestions: readonly Question[] = looking;
