import type { Clock } from '../clock.ts';
import { AwsError } from './errors.ts';
import { accountId } from './identity.ts';
import { type Input, mapsOf, type Service, textOf } from './service.ts';
import { masterSecret, region } from './world.ts';

interface Secret {
  name: string;
  arn: string;
  value: string;
  createdAt: Date;
  tags: { Key: string; Value: string }[];
}

export function createSecrets(clock: Clock, changed: () => void) {
  const secrets = new Map<string, Secret>();

  function add(name: string, value: string, tags: Secret['tags'] = []): Secret {
    const secret = {
      name,
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-Sb0x01`,
      value,
      createdAt: clock.now(),
      tags,
    };
    secrets.set(name, secret);
    changed();
    return secret;
  }

  add(masterSecret, JSON.stringify({ username: 'admin', password: 'not-a-real-one-In-The-Sandbox-1' }));

  function find(input: Input): Secret {
    const id = textOf(input, 'SecretId');
    const found = [...secrets.values()].find(({ name, arn }) => name === id || arn === id);
    if (!found)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  }

  const tagsOf = (input: Input) =>
    mapsOf(input, 'Tags').map((tag) => ({ Key: textOf(tag, 'Key'), Value: textOf(tag, 'Value') }));
  const shown = ({ name, arn, createdAt, tags }: Secret) => ({
    ARN: arn,
    Name: name,
    CreatedDate: createdAt,
    Tags: tags,
  });

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
          if (secrets.has(name))
            throw new AwsError(
              'ResourceExistsException',
              `The operation failed because the secret ${name} already exists.`,
            );
          const { arn } = add(name, textOf(input, 'SecretString'), tagsOf(input));
          return { ARN: arn, Name: name };
        },
        changes: (input) => [textOf(input, 'Name')],
      },
      PutSecretValue: {
        run(input) {
          const secret = find(input);
          secret.value = textOf(input, 'SecretString');
          return { ARN: secret.arn, Name: secret.name };
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
          const { arn, name, value } = find(input);
          return { ARN: arn, Name: name, SecretString: value };
        },
      },
      DescribeSecret: { run: (input) => shown(find(input)) },
      ListSecrets: { run: () => ({ SecretList: [...secrets.values()].map(shown) }) },
    },
  };
  return { service, names: () => [...secrets.keys()] };
}
