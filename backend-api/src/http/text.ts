import * as z from 'zod';

/** Control and format characters, which hide or reorder what others read; the joiners are part of scripts and emoji. */
const forbidden = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const visible = /[^\p{Default_Ignorable_Code_Point}\p{M}\p{Z}\u2800]/u;

/** One line that people read: trimmed, NFC, `min` to `max` characters as the database counts them. */
export const line = ({ min = 1, max }: { min?: number; max: number }) =>
  z
    .string()
    .trim()
    .normalize('NFC')
    .superRefine((text, context) => {
      const { length } = [...text];
      if (length < min || length > max) context.addIssue(`must have ${min} to ${max} characters`);
      else if (forbidden.test(text)) context.addIssue('must have no control or direction characters');
      else if (length > 0 && !visible.test(text)) context.addIssue('must have visible characters');
    })
    .meta({ minLength: min, maxLength: max });

/** What a body must be, without fields that nobody knows. */
export const body = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'invalid_type'
        ? 'must be a JSON object, sent with `content-type: application/json`'
        : undefined,
  });
