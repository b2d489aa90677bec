import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { createModule } from './app.module.ts';
import { createTokenVerifier } from './auth/token-verifier.ts';
import type { Config } from './config.ts';
import { createDatabase } from './database/database.ts';
import { createDrain } from './drain.ts';
import { serveDocs } from './http/docs.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { createRequestLog } from './http/request-log.ts';
import { validation } from './http/validation.ts';
import { createNestLog } from './nest-log.ts';

/** The whole service, ready to listen; SIGINT and SIGTERM end it. */
export async function createApp(config: Config, log: Logger): Promise<NestExpressApplication> {
  const database = createDatabase(config.database, log);
  const verifier = createTokenVerifier(config.cognito, log);
  const app = await NestFactory.create<NestExpressApplication>(createModule({ database, verifier }), {
    logger: createNestLog(log),
    abortOnError: false,
    bodyParser: false,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  const server: Server = app.getHttpServer();
  // The load balancer keeps an idle connection for 60 seconds, and a request on one that we closed is lost.
  server.keepAliveTimeout = 65_000;
  const drain = createDrain({
    server,
    close: () => app.close(),
    release: () => database.close(),
    log,
    timeoutMs: config.drainMs,
  });
  app.use(drain.middleware);
  app.use(createRequestLog(log));
  app.useBodyParser('json', { limit: '64kb' });
  app.useGlobalPipes(validation());
  app.useGlobalFilters(new ProblemFilter(log));
  serveDocs(app);
  return app;
}
