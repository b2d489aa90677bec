import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Machine } from '../../interfaces.ts';
import type { Fleet } from '../ec2/instances.ts';
import { backendInstance } from '../world.ts';

export type TargetState = { State: string; Reason?: string; Description?: string };

export interface Balancer {
  /** Where it listens on 127.0.0.1. */
  port: number;
  target(): TargetState;
  /** It has a certificate from now on: who comes by plain HTTP is sent to HTTPS. */
  redirect(): void;
  redirects(): boolean;
  /** Looks at its target now rather than at its next turn. */
  look(): Promise<void>;
  close(): Promise<void>;
}

const everyMs = 1_500;
// Consecutive failures before a target that is new counts as unhealthy: it is given a moment to start.
const patience = 3;

const initial: TargetState = {
  State: 'initial',
  Reason: 'Elb.InitialHealthChecking',
  Description: 'Initial health checks in progress',
};

/** The load balancer: a real proxy on a loopback port, with health checks of its own. */
export async function startBalancer(machine: Machine, fleet: Fleet, built: () => boolean): Promise<Balancer> {
  let target: TargetState = initial;
  let failures = 0;
  let redirects = false;

  async function look(): Promise<void> {
    const state = fleet.all().find(({ id }) => id === backendInstance)?.state;
    if (state !== 'running') {
      failures = 0;
      target = unused(state);
      return;
    }
    if (target.State === 'unused') target = initial;
    const found = await check(machine.port);
    failures = found.State === 'healthy' ? 0 : failures + 1;
    if (target.State !== 'initial' || failures === 0 || failures >= patience) target = found;
  }

  const server = createServer((request, response) => {
    if (redirects && built()) return send(request, response);
    if (target.State === 'healthy' && built()) return pass(request, response, machine.port);
    refuse(response, 503, 'Service Temporarily Unavailable');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // One look at a time, or a slow one would overwrite what a later one saw.
  let looking: Promise<void> | undefined;
  const turn = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const timer = setInterval(() => void turn(), everyMs);

  return {
    port: (server.address() as AddressInfo).port,
    target: () => target,
    redirect() {
      redirects = true;
    },
    redirects: () => redirects,
    look: turn,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const unused = (state: string | undefined): TargetState => ({
  State: 'unused',
  Reason: 'Target.InvalidState',
  Description: `Target is in the ${state === 'terminated' ? 'terminated' : 'stopped'} state`,
});

function check(port: number): Promise<TargetState> {
  return new Promise((resolve) => {
    const call = ask(
      { host: '127.0.0.1', port, path: '/health', timeout: 1_000, agent: false },
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
    const failed = (Reason: string, Description: string) =>
      resolve({ State: 'unhealthy', Reason, Description });
    call.on('error', () => failed('Target.FailedHealthChecks', 'Health checks failed'));
    call.on('timeout', () => {
      failed('Target.Timeout', 'Request timed out');
      call.destroy();
    });
    call.end();
  });
}

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

function send({ headers, url: path }: IncomingMessage, response: ServerResponse): void {
  const host = headers.host?.replace(/:\d+$/, '');
  response.setHeader('location', `https://${host}:443${path}`);
  refuse(response, 301, 'Moved Permanently');
}

const refuse = (response: ServerResponse, status: number, words: string) =>
  response
    .writeHead(status, { 'content-type': 'text/html', server: 'awselb/2.0' })
    .end(`<html><body><h1>${status} ${words}</h1></body></html>`);
