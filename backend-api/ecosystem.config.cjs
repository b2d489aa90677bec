const { existsSync, readFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { parseEnv } = require('node:util');

// Under …/releases/<id> PM2 is given the `current` link beside it, so that a reload follows the link.
const releases = dirname(__dirname);
const current = join(dirname(releases), 'current');
const linked = basename(releases) === 'releases' && existsSync(current);

// The service reads its .env itself: PM2 would show it to whoever asks for `pm2 env`, and keep it in its dump.
// The port alone is told, for whoever looks for the service at its process.
const settings = join(__dirname, '.env');
const { PORT = '3000' } = existsSync(settings) ? parseEnv(readFileSync(settings, 'utf8')) : {};

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
      // Longer than the service's own drain (DRAIN_MS) and the closing of its pool.
      kill_timeout: 8_000,
      max_memory_restart: '400M',
      // One pair of files whatever the instance's number: ~/.pm2/logs/backend-api-out.log and backend-api-error.log,
      // where the CloudWatch agent and people look. No log_date_format: each line is JSON with its time in UTC, and a
      // date before it would make it no JSON.
      merge_logs: true,
      env: { NODE_ENV: 'production', PORT },
    },
  ],
};
