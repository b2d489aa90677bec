import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/slow-first.ts';

/** Whole files that are for `npm run soak`. */
const long = process.env.D2_ROUNDS === undefined ? ['test/**/*.soak.test.ts'] : [];

export default defineConfig({
  test: {
    globalSetup: ['test/run-folder.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // As long as a busy machine may need, which only a failure waits for.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    env: {
      // On Node 20 the AWS SDK announces its own future on stderr.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // Node reads the machine's certificates at every start, which is three quarters of what a start takes. Nothing here is asked of a public host.
      NODE_EXTRA_CA_CERTS: '',
      // What is written in Go (terraform, esbuild) lives for seconds: tidying up is a tenth of its work.
      GOGC: '400',
    },
    // Twice as many as most machines of CI have cores: tests wait for what real programs do.
    maxWorkers: 4,
    sequence: { sequencer: SlowFirst },
    // Files share their worker, and with it what they import: the SDK alone takes a second. So none may leave anything behind.
    isolate: false,
    include: ['test/**/*.test.ts'],
    exclude: long,
  },
});
