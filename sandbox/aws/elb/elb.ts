import type { World, WorldService } from '../../worlds/world.ts';
import { subnets, vpc } from '../constants.ts';
import { AwsError } from '../errors.ts';
import { type Input, type Service, textOf, textsOf } from '../service.ts';
import { tagList } from '../tags.ts';
import type { LoadBalancer } from './load-balancer.ts';

interface ElbOptions {
  world: Pick<World, 'host' | 'services' | 'loadBalancer'>;
  running: Pick<LoadBalancer, 'port' | 'redirects' | 'target'>;
  exists(): boolean;
}

/**
 * Elastic Load Balancing with its one ALB. Its listeners are said to be on 80 and 443, as on AWS. Its DNS name is where
 * it really listens, port and all, so that the guide's `curl "http://$ALB_DNS/health"` reaches it.
 */
export function createElb({ world, running, exists }: ElbOptions): Service {
  const { arn, name, httpListener, httpsListener, tags } = world.loadBalancer;
  const groups = world.services.map((service) => groupOf(service, arn));
  const rules = world.services.flatMap(({ hosts, targetGroup }, index) =>
    hosts ? [ruleOf(httpsListener, hosts, targetGroup.arn, index + 1)] : [],
  );
  const existing = <T>(all: readonly T[]): readonly T[] => (exists() ? all : []);

  const loadBalancer = {
    LoadBalancerArn: arn,
    LoadBalancerName: name,
    DNSName: `127.0.0.1:${running.port}`,
    Scheme: 'internet-facing',
    Type: 'application',
    VpcId: vpc,
    State: { Code: 'active' },
    AvailabilityZones: { member: subnets.map((SubnetId) => ({ SubnetId })) },
  };
  const [first] = groups;
  const forward = forwardTo(first?.TargetGroupArn);
  const http = () => ({
    ListenerArn: httpListener,
    LoadBalancerArn: arn,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: { member: [running.redirects() ? redirect : forward] },
  });
  const https = {
    ListenerArn: httpsListener,
    LoadBalancerArn: arn,
    Port: 443,
    Protocol: 'HTTPS',
    DefaultActions: { member: [forward] },
  };
  const listeners = () => (running.redirects() ? [http(), https] : [http()]);

  return {
    name: 'elasticloadbalancing',
    protocol: 'query',
    actions: {
      DescribeLoadBalancers: {
        run: (input) => ({
          LoadBalancers: {
            member: chosen(existing([loadBalancer]), 'LoadBalancerNotFound', [
              [textsOf(input, 'LoadBalancerArns'), ({ LoadBalancerArn }) => LoadBalancerArn],
              [textsOf(input, 'Names'), ({ LoadBalancerName }) => LoadBalancerName],
            ]),
          },
        }),
      },
      DescribeListeners: {
        run: (input) => ({
          Listeners: {
            member: chosen(existing(listeners()), 'LoadBalancerNotFound', [
              [one(input, 'LoadBalancerArn'), ({ LoadBalancerArn }) => LoadBalancerArn],
              [textsOf(input, 'ListenerArns'), ({ ListenerArn }) => ListenerArn],
            ]),
          },
        }),
      },
      DescribeRules: {
        run(input) {
          const wanted = textOf(input, 'ListenerArn');
          const listener = existing(listeners()).find(({ ListenerArn }) => ListenerArn === wanted);
          if (!listener) throw new AwsError('ListenerNotFound', `'${wanted}' was not found`);
          const own = wanted === httpsListener ? rules : [];
          const last = {
            RuleArn: ruleArn(wanted, 'default'),
            Priority: 'default',
            IsDefault: true,
            Actions: listener.DefaultActions,
          };
          return { Rules: { member: [...own, last] } };
        },
      },
      DescribeTargetGroups: {
        run: (input) => ({
          TargetGroups: {
            member: chosen(existing(groups), 'TargetGroupNotFound', [
              [one(input, 'LoadBalancerArn'), () => arn],
              [textsOf(input, 'TargetGroupArns'), ({ TargetGroupArn }) => TargetGroupArn],
              [textsOf(input, 'Names'), ({ TargetGroupName }) => TargetGroupName],
            ]),
          },
        }),
      },
      DescribeTargetHealth: {
        run(input) {
          const wanted = textOf(input, 'TargetGroupArn');
          const group = existing(groups).find(({ TargetGroupArn }) => TargetGroupArn === wanted);
          if (!group) throw new AwsError('TargetGroupNotFound', `'${wanted}' was not found`);
          return {
            TargetHealthDescriptions: {
              member: [
                {
                  Target: { Id: world.host, Port: group.Port },
                  HealthCheckPort: String(group.Port),
                  TargetHealth: running.target(world.services[groups.indexOf(group)]?.name ?? ''),
                },
              ],
            },
          };
        },
      },
      DescribeTags: {
        run(input) {
          const arns = textsOf(input, 'ResourceArns');
          const untagged = listeners().map(({ ListenerArn }): string => ListenerArn);
          const tagged = [arn, ...groups.map(({ TargetGroupArn }) => TargetGroupArn)];
          const known: readonly string[] = existing([...tagged, ...untagged]);
          const absent = arns.find((arn) => !known.includes(arn));
          if (absent !== undefined) throw new AwsError('LoadBalancerNotFound', `'${absent}' was not found`);
          return {
            TagDescriptions: {
              member: arns.map((ResourceArn) => ({
                ResourceArn,
                Tags: { member: untagged.includes(ResourceArn) ? [] : tagList(tags) },
              })),
            },
          };
        },
      },
    },
  };
}

const forwardTo = (TargetGroupArn: string | undefined) => ({ Type: 'forward', TargetGroupArn });

const ruleArn = (listener: string, id: string) =>
  `${listener.replace(':listener/', ':listener-rule/')}/${id}`;

const ruleOf = (listener: string, hosts: readonly string[], group: string, priority: number) => ({
  RuleArn: ruleArn(listener, String(priority).padStart(16, '0')),
  Priority: String(priority),
  IsDefault: false,
  Conditions: {
    member: [{ Field: 'host-header', HostHeaderConfig: { Values: { member: [...hosts] } } }],
  },
  Actions: { member: [forwardTo(group)] },
});

const groupOf = ({ targetGroup, port }: WorldService, loadBalancer: string) => ({
  TargetGroupArn: targetGroup.arn,
  TargetGroupName: targetGroup.name,
  Protocol: 'HTTP',
  Port: port,
  VpcId: vpc,
  HealthCheckProtocol: 'HTTP',
  HealthCheckPath: '/health',
  HealthCheckEnabled: true,
  TargetType: 'instance',
  LoadBalancerArns: { member: [loadBalancer] },
});

/** What the alb module's port 80 does where there is a certificate, as AWS fills it in. */
const redirect = {
  Type: 'redirect',
  RedirectConfig: {
    Protocol: 'HTTPS',
    Port: '443',
    Host: '#{host}',
    Path: '/#{path}',
    Query: '#{query}',
    StatusCode: 'HTTP_301',
  },
};

const one = (input: Input, name: string): string[] => [textOf(input, name)].filter((text) => text !== '');

type Choice<T> = readonly [wanted: readonly string[], keyOf: (one: T) => string];

/** Those that are asked for, or all. Throws `absent` when one that is asked for isn't there. */
function chosen<T>(all: readonly T[], absent: string, choices: readonly Choice<T>[]): readonly T[] {
  for (const [wanted, keyOf] of choices) {
    const missing = wanted.find((key) => !all.some((each) => keyOf(each) === key));
    if (missing !== undefined) throw new AwsError(absent, `'${missing}' was not found`);
  }
  return all;
}
