import type { Credentials } from './auth/credentials.ts';
import { accountId } from './constants.ts';
import { AwsError } from './errors.ts';
import { type Service, textOf } from './service.ts';

/** STS. Only the bot may take a role, and only those that the world names. */
export function createSts(credentials: Credentials, assumableRoles: readonly string[]): Service {
  return {
    name: 'sts',
    protocol: 'query',
    actions: {
      GetCallerIdentity: {
        run: (_, caller) => ({
          Arn: caller,
          UserId: `AIDASANDBOX:${caller.split('/').at(-1)}`,
          Account: accountId,
        }),
      },
      AssumeRole: {
        run(input, caller) {
          const role = textOf(input, 'RoleArn');
          const session = textOf(input, 'RoleSessionName');
          if (!assumableRoles.includes(role) || !caller.includes(':assumed-role/d2-chatops/'))
            throw new AwsError(
              'AccessDenied',
              `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
              403,
            );
          const name = role.split('/').at(-1) ?? '';
          const issued = credentials.assume(name, session);
          return {
            AssumedRoleUser: { Arn: issued.arn, AssumedRoleId: `AROASANDBOX:${session}` },
            Credentials: {
              AccessKeyId: issued.accessKeyId,
              SecretAccessKey: issued.secretAccessKey,
              SessionToken: issued.sessionToken,
              Expiration: issued.expiresAt,
            },
          };
        },
      },
    },
  };
}
