import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { has } from '../needs.ts';

export const userData = join(import.meta.dirname, '../../infra/terraform/modules/user-data/user-data.sh');
const standIns = join(import.meta.dirname, 'stand-ins.sh');

// What the script may count on before it has installed anything, jq being the real one for its stand-in's sake.
const tools = [
  'basename bash cat chmod cp dirname env find grep gzip install jq ln mkdir mktemp mv readlink rm sed sha256sum',
  'sleep sort tar touch',
]
  .join(' ')
  .split(' ');

const succeeds = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
// The script is for Amazon Linux: it counts on GNU's tools and bash 5.
export const canRun =
  has('jq', succeeds('jq', '--version')) &&
  has('bash 5 with GNU tools', succeeds('bash', '-c', '((BASH_VERSINFO[0] >= 5)) && sort --version'));

const defaults = {
  REGION: 'ap-southeast-1',
  SERVICE: 'backend-api',
  LOG_GROUP: '/aws/ec2/dev-d2-ride-booking-backend',
  APPLICATION: 'yes',
  NODE_MAJOR: '20',
  PM2_VERSION: '7.0.4',
  SSM_AGENT_VERSION: '3.3.2746.0',
  PORT: '3000',
  HEALTH_PATH: '/health',
  ARTIFACT_BUCKET: '',
  CURRENT: 'current/dev/backend-api',
  NEWEST: 'yes',
  RELEASE: '',
  SETTINGS: 'PORT=3000\n',
  DATABASE_IDENTIFIER: '',
  MIGRATE: 'no',
  METRICS: 'no',
};

interface Boot {
  code: number;
  /** Standard output and error together, as cloud-init keeps them. */
  said: string;
  /** What was asked of the stand-ins, without looks at versions and states. */
  asked: string[];
}

/** An Amazon Linux machine as it is before its first boot: a folder as root, and stand-ins for what manages a system. */
export function createMachine(values: Partial<typeof defaults> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'd2u-'));
  const root = join(folder, 'root');
  const at = (...path: string[]) => join(folder, ...path);
  for (const part of ['root', 'bin', 'packages', 'versions', 'broken', 'real', 'tools', 'buckets'])
    mkdirSync(at(part));
  cpSync(standIns, at('stand-ins.sh'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const bringStandIn = (name: string) => symlinkSync(at('stand-ins.sh'), at('bin', name));
  for (const name of ['dnf', 'rpm', 'systemctl', 'alternatives', 'curl', 'pm2-of-the-test']) {
    bringStandIn(name);
  }
  for (const name of tools) symlinkSync(findProgram(name), at('tools', name));
  // What the image brings.
  write('packages/amazon-ssm-agent', '3.3.987.0');
  write('versions/amazon-ssm-agent-newest', '3.3.3050.0');
  write('versions/npm', '10.8.2\n');
  write('databases.json', '{"DBInstances": []}');

  const settings = Object.entries({ ...defaults, ...values });
  const quoted = settings.map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`).join('');
  const script = `#!/bin/bash\n${quoted}${readFileSync(userData, 'utf8')}`;
  write('part-001', script);
  chmodSync(at('part-001'), 0o755);

  function run(file: string): Promise<Boot> {
    write('calls', '');
    const env = { PATH: `${at('bin')}:${at('tools')}`, D2_ROOT: root, D2_TRIES: '3', D2_PAUSE: '0' };
    return new Promise((resolve) => {
      // cloud-init sets no HOME.
      execFile('bash', ['-c', '"$0" 2>&1', file], { cwd: '/', env, maxBuffer: 2 ** 24 }, (error, said) => {
        const looks = /^(rpm|node|npm --version|aws --version|mysql|amazon-cloudwatch-agent-ctl -a status)/;
        const asked = readFileSync(at('calls'), 'utf8').split('\n');
        const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        resolve({ code, said, asked: asked.filter((call) => call !== '' && !looks.test(call)) });
      });
    });
  }

  return {
    folder,
    root,
    script,
    write,
    bringStandIn,
    /** Has this command, or only one of its verbs (`npm install`), fail so often, from now on. */
    break: (command: string, times = 1_000) => write(`broken/${command}`, `${times}`),
    mend: (command: string) => rmSync(at('broken', command)),
    /** The real program in place of a stand-in, from now on or once it is installed. */
    bringReal(name: string, path: string): void {
      const there = existsSync(at('bin', name));
      if (there) rmSync(at('bin', name));
      symlinkSync(path, at(there ? 'bin' : 'real', name));
    },
    /** Ends what systemd started, as a shutdown does. */
    shutDown: () => rmSync(at('active'), { recursive: true }),
    boot: () => run(at('part-001')),
    /** Every later boot runs what the first one kept. */
    bootAgain: () => run(join(root, 'var/lib/cloud/scripts/per-boot/d2-user-data')),
    read: (path: string) => readFileSync(join(root, path), 'utf8'),
    has: (path: string) => existsSync(join(root, path)),
    readFile: (path: string) => readFileSync(at(path), 'utf8'),
    /** Every file below the root with its mode, time and content. */
    tree: () => listTree(root),
    close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export type Machine = ReturnType<typeof createMachine>;

export function findProgram(name: string): string {
  const folder = (process.env.PATH ?? '').split(':').find((path) => existsSync(join(path, name)));
  if (!folder) throw new Error(`${name} is not on the PATH`);
  return join(folder, name);
}

function listTree(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = lstatSync(join(folder, path));
    if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(folder, path))}`;
    if (stat.isFile()) {
      found[path] = `${(stat.mode & 0o777).toString(8)} ${readFileSync(join(folder, path), 'utf8')}`;
    }
  }
  return found;
}
