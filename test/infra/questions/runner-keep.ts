import {
  account,
  arn,
  artifacts,
  bringing,
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

const runner = questionsOf({ role: 'd2-chatops-terraform' });
const ec2 = (kind: string) => arn('ec2', `${kind}/${kind}-0a1b2c3d`);
const database = (kind: string, name: string) => arn('rds', `${kind}:${name}`);
const site = 'arn:aws:s3:::d2-ride-booking-dev-web-admin-000011112222';
const distribution = `arn:aws:cloudfront::${account}:distribution/E1`;
const backend = roleArn('d2-ride-booking-dev-backend');

const master = arn('secretsmanager', 'secret:d2-ride-booking-dev-rds-master-a1b2c3');
const databases: Question[] = [
  ...runner.onlyForDev(
    'a database',
    ['rds:CreateDBInstance', 'rds:RestoreDBInstanceFromDBSnapshot'],
    database('db', 'd2-ride-booking-dev-rds-mysql'),
  ),
  ...runner.mayNot(
    'a database: by its name',
    'rds:CreateDBInstance',
    database('db', 'd2-ride-booking-prod-rds-mysql'),
    bringing(dev),
  ),
  ...runner.may(
    'off, which leaves a snapshot',
    ['rds:DeleteDBInstance', 'rds:CreateDBSnapshot'],
    [
      database('db', 'd2-ride-booking-dev-rds-mysql'),
      database('snapshot', 'd2-ride-booking-dev-rds-mysql-final'),
    ],
    tagged(dev),
  ),
  ...runner.mayNot(
    "not prod's",
    ['rds:DeleteDBInstance', 'rds:ModifyDBInstance'],
    database('db', 'd2-ride-booking-prod-rds-mysql'),
    tagged(dev),
  ),
  ...runner.mayNever(
    'the last copy stays',
    ['rds:DeleteDBSnapshot', 'rds:DeleteDBInstanceAutomatedBackup'],
    database('snapshot', 'd2-ride-booking-dev-rds-mysql-final'),
    tagged(dev),
  ),
  ...runner.mayNever('a disk’s copy stays', 'ec2:DeleteSnapshot', ec2('snapshot'), tagged(dev)),
  ...runner.may(
    'the master password, for the database',
    ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue'],
    master,
  ),
  ...runner.mayNot(
    "not prod's",
    'secretsmanager:GetSecretValue',
    arn('secretsmanager', 'secret:d2-ride-booking-prod-rds-master-a1b2c3'),
  ),
  ...runner.mayNot(
    'no other secret',
    'secretsmanager:GetSecretValue',
    arn('secretsmanager', 'secret:d2-ride-booking-dev-rds-master-of-all-a1b2c3'),
  ),
  ...runner.mayNot(
    "not Slack's tokens",
    'secretsmanager:GetSecretValue',
    arn('secretsmanager', 'secret:d2-chatops/slack-bot-token-a1b2c3'),
    tagged(own),
  ),
  ...runner.may('random characters', 'secretsmanager:GetRandomPassword', none),
];

const sites: Question[] = [
  ...runner.may("a site's bucket", ['s3:CreateBucket', 's3:PutBucketPolicy', 's3:DeleteBucket'], site),
  ...runner.mayNot(
    'no other bucket',
    ['s3:DeleteBucket', 's3:PutBucketPolicy', 's3:PutBucketVersioning'],
    states,
  ),
  ...runner.mayNot(
    'no other bucket',
    ['s3:DeleteBucket', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration'],
    artifacts,
  ),
  ...runner.may('off, with its files', 's3:DeleteObject', `${site}/index.html`),
  ...runner.mayNot('what a site shows is not Terraform’s', 's3:PutObject', `${site}/index.html`),
  ...runner.onlyForDev('a distribution', 'cloudfront:CreateDistribution', '*'),
  ...runner.onlyForDev('with its tags', 'cloudfront:TagResource', distribution),
  ...runner.may('with its tags, as it will have them', 'cloudfront:TagResource', distribution, {
    ...bringing(dev),
    ...tagged(dev),
  }),
  ...[prod, elsewhere].flatMap((tags) =>
    runner.mayNot("another's is not made dev's by a tag", 'cloudfront:TagResource', distribution, {
      ...bringing(dev),
      ...tagged(tags),
    }),
  ),
  ...runner.onlyOnDevs(
    'a distribution; and off',
    ['cloudfront:UpdateDistribution', 'cloudfront:DeleteDistribution'],
    distribution,
  ),
  ...runner.may('by whom the bucket is read', 'cloudfront:CreateOriginAccessControl', none),
  ...runner.may('policies of AWS’s own', 'cloudfront:ListCachePolicies', none),
];

const keeping: Question[] = [
  ...runner.onlyHere('what there is', [
    'ec2:DescribeInstances',
    'elasticloadbalancing:DescribeLoadBalancers',
  ]),
  ...runner.onlyHere(
    'what there is',
    'rds:DescribeDBInstances',
    database('db', 'd2-ride-booking-dev-rds-mysql'),
  ),
  ...runner.may('what stands always', ['iam:GetRole', 'iam:ListRolePolicies'], backend),
  ...runner.mayNot('no other role is looked at', 'iam:GetRole', roleArn('admin')),
  ...runner.onlyOnDevs(
    'the pool',
    'cognito-idp:DescribeUserPool',
    arn('cognito-idp', 'userpool/ap-southeast-1_D2SandBox'),
  ),
  ...runner.mayNot(
    'the pool stays as it is',
    ['cognito-idp:UpdateUserPool', 'cognito-idp:DeleteUserPool'],
    arn('cognito-idp', 'userpool/ap-southeast-1_D2SandBox'),
    tagged(dev),
  ),
  ...runner.may('log groups', 'logs:DescribeLogGroups', arn('logs', 'log-group:*')),
  ...runner.may(
    'the newest image',
    'ssm:GetParameter',
    'arn:aws:ssm:ap-southeast-1::parameter/aws/service/ami-amazon-linux-latest/al2023',
  ),
  ...runner.may("dev's state", ['s3:GetObject', 's3:PutObject'], `${states}/dev/terraform.tfstate`),
  ...runner.mayNot('never deleted', 's3:DeleteObject', `${states}/dev/terraform.tfstate`),
  ...runner.may('its lock', ['s3:PutObject', 's3:DeleteObject'], `${states}/dev/terraform.tfstate.tflock`),
  ...['prod', 'chatops', 'bootstrap'].flatMap((root) =>
    runner.mayNot('no other state', ['s3:GetObject', 's3:PutObject'], `${states}/${root}/terraform.tfstate`),
  ),
  ...runner.may('whether there is a state', 's3:ListBucket', states, {
    's3:prefix': 'dev/terraform.tfstate',
  }),
  ...runner.mayNot('not what else lies there', 's3:ListBucket', states, { 's3:prefix': 'prod/' }),
  ...runner.may('a plan that was approved', 's3:GetObject', `${states}/plans/01J0/tf.plan`),
  ...runner.may('a plan, where there is none', 's3:PutObject', `${states}/plans/01J0/tf.plan`, {
    's3:if-none-match': '*',
  }),
  ...runner.mayNot('never over another', 's3:PutObject', `${states}/plans/01J0/tf.plan`),
  ...runner.may('the Terraform that it runs', 's3:GetObject', `${artifacts}/infra/0123.zip`),
  ...runner.mayNot('which it can’t write', 's3:PutObject', `${artifacts}/infra/0123.zip`, {
    's3:if-none-match': '*',
    's3:ObjectCreationOperation': 'true',
  }),
  ...runner.may('toggles', 'ssm:GetParameter', arn('ssm', 'parameter/d2/dev/toggles')),
  ...runner.mayNot('toggles are set by the bot', 'ssm:PutParameter', arn('ssm', 'parameter/d2/dev/toggles')),
  ...runner.may(
    'its log',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arn('logs', 'log-group:/d2/chatops/terraform:log-stream:1'),
  ),
  ...runner.mayNever(
    'the trail is not its own',
    ['logs:PutLogEvents', 'logs:DeleteLogGroup', 'logs:FilterLogEvents'],
    trail,
  ),
  ...runner.mayNever(
    'what runs on instances is not its business',
    ['ssm:SendCommand', 'ssm:StartSession', 'ec2-instance-connect:SendSSHPublicKey'],
    ec2('instance'),
    tagged(dev),
  ),
  ...runner.mayNever(
    'no right is written',
    [
      'iam:CreateRole',
      'iam:PutRolePolicy',
      'iam:AttachRolePolicy',
      'iam:CreatePolicyVersion',
      'iam:UpdateAssumeRolePolicy',
      'iam:DeleteRole',
      'iam:CreateUser',
      'iam:CreateAccessKey',
      'iam:SetDefaultPolicyVersion',
    ],
    backend,
  ),
  ...runner.mayNever(
    "the bot's table, group, cluster and image stay",
    ['dynamodb:DeleteTable'],
    arn('dynamodb', 'table/d2-chatops'),
    tagged(own),
  ),
  ...runner.mayNever(
    "the bot's service stays",
    ['ecs:UpdateService', 'ecs:DeleteService'],
    arn('ecs', 'service/d2-chatops/d2-chatops'),
    tagged(own),
  ),
  ...runner.mayNot(
    'the bot is not started anew',
    ['ecs:RunTask', 'codebuild:StartBuild', 'codebuild:UpdateProject'],
    arn('codebuild', 'project/d2-chatops-terraform'),
  ),
];

export const runnerKeepQuestions: readonly Question[] = [...databases, ...sites, ...keeping];
