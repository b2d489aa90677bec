import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './auth/access.guard.ts';
import { TokenVerifier } from './auth/token-verifier.ts';
import { Database } from './database/database.ts';
import { HealthController } from './health/health.controller.ts';

interface Parts {
  database: Database;
  verifier: TokenVerifier;
}

@Module({})
class AppModule {}

export const createModule = ({ database, verifier }: Parts): DynamicModule => ({
  module: AppModule,
  controllers: [HealthController],
  providers: [
    { provide: Database, useValue: database },
    { provide: TokenVerifier, useValue: verifier },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
});
