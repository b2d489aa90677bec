export interface Parameter {
  description: string;
  /** Anchored, and free of look-around: Java matches it at the API, Go on the agent. */
  allowedPattern: string;
  default?: string;
}

export interface Verb {
  /** The document is `d2-<name>`, its program `source/<name>.ts`. */
  name: string;
  description: string;
  parameters: Readonly<Record<string, Parameter>>;
  /** Longer than the longest wait inside the program. */
  timeoutSeconds: number;
}

const word = '[A-Za-z0-9_]+((\\.|-+)[A-Za-z0-9_]+){0,12}';
const path = `^(/\\.?${word}){1,16}$`;

const rootHome = { description: "PM2 home of root's PM2", allowedPattern: path, default: '/root/.pm2' };
const appHome = {
  description: "PM2 home of the application user's PM2",
  allowedPattern: path,
  default: '/home/ec2-user/.pm2',
};
const homes = { rootHome, appHome };
const service = { description: "Process name, exactly as in PM2's list", allowedPattern: `^${word}$` };
const appRoot = {
  description: 'Folder of the services: <appRoot>/<service>/current is a release',
  allowedPattern: path,
  default: '/opt/apps',
};
const save = {
  description: 'Whether PM2 saves its list afterwards; no, when the instance is about to stop',
  allowedPattern: '^(yes|no)$',
  default: 'yes',
};
const stream = { description: 'Which of the two log files', allowedPattern: '^(out|err)$', default: 'out' };
const lines = {
  description: 'How many of the newest lines, 1 to 500',
  allowedPattern: '^([1-9][0-9]?|[1-4][0-9][0-9]|500)$',
  default: '50',
};

export const verbs: readonly Verb[] = [
  {
    name: 'health',
    description: 'GET /health of a service on the port that PM2 gave it',
    parameters: { service, ...homes },
    timeoutSeconds: 30,
  },
  { name: 'pm2-list', description: "Both PM2s' processes", parameters: homes, timeoutSeconds: 30 },
  {
    name: 'pm2-restart',
    description: 'Restart a service and save the list',
    parameters: { service, ...homes },
    timeoutSeconds: 90,
  },
  {
    name: 'pm2-reload',
    description: 'Reload a service without losing a request and save the list',
    parameters: { service, ...homes },
    timeoutSeconds: 120,
  },
  {
    name: 'pm2-stop',
    description: 'Stop a service gracefully',
    parameters: { service, save, ...homes },
    timeoutSeconds: 60,
  },
  {
    name: 'pm2-start',
    description: 'Start a service and save the list; one that PM2 does not know comes from its release',
    parameters: { service, appRoot, ...homes },
    timeoutSeconds: 90,
  },
  {
    name: 'pm2-save',
    description: "Save both PM2s' lists, which come back at boot",
    parameters: homes,
    timeoutSeconds: 45,
  },
  {
    name: 'pm2-flush',
    description: "Empty a service's log files",
    parameters: { service, ...homes },
    timeoutSeconds: 45,
  },
  {
    name: 'pm2-logs',
    description: "The newest lines of a service's log file",
    parameters: { service, stream, lines, ...homes },
    timeoutSeconds: 30,
  },
];
