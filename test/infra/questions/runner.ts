import type { Context } from '../../../sandbox/aws/iam/context.ts';
import {
  account,
  arn,
  artifacts,
  bringing,
  dev,
  none,
  own,
  type Question,
  questionsOf,
  roleArn,
  states,
  tagged,
  trail,
} from './question.ts';

const runner = questionsOf({ role: 'd2-chatops-terraform' });
const ec2 = (kind: string) => arn('ec2', `${kind}/${kind}-0a1b2c3d`);
const balancer = (kind: string, rest: string) => arn('elasticloadbalancing', `${kind}/${rest}`);
const database = (kind: string, name: string) => arn('rds', `${kind}:${name}`);
const site = 'arn:aws:s3:::d2-ride-booking-dev-web-admin-000011112222';
const distribution = `arn:aws:cloudfront::${account}:distribution/E1`;
const backend = roleArn('d2-ride-booking-dev-backend');
const toEc2 = { 'iam:PassedToService': 'ec2.amazonaws.com' };

/** What a launch of the environment's backend tells of the instance. */
const launch: Context = {
  'ec2:MetadataHttpTokens': 'required',
  'ec2:InstanceType': 't3.small',
  'ec2:InstanceProfile': `arn:aws:iam::${account}:instance-profile/d2-ride-booking-dev-backend`,
  'aws:RequestTag/Service': 'backend-api',
};
const launching: Question[] = [
  ...runner.may("an instance of dev's", 'ec2:RunInstances', ec2('instance'), { ...bringing(dev), ...launch }),
  ...(
    [
      ["not prod's", { 'aws:RequestTag/Environment': 'prod' }],
      ["not another project's", { 'aws:RequestTag/Project': 'payroll' }],
      ["not of the bot's", { 'aws:RequestTag/Service': 'chatops' }],
      ["not with the metadata service's first version", { 'ec2:MetadataHttpTokens': 'optional' }],
      ['not a dear one', { 'ec2:InstanceType': 'p5.48xlarge' }],
      [
        'not with rights of another kind',
        { 'ec2:InstanceProfile': `arn:aws:iam::${account}:instance-profile/admin` },
      ],
    ] as const
  ).flatMap(([why, but]) =>
    runner.mayNot(why, 'ec2:RunInstances', ec2('instance'), { ...bringing(dev), ...launch, ...but }),
  ),
  ...runner.onlyOnDevs('an instance, in the network', 'ec2:RunInstances', ec2('subnet')),
  ...runner.onlyOnDevs('an instance, behind the security groups', 'ec2:RunInstances', ec2('security-group')),
  ...runner.may('its disk and interface', 'ec2:RunInstances', [ec2('volume'), ec2('network-interface')]),
  ...runner.mayNot('no key pair', 'ec2:RunInstances', ec2('key-pair')),
  ...runner.may("from Amazon's image", 'ec2:RunInstances', 'arn:aws:ec2:ap-southeast-1::image/ami-1', {
    'ec2:Owner': 'amazon',
  }),
  ...runner.mayNot("from nobody else's", 'ec2:RunInstances', 'arn:aws:ec2:ap-southeast-1::image/ami-1', {
    'ec2:Owner': '999900001111',
  }),
  ...runner.may('an instance gets its role', 'iam:PassRole', backend, toEc2),
  ...runner.mayNot('nothing but an instance does', 'iam:PassRole', backend, {
    'iam:PassedToService': 'lambda.amazonaws.com',
  }),
  ...[
    'admin',
    'd2-chatops-bot',
    'd2-chatops-terraform',
    'd2-chatops-scheduler',
    'd2-ride-booking-prod-backend-api',
  ].flatMap((name) => runner.mayNever('no other role is handed on', 'iam:PassRole', roleArn(name), toEc2)),
  ...runner.onlyForDev('tags at the making', 'ec2:CreateTags', ec2('instance'), {
    'ec2:CreateAction': 'RunInstances',
  }),
  ...runner.mayNot('no tags for what is there already', 'ec2:CreateTags', ec2('instance'), bringing(dev)),
  ...runner.onlyForDev('tags of a new disk', 'ec2:CreateTags', ec2('volume')),
  ...runner.mayNot('no other tags for a disk that has some', 'ec2:CreateTags', ec2('volume'), {
    ...bringing(dev),
    ...tagged(dev),
  }),
  ...runner.mayNot('no tags go', 'ec2:DeleteTags', ec2('instance'), tagged(dev)),
  ...runner.onlyOnDevs('off', 'ec2:TerminateInstances', ec2('instance')),
  ...runner.mayNot("never the bot's", 'ec2:TerminateInstances', ec2('instance'), tagged(own)),
  ...runner.mayNot(
    'no instance is changed or copied',
    ['ec2:ModifyInstanceAttribute', 'ec2:CreateImage', 'ec2:CreateSnapshot'],
    ec2('instance'),
    tagged(dev),
  ),
];

const roads: Question[] = [
  ...runner.onlyForDev('a NAT gateway', 'ec2:CreateNatGateway', ec2('natgateway')),
  ...runner.onlyForDev('an address', 'ec2:AllocateAddress', ec2('elastic-ip')),
  ...runner.onlyForDev('an endpoint', 'ec2:CreateVpcEndpoint', ec2('vpc-endpoint')),
  ...runner.onlyOnDevs('in the network', ['ec2:CreateNatGateway', 'ec2:CreateVpcEndpoint'], ec2('subnet')),
  ...runner.may(
    'endpoints get private names',
    'route53:AssociateVPCWithHostedZone',
    'arn:aws:route53:::hostedzone/Z1',
  ),
  ...runner.mayNot(
    'no name is changed',
    'route53:ChangeResourceRecordSets',
    'arn:aws:route53:::hostedzone/Z1',
  ),
  ...runner.onlyOnDevs('the way out', ['ec2:CreateRoute', 'ec2:DeleteRoute'], ec2('route-table')),
  ...runner.onlyOnDevs('off', 'ec2:DeleteNatGateway', ec2('natgateway')),
  ...runner.onlyOnDevs('off', 'ec2:DeleteVpcEndpoints', ec2('vpc-endpoint')),
  ...runner.mayNot(
    'the network stands',
    ['ec2:DeleteVpc', 'ec2:DeleteSubnet', 'ec2:AuthorizeSecurityGroupIngress'],
    ec2('vpc'),
    tagged(dev),
  ),
  ...runner.onlyForDev(
    'a load balancer',
    'elasticloadbalancing:CreateLoadBalancer',
    balancer('loadbalancer', 'app/d2-ride-booking-dev-alb/1'),
  ),
  ...runner.mayNot(
    'a load balancer: by the environment’s name',
    'elasticloadbalancing:CreateLoadBalancer',
    balancer('loadbalancer', 'app/d2-ride-booking-prod-alb/1'),
    bringing(dev),
  ),
  ...runner.may(
    'its settings; and off',
    ['elasticloadbalancing:ModifyLoadBalancerAttributes', 'elasticloadbalancing:DeleteLoadBalancer'],
    balancer('loadbalancer', 'app/d2-ride-booking-dev-alb/1'),
    tagged(dev),
  ),
  ...runner.mayNot(
    "not prod's",
    'elasticloadbalancing:DeleteLoadBalancer',
    balancer('loadbalancer', 'app/d2-ride-booking-prod-alb/1'),
    tagged(dev),
  ),
  ...runner.mayNot(
    "not the bot's",
    'elasticloadbalancing:DeleteLoadBalancer',
    balancer('loadbalancer', 'app/d2-ride-booking-dev-alb/1'),
    tagged(own),
  ),
];

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
  ...runner.onlyForDev('a distribution', 'cloudfront:CreateDistribution', distribution),
  ...runner.onlyOnDevs(
    'a distribution; and off',
    ['cloudfront:UpdateDistribution', 'cloudfront:DeleteDistribution'],
    distribution,
  ),
  ...runner.may(
    'by whom the bucket is read',
    'cloudfront:CreateOriginAccessControl',
    `arn:aws:cloudfront::${account}:origin-access-control/E1`,
  ),
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
  ...runner.may('a plan', ['s3:GetObject', 's3:PutObject'], `${states}/plans/01J0.tfplan`),
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

export const runnerQuestions: readonly Question[] = [
  ...launching,
  ...roads,
  ...databases,
  ...sites,
  ...keeping,
];
