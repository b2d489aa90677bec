import type { PlaceRelease } from '../instance/release.ts';
import type { Machine } from '../interfaces.ts';

type Tags = Readonly<Record<string, string>>;

export interface WorldInstance {
  id: string;
  type: string;
  privateIp: string;
  tags: Tags;
}

/** A service on the host, as AWS and the host know it. */
export interface WorldService {
  name: string;
  /** Where AWS is told that it listens; on the sandbox's host it listens on a free port. */
  port: number;
  /** Puts its release on the host. */
  place: PlaceRelease;
  targetGroup: { name: string; arn: string };
  /** The load balancer's host rule: the hosts whose requests go to this service. Without one it is the default. */
  hosts?: readonly string[];
  logGroup: string;
}

export interface WorldUser {
  /** Of who signs in with an identity provider: `Google_1043…`. Others have their sub, a UUID. */
  username?: string;
  email: string;
  groups: readonly string[];
  daysAgo: number;
  status?: 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD' | 'EXTERNAL_PROVIDER';
  attributes?: Readonly<Record<string, string>>;
}

/** What a log stream of the host is called. */
export type LogSource = 'out' | 'err' | 'boot';

/** An account and its dev environment before anything has happened in it. */
export interface World {
  instances: readonly WorldInstance[];
  /** The id of the instance that runs the services and the SSM documents. */
  host: string;
  /** The host's PM2 homes, below its root folder. The services run in the one that `runsIn` names. */
  pm2: {
    root: string;
    app: string;
    runsIn: 'root' | 'app';
  };
  services: readonly WorldService[];
  database: { id: string; resourceId: string; class: string; endpoint: string; arn: string; tags: Tags };
  natGateway: { id: string; tags: Tags };
  endpoints: readonly { id: string; service: string; tags: Tags }[];
  loadBalancer: {
    name: string;
    arn: string;
    httpListener: string;
    httpsListener: string;
    /** Plain HTTP is redirected, and the hosts of the services are served over HTTPS. */
    https: boolean;
    tags: Tags;
  };
  pool: {
    id: string;
    name: string;
    /** `hidesUsers`: to it, who does not exist and a wrong password look alike (PreventUserExistenceErrors). */
    client: { id: string; name: string; hidesUsers: boolean };
    tags: Tags;
    groups: readonly string[];
    /** Capitals tell users apart. */
    caseSensitive: boolean;
    /** Standard attributes that a user must have before they can sign in, besides the email. */
    required: readonly string[];
    /** Of a password; all four classes are asked for besides. */
    minimumLength: number;
    /** Attributes of its own, with the lengths that they may have. */
    customAttributes: readonly { name: string; min: number; max: number }[];
    users: readonly WorldUser[];
  };
  alarms: readonly {
    name: string;
    metric: string;
    namespace: string;
    dimension: { Name: string; Value: string };
    threshold: number;
  }[];
  logs: {
    streamOf(instance: string, service: string, source: LogSource): string;
    /** A line of a service as its process writes it, from backend-api's own JSON line. */
    format(line: string, at: Date): string;
    /** What the boot's log ends with. */
    boot: readonly string[];
  };
  /** Roles that the account's callers may take: the bot, and people in a terminal. */
  assumableRoles: readonly string[];
  /** Its parts of d2.yaml. */
  configuration(running: RunningWorld): { environment: object; services: object };
}

/** What of a world is known only once it runs. */
export interface RunningWorld {
  machine: Pick<Machine, 'homes' | 'appRoot'>;
  /** Services' public addresses, where they have one. */
  urls: Readonly<Record<string, string>>;
}
