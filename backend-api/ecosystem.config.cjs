const { existsSync, readFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { parseEnv } = require('node:util');

// Under …/releases/<id> PM2 is given the `current` link beside it, so that a reload follows the link.
const releases = dirname(__dirname);
const current = join(dirname(releases), 'current');
const linked = basename(releases) === 'releases' && existsSync(current);

// The service reads its .env itself: PM2 would show it to whoever asks for `pm2 env`, and keep it in its dump.
// PM2 is told no more than the port, for whoever looks for the service at its process, and how long a drain takes.
const settings = join(__dirname, '.env');
const read = existsSync(settings) ? parseEnv(readFileSync(settings, 'utf8')) : {};
const port = read.PORT || '3000';
const drainMs = Number(read.DRAIN_MS) || 4_000;

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
      // The service ends by itself before this, or says in its log that it did not.
      kill_timeout: drainMs + 4_000,
      max_memory_restart: '400M',
      // One pair of files whatever the instance's number: ~/.pm2/logs/backend-api-out.log and backend-api-error.log,
      // where the CloudWatch agent and people look. No log_date_format: each line is JSON with its time in UTC, and a
      // date before it would make it no JSON.
      merge_logs: true,
      // Of the shell that starts it PM2 keeps everything else, and it would win over .env for ever.
      filter_env: ['DB_', 'COGNITO_', 'DRAIN_MS', 'LOG_LEVEL', 'SECRET', 'TOKEN', 'PASSWORD', 'ACCESS_KEY'],
      env: { NODE_ENV: 'production', PORT: port },
    },
  ],
};
