import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.ts';
import { readConfig } from './config.ts';
import { createDrain } from './drain.ts';
import { createLog } from './log.ts';
import { createNestLog } from './nest-log.ts';
import { findRelease, findVersion } from './release.ts';
import { createRequestLog } from './request-log.ts';

const log = createLog(process.env.LOG_LEVEL);

try {
  const config = readConfig(process.env);
  log.level = config.logLevel;
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    logger: createNestLog(log),
    abortOnError: false,
  });
  app.disable('x-powered-by');
  const drain = createDrain({ app, log, timeoutMs: config.drainMs });
  app.use(drain.middleware);
  app.use(createRequestLog(log));

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
