import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyBackend, type PlaceRelease, type Release } from './release.ts';

const id = '20260128-120000';
const version = '1.0.0';
const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The real backend-api, laid out and started as the existing world's team does. */
export const placeBackendApi: PlaceRelease = async ({ backend, appRoot, settings }) => {
  const release = join(appRoot, 'backend-api/releases', id);
  await copyBackend(backend, release, ['dist']);
  // The release's own package.json is CommonJS, for the ecosystem file.
  await writeFile(join(release, 'dist/package.json'), JSON.stringify({ type: 'module', version }));
  return finish({ name: 'backend-api', appRoot, script: 'dist/main.js', settings });
};

/** The stand-in for web-driver. */
export const placeWebDriver: PlaceRelease = async ({ appRoot, settings }) => {
  const release = join(appRoot, 'web-driver/releases', id);
  await mkdir(release, { recursive: true });
  await cp(fileOf('web-driver.mjs'), join(release, 'server.mjs'));
  const { PORT = '', HOST = '' } = settings;
  return finish({ name: 'web-driver', appRoot, script: 'server.mjs', settings: { PORT, HOST } });
};

interface Unfinished {
  name: string;
  appRoot: string;
  script: string;
  settings: Readonly<Record<string, string>>;
}

/** What every release of theirs has: an ecosystem file, shared logs, a `current` link, and no .env. */
async function finish({ name, appRoot, script, settings }: Unfinished): Promise<Release> {
  const service = join(appRoot, name);
  const release = join(service, 'releases', id);
  const logs = join(service, 'shared/logs');
  await mkdir(logs, { recursive: true });
  for (const file of ['nest-log.mjs', 'nest-log-preload.mjs']) await cp(fileOf(file), join(release, file));
  await writeFile(join(release, 'package.json'), JSON.stringify({ name, version, private: true }));
  await writeFile(join(release, 'ecosystem.config.js'), ecosystemOf(name, script));
  await symlink(join('releases', id), join(service, 'current'));
  return {
    ecosystem: join(service, 'current/ecosystem.config.js'),
    environment: { NODE_ENV: 'production', ...settings, PM2_LOG_DIR: logs },
    logs,
  };
}

const ecosystemOf = (name: string, script: string): string => `const { join } = require('node:path');

const logs = process.env.PM2_LOG_DIR;

module.exports = {
  apps: [
    {
      name: '${name}',
      cwd: join(__dirname, '../../current'),
      script: '${script}',
      node_args: ['--import', './nest-log-preload.mjs'],
      exec_mode: 'fork',
      instances: 1,
      max_memory_restart: '300M',
      merge_logs: true,
      log_date_format: 'YYYY-MM-DD HH:mm:ss.SSS Z',
      out_file: join(logs, '${name}-out.log'),
      error_file: join(logs, '${name}-error.log'),
    },
  ],
};
`;
