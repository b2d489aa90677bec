const { existsSync, readFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { parseEnv } = require('node:util');

// Under …/releases/<id> PM2 is given the `current` link beside it, so that a reload follows the link.
const releases = dirname(__dirname);
const current = join(dirname(releases), 'current');
const linked = basename(releases) === 'releases' && existsSync(current);

// An instance's own settings lie beside this file.
const settings = join(__dirname, '.env');
const instance = existsSync(settings) ? parseEnv(readFileSync(settings, 'utf8')) : {};

module.exports = {
  apps: [
    {
      name: 'backend-api',
      cwd: linked ? current : __dirname,
      script: 'dist/main.js',
      // Cluster mode with `wait_ready` is what makes a reload lose no request; fork mode does.
      exec_mode: 'cluster',
      instances: 1,
      wait_ready: true,
      listen_timeout: 10_000,
      // Longer than the service's own drain (DRAIN_MS).
      kill_timeout: 5_000,
      max_memory_restart: '400M',
      // One pair of files, backend-api-out.log and backend-api-error.log, whatever the instance's number.
      merge_logs: true,
      env: { NODE_ENV: 'production', PORT: '3000', ...instance },
    },
  ],
};
