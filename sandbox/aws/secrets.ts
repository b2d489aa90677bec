import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { accountId, region } from './constants.ts';
import { AwsError } from './errors.ts';
import { type Input, mapsOf, numberOf, pageOf, type Service, textOf, textsOf } from './service.ts';

interface Secret {
  name: string;
  arn: string;
  /** The current value's version: the caller's own token, so that a repeated call is known. */
  version: string;
  value: string;
  createdAt: Date;
  changedAt: Date;
  tags: { Key: string; Value: string }[];
}

/** Secrets Manager, with the secrets that are there at first, by name. */
export function createSecrets(
  clock: Clock,
  changed: () => void,
  initial: Readonly<Record<string, string>> = {},
) {
  const secrets = new Map<string, Secret>();

  function add(name: string, value: string, version: string, tags: Secret['tags'] = []): Secret {
    const secret = {
      name,
      arn: arnOf(name),
      version,
      value,
      createdAt: clock.now(),
      changedAt: clock.now(),
      tags,
    };
    secrets.set(name, secret);
    changed();
    return secret;
  }

  for (const [name, value] of Object.entries(initial)) add(name, value, randomUUID());

  function find(input: Input): Secret {
    const id = textOf(input, 'SecretId');
    const found = [...secrets.values()].find(({ name, arn }) => name === id || arn === id);
    if (!found)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  }

  const tagsOf = (input: Input) =>
    mapsOf(input, 'Tags').map((tag) => ({ Key: textOf(tag, 'Key'), Value: textOf(tag, 'Value') }));
  const tokenOf = (input: Input) => textOf(input, 'ClientRequestToken') || randomUUID();
  const shown = ({ name, arn, createdAt, changedAt, version, tags }: Secret) => ({
    ARN: arn,
    Name: name,
    CreatedDate: createdAt,
    LastChangedDate: changedAt,
    VersionIdsToStages: { [version]: ['AWSCURRENT'] },
    Tags: tags,
  });
  const versionOf = ({ arn, name, version }: Secret) => ({ ARN: arn, Name: name, VersionId: version });

  const service: Service = {
    name: 'secretsmanager',
    protocol: 'json',
    actions: {
      CreateSecret: {
        run(input) {
          const name = textOf(input, 'Name');
          if (!/^[\w/+=.@-]{1,512}$/.test(name))
            throw new AwsError(
              'InvalidParameterException',
              'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
            );
          const value = textOf(input, 'SecretString');
          const version = tokenOf(input);
          const existing = secrets.get(name);
          // The same call come again.
          if (existing?.version === version && existing.value === value) return versionOf(existing);
          if (existing)
            throw new AwsError(
              'ResourceExistsException',
              `The operation failed because the secret ${name} already exists.`,
            );
          return versionOf(add(name, value, version, tagsOf(input)));
        },
        changes: (input) => [textOf(input, 'Name')],
      },
      PutSecretValue: {
        run(input) {
          const secret = find(input);
          const version = tokenOf(input);
          const value = textOf(input, 'SecretString');
          if (secret.version === version && secret.value !== value)
            throw new AwsError(
              'ResourceExistsException',
              `You can't use ClientRequestToken ${version} because that value is already in use for a version of secret ${secret.arn}.`,
            );
          Object.assign(secret, { version, value, changedAt: clock.now() });
          return versionOf(secret);
        },
        changes: (input) => [textOf(input, 'SecretId')],
      },
      TagResource: {
        run(input) {
          const secret = find(input);
          const added = tagsOf(input);
          secret.tags = [...secret.tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key)), ...added];
          return {};
        },
        changes: (input) => [textOf(input, 'SecretId')],
      },
      GetSecretValue: {
        run(input) {
          const secret = find(input);
          return {
            ...versionOf(secret),
            SecretString: secret.value,
            VersionStages: ['AWSCURRENT'],
            CreatedDate: secret.changedAt,
          };
        },
      },
      DeleteSecret: {
        run(input) {
          const { arn, name } = find(input);
          const days = numberOf(input, 'RecoveryWindowInDays');
          const now = input.ForceDeleteWithoutRecovery === true;
          if (days !== undefined && (now || days < 7 || days > 30))
            throw new AwsError(
              'InvalidParameterException',
              now
                ? "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
                : 'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
            );
          secrets.delete(name);
          changed();
          const after = now ? 0 : (days ?? 30) * 86_400_000;
          return { ARN: arn, Name: name, DeletionDate: new Date(clock.now().getTime() + after) };
        },
        changes: (input) => [textOf(input, 'SecretId')],
      },
      DescribeSecret: { run: (input) => shown(find(input)) },
      ListSecrets: {
        run(input) {
          const found = [...secrets.values()].filter((secret) =>
            mapsOf(input, 'Filters').every((filter) => passes(secret, filter)),
          );
          const { items, next } = pageOf(
            found,
            textOf(input, 'NextToken'),
            numberOf(input, 'MaxResults') ?? 100,
          );
          return { SecretList: items.map(shown), NextToken: next };
        },
      },
    },
  };
  return { service, names: () => [...secrets.keys()] };
}

/** AWS puts six characters of its own behind the name. */
const arnOf = (name: string): string => {
  const suffix = createHash('sha256')
    .update(name)
    .digest('base64url')
    .replace(/[^A-Za-z0-9]/g, 'x')
    .slice(0, 6);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
};

/** ListSecrets' filters are prefixes, and a leading `!` turns one round. */
function passes({ name, tags }: Secret, filter: Input): boolean {
  const key = textOf(filter, 'Key');
  const fields: Record<string, string[]> = {
    name: [name],
    'tag-key': tags.map(({ Key }) => Key),
    'tag-value': tags.map(({ Value }) => Value),
  };
  const found = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (!found)
    throw new AwsError('InvalidParameterException', `The sandbox does not filter secrets by ${key}.`);
  return textsOf(filter, 'Values').some((wanted) =>
    wanted.startsWith('!')
      ? !found.some((value) => value.startsWith(wanted.slice(1)))
      : found.some((value) => value.startsWith(wanted)),
  );
}
