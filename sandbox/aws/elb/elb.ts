import { AwsError } from '../errors.ts';
import { type Input, type Service, textOf, textsOf } from '../service.ts';
import { backendInstance, balancer, subnets, tagList, vpc } from '../world.ts';
import type { Balancer } from './load-balancer.ts';

/**
 * Elastic Load Balancing of the one ALB; its DNS name and its HTTP listener's port are where it really listens. Its
 * HTTPS listener, once it redirects there, is only told of: the sandbox has no certificate.
 */
export function createElb(live: Balancer, built: () => boolean): Service {
  const standing = <T>(one: T): T[] => (built() ? [one] : []);

  const loadBalancer = () => ({
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.name,
    DNSName: '127.0.0.1',
    Scheme: 'internet-facing',
    Type: 'application',
    VpcId: vpc,
    State: { Code: 'active' },
    AvailabilityZones: { member: subnets.map((SubnetId) => ({ SubnetId })) },
  });
  const forward = { Type: 'forward', TargetGroupArn: balancer.group };
  const http = () => ({
    ListenerArn: balancer.listener,
    LoadBalancerArn: balancer.arn,
    Port: live.port,
    Protocol: 'HTTP',
    DefaultActions: { member: [live.redirects() ? redirect : forward] },
  });
  const https = {
    ListenerArn: balancer.httpsListener,
    LoadBalancerArn: balancer.arn,
    Port: 443,
    Protocol: 'HTTPS',
    DefaultActions: { member: [forward] },
  };
  const listeners = () => (live.redirects() ? [http(), https] : [http()]);
  const group = () => ({
    TargetGroupArn: balancer.group,
    TargetGroupName: balancer.groupName,
    Protocol: 'HTTP',
    Port: 3000,
    VpcId: vpc,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: '/health',
    HealthCheckEnabled: true,
    TargetType: 'instance',
    LoadBalancerArns: { member: [balancer.arn] },
  });

  return {
    name: 'elasticloadbalancing',
    protocol: 'query',
    actions: {
      DescribeLoadBalancers: {
        run: (input) => ({
          LoadBalancers: {
            member: chosen(standing(loadBalancer()), 'LoadBalancerNotFound', [
              [textsOf(input, 'LoadBalancerArns'), ({ LoadBalancerArn }) => LoadBalancerArn],
              [textsOf(input, 'Names'), ({ LoadBalancerName }) => LoadBalancerName],
            ]),
          },
        }),
      },
      DescribeListeners: {
        run: (input) => ({
          Listeners: {
            member: chosen(built() ? listeners() : [], 'LoadBalancerNotFound', [
              [one(input, 'LoadBalancerArn'), ({ LoadBalancerArn }) => LoadBalancerArn],
              [textsOf(input, 'ListenerArns'), ({ ListenerArn }) => ListenerArn],
            ]),
          },
        }),
      },
      DescribeTargetGroups: {
        run: (input) => ({
          TargetGroups: {
            member: chosen(standing(group()), 'TargetGroupNotFound', [
              [one(input, 'LoadBalancerArn'), () => balancer.arn],
              [textsOf(input, 'TargetGroupArns'), ({ TargetGroupArn }) => TargetGroupArn],
              [textsOf(input, 'Names'), ({ TargetGroupName }) => TargetGroupName],
            ]),
          },
        }),
      },
      DescribeTargetHealth: {
        run(input) {
          chosen(standing(group()), 'TargetGroupNotFound', [
            [[textOf(input, 'TargetGroupArn')], ({ TargetGroupArn }) => TargetGroupArn],
          ]);
          return {
            TargetHealthDescriptions: {
              member: [
                {
                  Target: { Id: backendInstance, Port: 3000 },
                  HealthCheckPort: '3000',
                  TargetHealth: live.target(),
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
          const known: string[] = built() ? [balancer.arn, balancer.group, ...untagged] : [];
          const absent = arns.find((arn) => !known.includes(arn));
          if (absent !== undefined) throw new AwsError('LoadBalancerNotFound', `'${absent}' was not found`);
          return {
            TagDescriptions: {
              member: arns.map((ResourceArn) => ({
                ResourceArn,
                Tags: { member: untagged.includes(ResourceArn) ? [] : tagList(balancer.tags) },
              })),
            },
          };
        },
      },
    },
  };
}

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
