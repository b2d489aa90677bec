import { createHash, randomInt } from 'node:crypto';
import { AdminSetUserPasswordCommand } from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import type { ChangeCall } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { Users } from '../platform/users.ts';
import { change } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { isNamed } from './client/errors.ts';
import { describePool } from './pool-description.ts';
import type { WithPool } from './user-pools.ts';

/** A permanent password that only Secrets Manager and Cognito ever see (guide 7.2). */
export function createKeepPassword({
  clients,
  settings,
  withPool,
}: {
  clients: Clients;
  settings: EnvironmentSettings;
  withPool: WithPool;
}): Users['keepPassword'] {
  const { cognito, secrets } = clients;
  const { project, name: env } = settings;

  async function keep(Name: string, SecretString: string, call: ChangeCall): Promise<void> {
    const ClientRequestToken = createHash('sha256').update(`${call.operation} ${SecretString}`).digest('hex');
    const Tags = [
      { Key: 'Project', Value: project },
      { Key: 'Environment', Value: env },
      { Key: 'Operation', Value: call.operation },
    ];
    try {
      await change(secrets, new CreateSecretCommand({ Name, SecretString, Tags, ClientRequestToken }), call);
    } catch (error) {
      if (!isNamed(error, 'ResourceExistsException')) throw error;
      await change(
        secrets,
        new PutSecretValueCommand({ SecretId: Name, SecretString, ClientRequestToken }),
        call,
      );
      await change(secrets, new TagResourceCommand({ SecretId: Name, Tags }), call);
    }
  }

  return ({ username, email }, call) =>
    withPool(call, async (UserPoolId) => {
      const { Policies } = await describePool(clients, UserPoolId, call);
      const Password = createPassword(Policies?.PasswordPolicy?.MinimumLength);
      const secret = secretNameOf(project, env, email);
      // Kept before it is set: a password that was set and not kept would be nobody's.
      await keep(secret, JSON.stringify({ username: email, password: Password }), call);
      const command = new AdminSetUserPasswordCommand({
        UserPoolId,
        Username: username,
        Password,
        Permanent: true,
      });
      await change(cognito, command, call);
      return { secret };
    });
}

/** Of an address Secrets Manager takes letters, digits and `_+.@-`; the other bytes are written `=27`. */
const secretNameOf = (project: string, env: string, email: string) =>
  `${project}/${env}/cognito/${email.replaceAll(/[^\w+.@-]/g, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  )}`;

// Without the characters that look alike, and with symbols that need no quoting in JSON.
const classes = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789', '!@#%^*-_+=?'];

/** One character of every class that a pool can ask for, and 24 or more in all. */
function createPassword(minimumLength = 0): string {
  const pick = (from: string) => from.charAt(randomInt(from.length));
  const all = classes.join('');
  const rest = Array.from({ length: Math.max(minimumLength, 24) - classes.length }, () => pick(all));
  const characters = [...classes.map(pick), ...rest];
  return characters
    .map((character) => ({ character, order: randomInt(2 ** 32) }))
    .sort((a, b) => a.order - b.order)
    .map(({ character }) => character)
    .join('');
}
