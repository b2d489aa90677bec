import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { findVersion } from '../release.ts';

/** The OpenAPI document at /api/docs-json and its reader at /api/docs, both open. */
export function serveDocs(app: INestApplication): void {
  const about = new DocumentBuilder()
    .setTitle('D2 Ride Booking')
    .setDescription('The REST API of the D2 Ride Booking platform. Errors are problem details (RFC 9457).')
    .setVersion(findVersion())
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'A Cognito access token',
    })
    .build();
  const create = () => SwaggerModule.createDocument(app, about, { standardSchemaConverter: convert });
  SwaggerModule.setup('api/docs', app, create, {
    jsonDocumentUrl: 'api/docs-json',
    customSiteTitle: 'D2 Ride Booking API',
  });
}

/** As zod says it, without what only a machine would read: formats' patterns and the bounds of a double. */
function convert(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const converted = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: schemaType,
    override({ jsonSchema: told }) {
      if (told.format) delete told.pattern;
      if (told.maximum === Number.MAX_SAFE_INTEGER) delete told.maximum;
      if (told.minimum === Number.MIN_SAFE_INTEGER) delete told.minimum;
    },
  });
  delete converted.$schema;
  return { schema: converted };
}
