import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import * as z from 'zod';
import { Public } from '../auth/access.ts';
import { Database } from '../database/database.ts';
import { findRelease, findVersion } from '../release.ts';

const healthSchema = z.strictObject({
  status: z.literal('ok'),
  service: z.literal('backend-api'),
  timestamp: z.iso.datetime(),
});

const readinessSchema = z.strictObject({
  status: z.enum(['ready', 'not ready']),
  service: z.literal('backend-api'),
  version: z.string(),
  release: z.string().nullable(),
  database: z.strictObject({
    state: z.enum(['up', 'down', 'not configured']),
    reason: z.string().optional().meta({ description: 'A code, such as ECONNREFUSED' }),
    pool: z.strictObject({ size: z.int(), open: z.int(), idle: z.int(), waiting: z.int() }).optional(),
  }),
  timestamp: z.iso.datetime(),
});

const own = { version: findVersion(), release: findRelease(process.cwd()) };

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({ summary: 'Whether the process answers: for the load balancer, PM2 and people in a hurry' })
  @ApiOkResponse({ standardSchema: healthSchema })
  health(): z.infer<typeof healthSchema> {
    return { status: 'ok', service: 'backend-api', timestamp: new Date().toISOString() };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether it can do its work: the database, its pool, and what runs here' })
  @ApiOkResponse({ standardSchema: readinessSchema })
  @ApiServiceUnavailableResponse({
    standardSchema: readinessSchema,
    description: 'The database can not be asked',
  })
  async ready(@Res({ passthrough: true }) response: Response): Promise<z.infer<typeof readinessSchema>> {
    const database = await this.database.look();
    const ready = database.state === 'up';
    if (!ready) response.status(503);
    return {
      status: ready ? 'ready' : 'not ready',
      service: 'backend-api',
      ...own,
      database,
      timestamp: new Date().toISOString(),
    };
  }
}
