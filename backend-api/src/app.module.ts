import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './auth/access.guard.ts';
import { TokenVerifier } from './auth/token-verifier.ts';
import { Database } from './database/database.ts';
import { HealthController } from './health/health.controller.ts';
import { ProfileStore } from './profiles/profile.store.ts';
import { ProfilesController } from './profiles/profiles.controller.ts';
import { RideStore } from './rides/ride.store.ts';
import { RidesController } from './rides/rides.controller.ts';

interface Parts {
  database: Database;
  verifier: TokenVerifier;
}

@Module({})
class AppModule {}

export const createModule = ({ database, verifier }: Parts): DynamicModule => ({
  module: AppModule,
  controllers: [HealthController, ProfilesController, RidesController],
  providers: [
    { provide: Database, useValue: database },
    { provide: TokenVerifier, useValue: verifier },
    { provide: APP_GUARD, useClass: AccessGuard },
    ProfileStore,
    RideStore,
  ],
});
