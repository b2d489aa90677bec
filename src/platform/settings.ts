/** What `d2.yaml` says of one environment: defaults filled in, `{env}` replaced. */
export interface EnvironmentSettings {
  name: string;
  /** The value of its `Project` tags. */
  project: string;
  region: string;
  /** Changes need a second person, and it is never stopped. */
  protected: boolean;
  /** The account that its calls must reach; not checked where absent. */
  account: string | undefined;
  /** The role that is taken for its calls; the bot's own credentials where absent. */
  assume: string | undefined;
  /** How its names begin where AWS shows no tags: its own prefix, `<project>-<env>`. */
  prefixes: readonly string[];
  /** How the names of its databases begin. */
  databasePrefix: string;
  pm2: {
    /** `bin` is the folder of node and pm2, where they are on nobody’s PATH. */
    homes: readonly { home: string; user: string; bin?: string | undefined }[];
    /** `<apps>/<service>/current` is a service's release. */
    apps: string;
    /** The log folder below `<apps>/<service>`; PM2's own paths where absent. */
    logs: string | undefined;
  };
  cognito: {
    /** Id or name; found by tag, by prefix, or by its Project and Environment tags where absent. */
    pool: string | undefined;
    /** What tells its pool. */
    tag: { key: string; value: string } | undefined;
    client: string | undefined;
    /** Where a user's role is kept. */
    roles: 'group' | 'attribute' | 'both';
    attribute: string;
  };
  /** How its alarms' names begin; by its prefixes and by what they watch where absent. */
  alarmPrefix: string | undefined;
  /** The services of `d2.yaml`: changes touch no others. */
  services: readonly ServiceSettings[];
  /** The bot's own instance, if it runs on one: plans that include it are refused. */
  selfInstance: string | undefined;
  /** Where `d2.yaml` says a thing, for errors at the first use: `d2.yaml:31 environments.dev.cognito.pool`. */
  where(path: string): string;
}

export interface ServiceSettings {
  name: string;
  /** What tells its instances. */
  tag: { key: string; value: string };
  /** Its process in PM2. */
  pm2: string;
  /** PM2's own entry tells it where absent. */
  port: number | undefined;
  /** The path that is asked: `/health`. */
  health: string;
  /** The path that says whether it can serve, its database included: `/health/ready`. */
  ready: string;
  /** Whether it needs the environment's database. */
  usesDatabase: boolean;
  /** Asked instead of the balancer's own name. */
  url: string | undefined;
  logGroup: string | undefined;
  /** The word in a log stream's name that tells what it holds. */
  streams: { out: string; err: string } | undefined;
}
