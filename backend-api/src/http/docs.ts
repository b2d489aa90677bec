import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import * as z from 'zod';
import { findVersion } from '../release.ts';
import { problemSchema } from './problem.ts';

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
  const create = () => {
    const document = SwaggerModule.createDocument(app, about, { standardSchemaConverter: convert });
    // Of another content type than the routes' own, which the schemas of responses can't say.
    const problems = convert(problemSchema, { schemaType: 'output' })?.components;
    const schemas = Object.assign(document.components?.schemas ?? {}, problems);
    return { ...document, components: { ...document.components, schemas } };
  };
  SwaggerModule.setup('api/docs', app, create, {
    jsonDocumentUrl: 'api/docs-json',
    customSiteTitle: 'D2 Ride Booking API',
  });
}

/** As zod says it, without what only a machine would read: formats' patterns and the bounds of a double. */
function convert(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { definitions = {}, ...told } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: schemaType,
    override({ jsonSchema }) {
      // OpenAPI 3.0 asks for null among an enum's values too.
      if (jsonSchema.nullable && jsonSchema.enum && !jsonSchema.enum.includes(null))
        jsonSchema.enum = [...jsonSchema.enum, null];
      if (jsonSchema.format) delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  // What has an id is defined once, and referred to.
  return { schema: told, components: { ...Object(definitions) } };
}
