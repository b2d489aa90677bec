import { z } from 'zod';
import type { PoolUser } from '../../platform/users.ts';
import { isoTime, time } from '../shared/data.ts';

export const userData = z.object({
  username: z.string(),
  email: z.string(),
  status: z.string().describe('as Cognito says it: CONFIRMED, FORCE_CHANGE_PASSWORD'),
  enabled: z.boolean(),
  createdAt: time.nullable(),
  roles: z.array(z.string()).nullable().describe('null where Cognito did not tell'),
});

export const describeUser = (user: PoolUser, roles: string[] | undefined): z.infer<typeof userData> => ({
  username: user.username,
  email: user.email,
  status: user.status,
  enabled: user.enabled,
  createdAt: isoTime(user.createdAt),
  roles: roles ?? null,
});
