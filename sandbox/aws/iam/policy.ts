import { z } from 'zod';

/**
 * A policy document of IAM's JSON language. What isn't known here (an element, a principal's kind) is refused, so that
 * no answer rests on a part that was passed over.
 */

const many = <T extends z.ZodType>(one: T) =>
  z.union([one, z.array(one)]).transform((value): z.infer<T>[] => (Array.isArray(value) ? value : [value]));

const action = z.string().regex(/^(\*|[a-z0-9*?-]+:[\w*?]+)$/i, 'an action is service:Name, or *');
const principal = z.union([
  z.literal('*'),
  z.strictObject({
    AWS: many(z.string()).optional(),
    Service: many(z.string()).optional(),
    Federated: many(z.string()).optional(),
  }),
]);
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principal.optional(),
    Action: many(action).optional(),
    NotAction: many(action).optional(),
    Resource: many(z.string()).optional(),
    NotResource: many(z.string()).optional(),
    Condition: z.record(z.string(), z.record(z.string(), many(scalar))).optional(),
  })
  .refine((one) => (one.Action === undefined) !== (one.NotAction === undefined), {
    error: 'a statement has one of Action and NotAction',
  })
  .refine((one) => one.Resource === undefined || one.NotResource === undefined, {
    error: 'a statement has one of Resource and NotResource',
  });

const document = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).default('2008-10-17'),
  Id: z.string().optional(),
  Statement: many(statement),
});

export type Policy = z.infer<typeof document>;
export type Statement = z.infer<typeof statement>;
export type Principals = z.infer<typeof principal>;

/** Reads a document from its JSON text or its value. Throws with every fault. */
export function readPolicy(source: unknown): Policy {
  const parsed = document.safeParse(typeof source === 'string' ? JSON.parse(source) : source);
  if (parsed.success) return parsed.data;
  throw new Error(`This policy is not understood: ${z.prettifyError(parsed.error)}`);
}
