import { UserError } from '../core/reply/errors.ts';
import { isNamed } from './client/errors.ts';

/** Why a log group can't be read, in the bot's words: it isn't there, its class can't be searched, or its key is closed. Throws. */
export const explainLogError =
  (group: string) =>
  (error: unknown): never => {
    throw error instanceof UserError ? (explained(error, group) ?? error) : error;
  };

function explained(error: UserError, group: string): UserError | undefined {
  const fail = (code: UserError['code'], sentence: string, hint: string) =>
    new UserError(code, sentence, { hint, cause: error });
  const said = error.cause instanceof Error ? error.cause.message : '';
  // FilterLogEvents has this error for groups of another class than Standard alone.
  if (isNamed(error, 'InvalidOperationException')) {
    const name = /\b(INFREQUENT_ACCESS|ESSENTIALS|DELIVERY)\b/.exec(said)?.[1] ?? 'INFREQUENT_ACCESS';
    return fail(
      'unavailable',
      `The log group ${group} is of class ${name}, in which CloudWatch can’t search for lines.`,
      'Logs Insights in the CloudWatch console can read it. A group’s class can’t be changed: a new one of class STANDARD can be searched.',
    );
  }
  // AWS has one name for a denied call and for a denied key; only its text tells them apart.
  if (error.code === 'forbidden' && /\bkms\b/i.test(said)) {
    return fail(
      'forbidden',
      `The log group ${group} is encrypted with a KMS key that the bot may not use.`,
      'Allow kms:Decrypt on that key to its role, in the key’s policy too, and see that the key is enabled.',
    );
  }
  if (error.code === 'not-found') {
    return fail(
      'not-found',
      `There is no log group ${group}.`,
      'Check its name in d2.yaml, and whether the CloudWatch agent runs on the instance.',
    );
  }
  return undefined;
}
