/** What `d2.yaml` says of environments, as far as commands need it. */
export interface Settings {
  region: string;
  timezone: string;
  protectedEnvironments: readonly string[];
  /** The services of `d2.yaml`: changes touch no others. */
  services: readonly string[];
  logGroup(service: string, env: string): string | undefined;
  /** The PM2 process name of a service; the name itself unless configured. */
  pm2Name(service: string): string;
  /** The bot's own instance, if it runs on one: plans that include it are refused. */
  selfInstance: string | undefined;
}
