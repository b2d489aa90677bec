import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Machine } from '../parts.ts';
import type { Fleet } from './power.ts';
import type { Service } from './service.ts';
import { backendInstance, balancer, instances, subnets, tagList, vpc } from './world.ts';

export type TargetState = { State: string; Reason?: string; Description?: string };

const everyMs = 1_500;

/** The load balancer: a real proxy on a loopback port, with health checks of its own. DNS name and port are its listener's. */
export async function startBalancer(machine: Machine, fleet: Fleet, built: () => boolean) {
  let target: TargetState = {
    State: 'initial',
    Reason: 'Elb.InitialHealthChecking',
    Description: 'Initial health checks in progress',
  };

  const check = () =>
    new Promise<TargetState>((resolve) => {
      const call = ask(
        { host: '127.0.0.1', port: machine.port, path: '/health', timeout: 1_000, agent: false },
        (response) => {
          response.resume();
          resolve(
            response.statusCode === 200
              ? { State: 'healthy' }
              : {
                  State: 'unhealthy',
                  Reason: 'Target.ResponseCodeMismatch',
                  Description: `Health checks failed with these codes: [${response.statusCode}]`,
                },
          );
        },
      );
      const failed = () =>
        resolve({
          State: 'unhealthy',
          Reason: 'Target.FailedHealthChecks',
          Description: 'Health checks failed',
        });
      call.on('error', failed);
      call.on('timeout', () => call.destroy());
      call.end();
    });

  async function look(): Promise<void> {
    const instance = fleet.all().find(({ id }) => id === backendInstance);
    if (instance?.state !== 'running') {
      target = {
        State: 'unused',
        Reason: 'Target.InvalidState',
        Description: 'Target is in the stopped state',
      };
      return;
    }
    target = await check();
  }

  const server = createServer((request, response) => {
    if (target.State !== 'healthy' || !built()) {
      response
        .writeHead(503, { 'content-type': 'text/html', server: 'awselb/2.0' })
        .end('<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>');
      return;
    }
    const onward = ask(
      {
        host: '127.0.0.1',
        port: machine.port,
        path: request.url,
        method: request.method,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const timer = setInterval(() => void look(), everyMs);
  void look();

  const service: Service = {
    name: 'elasticloadbalancing',
    protocol: 'query',
    actions: {
      DescribeLoadBalancers: {
        run: () => ({
          LoadBalancers: {
            member: built()
              ? [
                  {
                    LoadBalancerArn: balancer.arn,
                    LoadBalancerName: balancer.name,
                    DNSName: '127.0.0.1',
                    Scheme: 'internet-facing',
                    Type: 'application',
                    VpcId: vpc,
                    State: { Code: 'active' },
                    AvailabilityZones: { member: subnets.map((SubnetId) => ({ SubnetId })) },
                  },
                ]
              : [],
          },
        }),
      },
      DescribeListeners: {
        run: () => ({
          Listeners: {
            member: [
              { ListenerArn: balancer.listener, LoadBalancerArn: balancer.arn, Port: port, Protocol: 'HTTP' },
            ],
          },
        }),
      },
      DescribeTargetGroups: {
        run: () => ({
          TargetGroups: {
            member: [
              {
                TargetGroupArn: balancer.group,
                TargetGroupName: balancer.groupName,
                Protocol: 'HTTP',
                Port: 3000,
                VpcId: vpc,
                HealthCheckPath: '/health',
                TargetType: 'instance',
                LoadBalancerArns: { member: [balancer.arn] },
              },
            ],
          },
        }),
      },
      DescribeTargetHealth: {
        run: () => ({
          TargetHealthDescriptions: {
            member: [{ Target: { Id: instances[0].id, Port: 3000 }, TargetHealth: target }],
          },
        }),
      },
      DescribeTags: {
        run: () => ({
          TagDescriptions: {
            member: [{ ResourceArn: balancer.arn, Tags: { member: tagList(balancer.tags) } }],
          },
        }),
      },
    },
  };

  return {
    service,
    target: () => target,
    look,
    close: () =>
      new Promise<void>((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
