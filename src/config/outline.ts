import { z } from 'zod';
import { region } from './fields.ts';

const loose = <T extends z.ZodType>(value: T) => z.record(z.string(), value).catch({});
const text = z.string().optional().catch(undefined);

const service = z
  .object({
    tag: z.object({ key: text, value: text }).optional().catch(undefined),
    pm2: text,
    port: z.number().optional().catch(undefined),
    url: text,
    streams: z.object({ out: text, err: text }).optional().catch(undefined),
    logs: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .optional()
      .catch(undefined),
  })
  .catch({});

const environment = z
  .object({
    protected: z.unknown(),
    region: region.optional().catch(undefined),
    account: text,
    assume: text,
    prefix: text,
    database: text,
    pm2: z
      .object({
        homes: z
          .array(z.object({ home: text }).catch({}))
          .optional()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
    cognito: z
      .object({
        pool: z.unknown().optional(),
        tag: z.unknown().optional(),
        roles: text,
        attribute: z.unknown().optional(),
      })
      .optional()
      .catch(undefined),
    services: loose(service).optional(),
    prices: loose(z.unknown()).optional(),
  })
  .partial()
  .catch({});

/** As much of the file as rules that span fields need, whatever else is wrong with it. */
export const outlineSchema = z
  .object({
    project: text,
    region: region.optional().catch(''),
    environments: loose(environment).optional(),
    services: loose(service).optional(),
    prices: loose(z.unknown()).optional(),
  })
  .catch({});

export type Outline = z.infer<typeof outlineSchema>;
export type ServiceOutline = z.infer<typeof service>;
export type EnvironmentOutline = z.infer<typeof environment>;
