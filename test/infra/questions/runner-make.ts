import type { Context } from '../../../sandbox/aws/iam/context.ts';
import { account, arn, bringing, dev, own, type Question, questionsOf, roleArn, tagged } from './question.ts';

const runner = questionsOf({ role: 'd2-chatops-terraform' });
const ec2 = (kind: string) => arn('ec2', `${kind}/${kind}-0a1b2c3d`);
const balancer = (kind: string, rest: string) => arn('elasticloadbalancing', `${kind}/${rest}`);
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
  ...runner.onlyForDev('tags of its disk', 'ec2:CreateTags', ec2('volume'), {
    'ec2:CreateAction': 'RunInstances',
  }),
  ...runner.mayNot(
    'no tags for a disk that is there already',
    'ec2:CreateTags',
    ec2('volume'),
    bringing(dev),
  ),
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
    'an address leaves the gateway and goes',
    'ec2:DisassociateAddress',
    [ec2('elastic-ip')],
    tagged(dev),
  ),
  ...runner.may(
    'and the interface that AWS made for the gateway',
    'ec2:DisassociateAddress',
    ec2('network-interface'),
  ),
  ...runner.mayNot(
    'no interface that has tags loses its address',
    'ec2:DisassociateAddress',
    ec2('network-interface'),
    tagged(dev),
  ),
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

export const runnerMakeQuestions: readonly Question[] = [...launching, ...roads];
