import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../errors.ts';
import { type Action, type Input, mapsOf, numberOf, pageOf, textOf, textsOf } from '../service.ts';
import type { Parameter, Version } from './parameter.ts';
import { arnOf, createParameterStore } from './parameter-store.ts';

/** Parameter Store's actions: `name:3` asks for one version, tags are kept by the parameter's name. */
export function parameterActions(clock: Clock): Record<string, Action> {
  const store = createParameterStore(() => clock.now());

  function tagged(input: Input): Parameter {
    if (textOf(input, 'ResourceType') !== 'Parameter')
      throw new AwsError('InvalidResourceType', 'The sandbox keeps the tags of parameters only.');
    const id = textOf(input, 'ResourceId');
    const found = store.all().find(({ name }) => name === id);
    if (!found) throw new AwsError('InvalidResourceId', `${id} is not the name of a parameter.`);
    return found;
  }
  const taggedName = (input: Input) => [textOf(input, 'ResourceId')];
  const named = (input: Input) => [textOf(input, 'Name')];

  return {
    GetParameter: {
      run(input) {
        const { parameter, version } = pick(textOf(input, 'Name'));
        return { Parameter: { ...shown(parameter, version), Value: readable(version, input) } };
      },
    },
    PutParameter: {
      run(input) {
        const version = store.put({
          name: textOf(input, 'Name'),
          value: textOf(input, 'Value'),
          type: textOf(input, 'Type'),
          description: Object.hasOwn(input, 'Description') ? textOf(input, 'Description') : undefined,
          allowedPattern: textOf(input, 'AllowedPattern'),
          keyId: textOf(input, 'KeyId'),
          tier: textOf(input, 'Tier'),
          overwrite: input.Overwrite === true,
          tags: tagsOf(input),
        });
        return { Version: version.number, Tier: version.tier };
      },
      changes: named,
      // Never the value: it may be a secret.
      details: (input) => ({ overwrite: input.Overwrite === true }),
    },
    DeleteParameter: {
      run(input) {
        store.remove(textOf(input, 'Name'));
        return {};
      },
      changes: named,
    },
    DescribeParameters: {
      run(input) {
        const found = store.all().filter((parameter) => passes(parameter, input));
        const { items, next } = pageOf(
          found,
          textOf(input, 'NextToken'),
          numberOf(input, 'MaxResults') ?? 50,
        );
        return { Parameters: items.map(described), NextToken: next };
      },
    },
    ListTagsForResource: {
      run: (input) => ({ TagList: [...tagged(input).tags].map(([Key, Value]) => ({ Key, Value })) }),
    },
    AddTagsToResource: {
      run(input) {
        const { tags } = tagged(input);
        for (const [key, value] of tagsOf(input)) tags.set(key, value);
        return {};
      },
      changes: taggedName,
      details: (input) => ({ tags: Object.fromEntries(tagsOf(input)) }),
    },
    RemoveTagsFromResource: {
      run(input) {
        const { tags } = tagged(input);
        for (const key of textsOf(input, 'TagKeys')) tags.delete(key);
        return {};
      },
      changes: taggedName,
      details: (input) => ({ keys: textsOf(input, 'TagKeys') }),
    },
  };

  function pick(id: string): { parameter: Parameter; version: Version } {
    const [, name = id, wanted] = /^(.*[^:]):(\d+)$/.exec(id) ?? [];
    const parameter = store.find(name);
    const version = parameter.versions.findLast(
      ({ number }) => wanted === undefined || number === Number(wanted),
    );
    if (!version)
      throw new AwsError('ParameterVersionNotFound', `${parameter.name} has no version ${wanted}.`);
    return { parameter, version };
  }
}

const tagsOf = (input: Input) =>
  new Map(mapsOf(input, 'Tags').map((tag) => [textOf(tag, 'Key'), textOf(tag, 'Value')]));

const shown = ({ name }: Parameter, version: Version) => ({
  Name: name,
  Type: version.type,
  Version: version.number,
  LastModifiedDate: version.at,
  ARN: arnOf(name),
  DataType: 'text',
});

/** A SecureString's value is ciphertext unless the caller asks for it decrypted. */
const readable = ({ type, value }: Version, input: Input): string =>
  type === 'SecureString' && input.WithDecryption !== true
    ? `AQICAH${createHash('sha256').update(value).digest('base64')}`
    : value;

function described(parameter: Parameter) {
  const version = parameter.versions.at(-1);
  return (
    version && {
      ...shown(parameter, version),
      Tier: version.tier,
      Policies: [],
      ...(version.description && { Description: version.description }),
      ...(version.allowedPattern && { AllowedPattern: version.allowedPattern }),
      ...(version.keyId && { KeyId: version.keyId }),
    }
  );
}

/** By name, as a whole or by its beginning. */
function passes({ name }: Parameter, input: Input): boolean {
  return mapsOf(input, 'ParameterFilters').every((filter) => {
    const key = textOf(filter, 'Key');
    const option = textOf(filter, 'Option') || 'Equals';
    if (key !== 'Name')
      throw new AwsError('InvalidFilterKey', `The sandbox filters parameters by Name, not by ${key}.`);
    if (option !== 'Equals' && option !== 'BeginsWith')
      throw new AwsError(
        'InvalidFilterOption',
        `The sandbox filters by Equals and BeginsWith, not ${option}.`,
      );
    return textsOf(filter, 'Values').some((value) =>
      option === 'Equals' ? name === value : name.startsWith(value),
    );
  });
}
