import type { Context } from '../../../sandbox/aws/iam/context.ts';
import { account, arn, bringing, dev, type Question, questionsOf, roleArn, tagged } from './question.ts';

const runner = questionsOf({ role: 'd2-chatops-terraform' });

type Many = string | readonly string[];
type When = 'plan' | 'on' | 'off';
/** When a toggle needs it, what for, the calls, and all that AWS asks about for each of them. */
type Call = readonly [when: When, why: string, actions: Many, on: Many, context?: Context];

const prods = <T>(devs: T): T =>
  JSON.parse(
    JSON.stringify(devs)
      .replaceAll('d2-ride-booking-dev', 'd2-ride-booking-prod')
      .replaceAll('"dev"', '"prod"'),
  );

/** What Terraform's AWS provider calls for a toggle: possible for dev, and where the call tells of whom, not for prod. */
export const callsOf = (toggle: string, calls: readonly Call[]): Question[] =>
  calls.flatMap(([when, why, actions, on, context = {}]) => {
    const others = prods({ on, context });
    const tells = JSON.stringify(others) !== JSON.stringify({ on, context });
    return [
      ...runner.may(`${toggle}, ${when}: ${why}`, actions, on, context),
      ...(tells
        ? runner.mayNot(`${toggle}, ${when}: not prod's ${why}`, actions, others.on, others.context)
        : []),
    ];
  });

const ec2 = (kind: string) => arn('ec2', `${kind}/${kind}-0a1b2c3d`);
/** Tags are for what is being made, each by the call that makes it. */
const tagging = (toggle: string, kind: string, by: string): Question[] => [
  ...callsOf(toggle, [
    ['on', 'tags', 'ec2:CreateTags', ec2(kind), { ...bringing(dev), 'ec2:CreateAction': by }],
  ]),
  ...runner.mayNot(`no tags for a ${kind} that is there already`, 'ec2:CreateTags', ec2(kind), bringing(dev)),
];

const natGateway: Question[] = [
  ...tagging('nat_gateway', 'elastic-ip', 'AllocateAddress'),
  ...tagging('nat_gateway', 'natgateway', 'CreateNatGateway'),
  ...callsOf('nat_gateway', [
    ['on', "gateway's place", 'ec2:CreateNatGateway', [ec2('elastic-ip'), ec2('subnet')], tagged(dev)],
    ['on', 'road, turned to another gateway', 'ec2:ReplaceRoute', ec2('route-table'), tagged(dev)],
    ['off', 'address, let go', 'ec2:DisassociateAddress', ec2('elastic-ip'), tagged(dev)],
    ['off', 'address, given back', 'ec2:ReleaseAddress', ec2('elastic-ip'), tagged(dev)],
  ]),
];

const endpoints: Question[] = [
  ...tagging('ssm_vpc_endpoints', 'vpc-endpoint', 'CreateVpcEndpoint'),
  ...callsOf('ssm_vpc_endpoints', [
    [
      'on',
      "endpoint's place",
      'ec2:CreateVpcEndpoint',
      [ec2('vpc'), ec2('subnet'), ec2('security-group')],
      tagged(dev),
    ],
  ]),
];

const elb = (rest: string) => arn('elasticloadbalancing', rest);
const balancer = elb('loadbalancer/app/d2-ride-booking-dev-alb/50dc6c495c0c9188');
const listener = elb('listener/app/d2-ride-booking-dev-alb/50dc6c495c0c9188/f2f7dc8efc522ab2');
const rule = elb(
  'listener-rule/app/d2-ride-booking-dev-alb/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee',
);
const targets = elb('targetgroup/d2-ride-booking-dev-backend-tg/73e2d6bc24d8a067');
const call = (name: string) => `elasticloadbalancing:${name}`;
const alb: Question[] = callsOf('alb', [
  ['on', 'target group', call('CreateTargetGroup'), targets, bringing(dev)],
  ['on', 'listener', call('CreateListener'), balancer, bringing(dev)],
  ['on', 'rule', call('CreateRule'), listener, bringing(dev)],
  ['on', 'tags, which AWS asks about besides', call('AddTags'), balancer, bringing(dev)],
  ['on', "listener's settings", call('ModifyListenerAttributes'), listener],
  ['on', "target group's settings", call('ModifyTargetGroupAttributes'), targets],
  ['on', 'instance behind it', call('RegisterTargets'), targets],
  ['off', 'instance, taken away', call('DeregisterTargets'), targets],
  ['off', 'rule', call('DeleteRule'), rule],
  ['off', 'listener', call('DeleteListener'), listener],
  ['off', 'target group', call('DeleteTargetGroup'), targets],
]);

const role = roleArn('d2-ride-booking-dev-bastion');
const profile = `arn:aws:iam::${account}:instance-profile/d2-ride-booking-dev-bastion`;
const bastion: Question[] = callsOf('bastion', [
  ['on', "instance's role", 'iam:PassRole', role, { 'iam:PassedToService': 'ec2.amazonaws.com' }],
]);

const pool = arn('cognito-idp', 'userpool/ap-southeast-1_D2SandBox');
/** What stands always is read each time. */
const always: Question[] = callsOf('every toggle', [
  ['plan', "role's policies of its own", 'iam:GetRolePolicy', role],
  ['plan', "role's policies from elsewhere", 'iam:ListAttachedRolePolicies', role],
  ['plan', 'profile', 'iam:GetInstanceProfile', profile],
  ['plan', "pool's client", 'cognito-idp:DescribeUserPoolClient', pool, tagged(dev)],
  ['plan', "pool's group", 'cognito-idp:GetGroup', pool, tagged(dev)],
  ['plan', "pool's second factor", 'cognito-idp:GetUserPoolMfaConfig', pool, tagged(dev)],
  [
    'plan',
    "log group's tags",
    'logs:ListTagsForResource',
    arn('logs', 'log-group:/aws/ec2/dev-d2-ride-booking-backend'),
  ],
]);

export const runnerCallQuestions: readonly Question[] = [
  ...natGateway,
  ...endpoints,
  ...alb,
  ...bastion,
  ...always,
];
