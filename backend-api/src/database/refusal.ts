import { DatabaseUnavailable } from './failure.ts';

/** The name of the unique key that a statement's row would break, if that is what it failed of. */
export function brokenKeyOf(error: unknown): string | undefined {
  if (!isRefusal(error, 'ER_DUP_ENTRY')) return undefined;
  // MySQL writes `for key 'profiles.profiles_email'`, MariaDB `for key 'profiles_email'`.
  return /for key '(?:[^'.]+\.)?([^'.]+)'$/.exec(error.message)?.[1];
}

/** Whether a statement's row points to one that is not there any more. */
export const isDangling = (error: unknown): boolean => isRefusal(error, 'ER_NO_REFERENCED_ROW_2');

function isRefusal(error: unknown, code: string): error is Error {
  return error instanceof Error && 'code' in error && error.code === code;
}

const attempts = 4;

/** Does the work again when the database chose it as a deadlock's victim, having undone it. */
export async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const deadlock = error instanceof DatabaseUnavailable && error.code === 'ER_LOCK_DEADLOCK';
      if (!deadlock || attempt === attempts) throw error;
    }
  }
}
