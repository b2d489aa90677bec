import * as z from 'zod';
import { type ProfilesTable, roles } from '../database/schema.ts';
import { body, line } from '../http/text.ts';

const phoneShape = /^\+[1-9]\d{6,14}$/;

/** What the caller says of themselves. The role is not theirs to say: it comes from the user pool's groups. */
export const profileInput = body({
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(254)
    .regex(z.regexes.email, 'must be an email address')
    .meta({ format: 'email' }),
  phone: z
    .string()
    .regex(phoneShape, 'must be in the E.164 form, +84901234567')
    .nullable()
    .default(null)
    .meta({ description: 'E.164' }),
  fullName: line({ max: 120 }),
});
export type ProfileInput = z.output<typeof profileInput>;

export const profileSchema = z
  .strictObject({
    id: z.uuid(),
    email: z.email(),
    phone: z.string().nullable().meta({ description: 'E.164' }),
    fullName: z.string(),
    role: z.enum(roles),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Profile' });
export type Profile = z.output<typeof profileSchema>;

type ProfileRow = Omit<ProfilesTable, 'cognito_sub' | 'created_at' | 'updated_at'> & {
  created_at: Date;
  updated_at: Date;
};

/** The columns that a profile is made of. */
export const profileColumns = [
  'id',
  'email',
  'phone',
  'full_name',
  'role',
  'created_at',
  'updated_at',
] as const;

export const profileOf = (row: ProfileRow): Profile => ({
  id: row.id,
  email: row.email,
  phone: row.phone,
  fullName: row.full_name,
  role: row.role,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
