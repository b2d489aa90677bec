import { defineConfig } from 'vitest/config';

const quick = ['core', 'commands', 'config', 'slack/render', 'terminal/render'].map(
  (path) => `test/${path}{/**/*,}.test.ts`,
);

export default defineConfig({
  test: {
    globalSetup: ['test/run-folder.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // On Node 20 the AWS SDK announces its own future on stderr.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    maxWorkers: 2,
    projects: [
      // Nothing here starts a process or keeps anything: files share theirs, and import everything once.
      { extends: true, test: { name: 'quick', include: quick, isolate: false } },
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: quick, isolate: false } },
    ],
  },
});
