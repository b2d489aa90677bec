import type { Clock } from '../../clock.ts';
import { AwsError } from '../errors.ts';
import type { User } from './users.ts';

const freeAttempts = 5;
const longestMs = 900_000;

/** Cognito's: from the fifth wrong password on each one locks for twice as long, from a second to a quarter of an hour. */
export function createLockout(clock: Clock) {
  const failures = new Map<User, { count: number; last: number; until: number }>();

  return {
    /** Throws NotAuthorizedException, whatever the password, while the user is locked out. */
    assertUnlocked(user: User): void {
      if ((failures.get(user)?.until ?? 0) > clock.now().getTime())
        throw new AwsError('NotAuthorizedException', 'Password attempts exceeded');
    },
    failed(user: User): void {
      const now = clock.now().getTime();
      const known = failures.get(user);
      const count = known && now - known.last < longestMs ? known.count + 1 : 1;
      const lockedMs = count < freeAttempts ? 0 : Math.min(1_000 * 2 ** (count - freeAttempts), longestMs);
      failures.set(user, { count, last: now, until: now + lockedMs });
    },
    passed(user: User): void {
      failures.delete(user);
    },
  };
}
