import type { Credentials } from './auth/credentials.ts';
import { accountId } from './constants.ts';
import { AwsError } from './errors.ts';
import { type Service, textOf } from './service.ts';

/** STS. Every caller of the account may take the roles that the world names, and no other. */
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
          if (!assumableRoles.includes(role))
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
