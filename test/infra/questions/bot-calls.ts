import {
  account,
  arn,
  dev,
  elsewhere,
  none,
  prod,
  type Question,
  questionsOf,
  roleArn,
  states,
  tagged,
} from './question.ts';

const bot = questionsOf({ role: 'd2-chatops-bot' });

const instance = arn('ec2', 'instance/i-080c218b1eb3925ee');
const pm2: Question[] = ['flush', 'list', 'logs', 'reload', 'restart', 'save', 'start', 'stop'].flatMap(
  (verb) =>
    bot.may(`pm2 ${verb}`, 'ssm:SendCommand', [arn('ssm', `document/d2-pm2-${verb}`), instance], tagged(dev)),
);

const logs: Question[] = ['dev', 'prod'].flatMap((env) => {
  const group = arn('logs', `log-group:/aws/ec2/${env}-d2-ride-booking-backend`);
  // AWS's reference has the group alone; its refusals tell of an empty stream behind it.
  return [group, `${group}:log-stream:`].flatMap((one) =>
    bot.may(`logs, of ${env}'s`, ['logs:DescribeLogStreams', 'logs:FilterLogEvents'], one),
  );
});

const pool = arn('cognito-idp', 'userpool/ap-southeast-1_D2SandBox');
const reading = (
  [
    ['cognito show: which groups', 'AdminListGroupsForUser'],
    ['cognito config: the pool', 'DescribeUserPool'],
    ['cognito config: its clients', 'ListUserPoolClients'],
    ['cognito list: groups', 'ListGroups'],
  ] as const
).flatMap(([why, name]) => [
  ...[dev, prod].flatMap((tags) => bot.may(why, `cognito-idp:${name}`, pool, tagged(tags))),
  ...bot.mayNot(`${why}: no other project's`, `cognito-idp:${name}`, pool, tagged(elsewhere)),
]);

const kept = (env: string) => arn('secretsmanager', `secret:d2-ride-booking/${env}/cognito/ada-a1b2c3`);
const looking: Question[] = [
  ...reading,
  ...['dev', 'prod'].flatMap((env) =>
    bot.may(
      'cognito add-user: a password that is not mailed, with its tags',
      ['secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue', 'secretsmanager:TagResource'],
      kept(env),
    ),
  ),
  ...bot.mayNot('no other environment’s passwords', 'secretsmanager:CreateSecret', kept('staging')),
  ...bot.onlyHere('status, health: which targets there are', [
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTargetGroups',
  ]),
  ...bot.may('the very version that was planned', 's3:GetObjectVersion', `${states}/plans/01J0.json`),
  ...bot.mayNot('no former state', 's3:GetObjectVersion', `${states}/dev/terraform.tfstate`),
];

/** One of what each service of the bot's own has, by the name for tags that all services know. */
const itsOwn: Question[] = (
  [
    [
      'autoscaling:UpdateAutoScalingGroup',
      'autoscaling',
      'autoScalingGroup:0a1b:autoScalingGroupName/d2-chatops',
    ],
    ['ec2:DeleteSecurityGroup', 'ec2', 'security-group/sg-0a1b2c3d'],
    ['ecr:DeleteRepository', 'ecr', 'repository/d2-chatops'],
    ['ecs:UpdateService', 'ecs', 'service/d2-chatops/d2-chatops'],
    ['rds:DeleteDBInstance', 'rds', 'db:d2-chatops'],
  ] as const
).flatMap(([action, service, rest]) =>
  bot.mayNever('what is its own stays', action, arn(service, rest), { 'aws:ResourceTag/Service': 'chatops' }),
);

const iam = (rest: string) => `arn:aws:iam::${account}:${rest}`;
const someone = iam('user/ada');
const rights: Question[] = (
  [
    ['iam:ChangePassword', someone],
    ['iam:DeactivateMFADevice', someone],
    ['iam:DetachRolePolicy', roleArn('d2-chatops-bot')],
    ['iam:DisableOutboundWebIdentityFederation', '*'],
    ['iam:EnableMFADevice', someone],
    ['iam:RemoveRoleFromInstanceProfile', iam('instance-profile/d2-ride-booking-dev-backend')],
    ['iam:ResetServiceSpecificCredential', someone],
    ['iam:ResyncMFADevice', someone],
    ['iam:TagRole', roleArn('d2-chatops-bot')],
    ['iam:UntagRole', roleArn('d2-chatops-bot')],
    ['iam:UploadSSHPublicKey', someone],
    ['organizations:LeaveOrganization', '*'],
    ['sts:GetFederationToken', `arn:aws:sts::${account}:federated-user/ada`],
  ] as const
).flatMap(([action, on]) => bot.mayNever('rights and accounts are people’s', action, on));

const fenced: Question[] = [
  ...itsOwn,
  ...rights,
  ...bot.mayNever(
    'no session on a machine of its own',
    'ssm:StartSession',
    arn('ssm', 'managed-instance/mi-0a1b'),
    {
      'ssm:resourceTag/Service': 'chatops',
    },
  ),
  ...bot.couldBeGiven('to look at a role is no right', 'iam:GetRole', roleArn('d2-chatops-bot')),
  ...bot.couldBeGiven('nor is it to see who one is oneself', 'sts:GetCallerIdentity', none),
];

export const botCallQuestions: readonly Question[] = [...pm2, ...logs, ...looking, ...fenced];
