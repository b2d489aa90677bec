import 'reflect-metadata';
import { readConfig } from './config.ts';
import { loadEnvironment } from './environment.ts';
import { createLog } from './log.ts';
import { findRelease, findVersion } from './release.ts';

const env = loadEnvironment();
const log = createLog(env.LOG_LEVEL);

try {
  const config = readConfig(env);
  // After the settings, which may be wrong, and after what Nest's decorators write down with.
  const { createApp } = await import('./app.ts');
  const app = await createApp(config, log);
  await app.listen(config.port, config.host);
  log.info(
    { port: config.port, version: findVersion(), release: findRelease(process.cwd()), node: process.version },
    'backend-api listening',
  );
  // PM2's wait_ready: a reload lets the old process go only after this.
  process.send?.('ready');
} catch (error) {
  log.fatal({ err: error }, 'backend-api did not start');
  // The error file of PM2 is written asynchronously: leave it a moment.
  setTimeout(() => process.exit(1), 200);
}
