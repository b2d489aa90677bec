import {
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  type LoadBalancer,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../platform/call.ts';
import type { Balancer, Network, TargetHealth } from '../platform/network.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { read, readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { belongsTo, isNamedFor } from './tags.ts';

/** An environment's ALBs, by their tags, or by name where they have none (guide 5.5). */
export function createBalancers({
  clients: { elb },
  settings: { project, name: env, prefixes },
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Network['listBalancers'] {
  async function listOwn(call: Call): Promise<LoadBalancer[]> {
    const all = await readAll(
      elb,
      paginateDescribeLoadBalancers,
      {},
      ({ LoadBalancers }) => LoadBalancers,
      call,
    );
    const named = (one: LoadBalancer) => isNamedFor(one.LoadBalancerName ?? '', prefixes);
    const tagged = await listTagged(
      all.filter((one) => !named(one)).map(({ LoadBalancerArn = '' }) => LoadBalancerArn),
      call,
    );
    return all.filter((one) => named(one) || tagged.has(one.LoadBalancerArn ?? ''));
  }

  async function listTagged(arns: readonly string[], call: Call): Promise<Set<string>> {
    // DescribeTags takes 20 at a time.
    const batches = Array.from({ length: Math.ceil(arns.length / 20) }, (_, at) =>
      arns.slice(at * 20, at * 20 + 20),
    );
    const answers = await Promise.all(
      batches.map((ResourceArns) => read(elb, new DescribeTagsCommand({ ResourceArns }), call)),
    );
    return new Set(
      answers
        .flatMap(({ TagDescriptions = [] }) => TagDescriptions)
        .filter(({ Tags }) => belongsTo(Tags, project, env))
        .map(({ ResourceArn = '' }) => ResourceArn),
    );
  }

  async function findUrl(balancer: LoadBalancer, call: Call): Promise<string | undefined> {
    const { LoadBalancerArn } = balancer;
    const listeners = await readAll(
      elb,
      paginateDescribeListeners,
      { LoadBalancerArn },
      ({ Listeners }) => Listeners,
      call,
    );
    // By its own name no certificate holds. One that only redirects tells at least where to.
    const plain = listeners.filter(({ Protocol }) => Protocol === 'HTTP');
    const listener = plain.find(({ DefaultActions }) => DefaultActions?.[0]?.Type !== 'redirect') ?? plain[0];
    if (!listener || !balancer.DNSName) return undefined;
    return `http://${balancer.DNSName}${listener.Port === 80 ? '' : `:${listener.Port}`}`;
  }

  async function listTargets({ LoadBalancerArn }: LoadBalancer, call: Call): Promise<TargetHealth[]> {
    const groups = await readAll(
      elb,
      paginateDescribeTargetGroups,
      { LoadBalancerArn },
      ({ TargetGroups }) => TargetGroups,
      call,
    );
    const answers = await Promise.all(
      groups.map(({ TargetGroupArn }) =>
        read(elb, new DescribeTargetHealthCommand({ TargetGroupArn }), call),
      ),
    );
    return answers
      .flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions)
      .map(({ Target, TargetHealth }) => ({
        id: Target?.Id ?? '',
        port: Target?.Port,
        state: TargetHealth?.State ?? 'unknown',
        reason: TargetHealth?.Description ?? TargetHealth?.Reason,
      }));
  }

  return async (call) => {
    const balancers = await listOwn(call);
    return Promise.all(
      balancers.map(async (balancer): Promise<Balancer> => {
        const [url, targets] = await Promise.all([findUrl(balancer, call), listTargets(balancer, call)]);
        return {
          name: balancer.LoadBalancerName ?? '',
          state: balancer.State?.Code ?? 'unknown',
          url,
          targets,
        };
      }),
    );
  };
}
