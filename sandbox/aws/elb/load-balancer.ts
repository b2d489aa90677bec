import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { Certificates } from '../../certificates.ts';
import type { Machine } from '../../interfaces.ts';
import type { World, WorldService } from '../../worlds/world.ts';
import type { Instances } from '../ec2/instances.ts';
import { checkTarget, type TargetState, unusedTarget } from './target-health.ts';

export interface LoadBalancer {
  /** Where it listens for plain HTTP on 127.0.0.1. */
  port: number;
  target(service: string): TargetState;
  /** From now on plain HTTP is redirected to HTTPS, as where there is a certificate. */
  redirect(): void;
  redirects(): boolean;
  /** Checks its targets now rather than at the next interval. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface LoadBalancerOptions {
  world: Pick<World, 'host' | 'services' | 'loadBalancer'>;
  machine: Machine;
  instances: Instances;
  /** Its HTTPS listener, where it really has one. */
  https?: { port: number; certificates: Certificates } | undefined;
  exists(): boolean;
}

const intervalMs = 1_500;
// Consecutive failures before a new target counts as unhealthy: it is given a moment to start.
const failuresAtStart = 3;

const initial: TargetState = {
  State: 'initial',
  Reason: 'Elb.InitialHealthChecking',
  Description: 'Initial health checks in progress',
};

interface Target {
  service: WorldService;
  state: TargetState;
  failures: number;
}

/** The load balancer: a real proxy on loopback ports, with health checks of its own. */
export async function startLoadBalancer(options: LoadBalancerOptions): Promise<LoadBalancer> {
  const { world, machine, instances, https, exists } = options;
  const targets: Target[] = world.services.map((service) => ({ service, state: initial, failures: 0 }));
  let redirects = world.loadBalancer.https;

  async function checkOne(target: Target): Promise<void> {
    const state = instances.all().find(({ id }) => id === world.host)?.state;
    if (state !== 'running') {
      target.failures = 0;
      target.state = unusedTarget(state);
      return;
    }
    if (target.state.State === 'unused') target.state = initial;
    const found = await checkTarget(machine.portOf(target.service.name));
    target.failures = found.State === 'healthy' ? 0 : target.failures + 1;
    const isConclusive = target.failures === 0 || target.failures >= failuresAtStart;
    if (target.state.State !== 'initial' || isConclusive) target.state = found;
  }

  /** By the listener's host rules; the first service is the default where none of them is for the host. */
  function targetOf({ headers }: IncomingMessage): Target | undefined {
    const host = headers.host?.replace(/:\d+$/, '') ?? '';
    return targets.find(({ service }) => service.hosts?.includes(host)) ?? targets[0];
  }

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const target = targetOf(request);
    if (target?.state.State === 'healthy' && exists())
      pass(request, response, machine.portOf(target.service.name));
    else refuse(response, 503, 'Service Temporarily Unavailable');
  }

  const plain = createServer((request, response) => {
    if (redirects && exists()) redirectToHttps(request, response);
    else forward(request, response);
  });
  const servers = [await listen(plain, 0)];
  if (https) {
    const { cert, key } = https.certificates;
    servers.push(await listen(createTlsServer({ cert, key }, forward), https.port));
  }
  // One check at a time, or a slow one would overwrite what a later one saw.
  let checking: Promise<unknown> | undefined;
  async function check(): Promise<void> {
    checking ??= Promise.all(targets.map(checkOne)).finally(() => {
      checking = undefined;
    });
    await checking;
  }
  const timer = setInterval(() => void check(), intervalMs);

  return {
    port: (plain.address() as AddressInfo).port,
    target: (name) => targets.find(({ service }) => service.name === name)?.state ?? initial,
    redirect() {
      redirects = true;
    },
    redirects: () => redirects,
    check,
    async close() {
      clearInterval(timer);
      await Promise.all(servers.map(closeServer));
    },
  };
}

type WebServer = Server & { closeAllConnections(): void };

function listen<T extends WebServer>(server: T, port: number): Promise<T> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

const closeServer = (server: WebServer) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

function pass(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { url: path, method, headers } = request;
  const onward = ask({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, 'Bad Gateway');
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

function redirectToHttps({ headers, url: path }: IncomingMessage, response: ServerResponse): void {
  const host = headers.host?.replace(/:\d+$/, '');
  response.setHeader('location', `https://${host}:443${path}`);
  refuse(response, 301, 'Moved Permanently');
}

const refuse = (response: ServerResponse, status: number, reason: string) =>
  response
    .writeHead(status, { 'content-type': 'text/html', server: 'awselb/2.0' })
    .end(`<html><body><h1>${status} ${reason}</h1></body></html>`);
