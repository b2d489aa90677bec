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
const path = `(/\\.?${word}){1,32}`;
const home = `${path}=[A-Za-z_][A-Za-z0-9_.-]{0,31}(=${path})?`;

const homes = {
  description:
    'PM2 homes, each with the user who owns it, and the folder of its node and pm2 where they are on no PATH: <home>=<user>,<home>=<user>=<folder>',
  allowedPattern: `^${home}(,${home})*$`,
  default: '/root/.pm2=root,/home/ec2-user/.pm2=ec2-user',
};
const service = { description: "Process name, exactly as in PM2's list", allowedPattern: `^${word}$` };
const meant = {
  description: 'The PM2 home whose copy of the service is meant; any for the one that runs it',
  allowedPattern: `^(any|${path})$`,
  default: 'any',
};
const services = {
  description: 'Names of the processes that are left out last where the list is too long',
  allowedPattern: `^${word}(,${word})*$`,
  default: 'none',
};
const port = {
  description: "Port on 127.0.0.1; pm2 for the one in PM2's own entry",
  allowedPattern:
    '^(pm2|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
  default: 'pm2',
};
const healthPath = { description: 'Path that is asked', allowedPattern: `^${path}$`, default: '/health' };
const folder = {
  description: 'Folder of the service, such as /opt/apps/backend-api: <folder>/current is its release',
  allowedPattern: `^${path}$`,
};
const logs = {
  description: "Log folder of a service that is not in PM2's list; none where there is no such folder",
  allowedPattern: `^(none|${path})$`,
  default: 'none',
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
    description: "GET a service's health on its own port",
    parameters: { service, port, path: healthPath, homes },
    timeoutSeconds: 30,
  },
  {
    name: 'pm2-list',
    description: "Every PM2 home's processes",
    parameters: { services, homes },
    timeoutSeconds: 75,
  },
  {
    name: 'pm2-restart',
    description: 'Restart a service and save the list',
    parameters: { service, home: meant, homes },
    timeoutSeconds: 90,
  },
  {
    name: 'pm2-reload',
    description: 'Reload a service without losing a request and save the list',
    parameters: { service, home: meant, homes },
    timeoutSeconds: 120,
  },
  {
    name: 'pm2-stop',
    description: 'Stop a service gracefully',
    parameters: { service, save, home: meant, homes },
    timeoutSeconds: 60,
  },
  {
    name: 'pm2-start',
    description: 'Start a service and save the list; one that PM2 does not know comes from its release',
    parameters: { service, folder, home: meant, homes },
    timeoutSeconds: 90,
  },
  {
    name: 'pm2-save',
    description: "Save every PM2 home's list, which comes back at boot",
    parameters: { homes },
    timeoutSeconds: 45,
  },
  {
    name: 'pm2-flush',
    description: "Empty a service's log files",
    parameters: { service, home: meant, homes },
    timeoutSeconds: 45,
  },
  {
    name: 'pm2-logs',
    description: "The newest lines of a service's log file",
    parameters: { service, stream, lines, logs, homes },
    timeoutSeconds: 30,
  },
];
