import type { Call } from './call.ts';

export interface NatGateway {
  id: string;
  state: string;
}

export interface Endpoint {
  id: string;
  /** `ssm`, `ssmmessages` … the last word of the AWS service name. */
  service: string;
  state: string;
  /** Subnets it stands in: each is paid for. */
  zones: number;
}

export interface TargetHealth {
  id: string;
  port: number | undefined;
  /** healthy, unhealthy, initial, unused, draining. */
  state: string;
  reason: string | undefined;
}

export interface Balancer {
  name: string;
  state: string;
  /** `http://<dns>:<port>` of its first listener that serves plain HTTP. */
  url: string | undefined;
  targets: TargetHealth[];
}

export interface Network {
  listNatGateways(call: Call): Promise<NatGateway[]>;
  listEndpoints(call: Call): Promise<Endpoint[]>;
  listBalancers(call: Call): Promise<Balancer[]>;
  /** GET of the whole address, following no redirect; a refusal or a timeout is an answer too. */
  checkHealth(url: string, call: Call): Promise<HttpHealth>;
}

export interface HttpHealth {
  status: number | undefined;
  latencyMs: number;
  body: string;
  /** Why there is no status: `refused`, `timed out`. */
  error: string | undefined;
  /** Where a redirect leads to. */
  location?: string;
}
