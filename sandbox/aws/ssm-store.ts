import type { Clock } from '../clock.ts';
import { AwsError } from './errors.ts';
import { accountId } from './identity.ts';
import { type Action, textOf } from './service.ts';
import { region } from './world.ts';

interface Version {
  value: string;
  type: string;
  at: Date;
}

/** Parameter Store, with the versions of each parameter: `name:3` asks for one of them. */
export function parameterActions(clock: Clock): Record<string, Action> {
  const parameters = new Map<string, Version[]>();
  return {
    GetParameter: {
      run(input) {
        const [name = '', wanted] = textOf(input, 'Name').split(':');
        const versions = parameters.get(name) ?? [];
        const Version = wanted === undefined ? versions.length : Number(wanted);
        const found = versions[Version - 1];
        if (!found)
          throw versions.length > 0
            ? new AwsError('ParameterVersionNotFound', `${name} has no version ${wanted}.`)
            : new AwsError('ParameterNotFound', `There is no parameter ${name}.`);
        return {
          Parameter: {
            Name: name,
            Type: found.type,
            Value: found.value,
            Version,
            LastModifiedDate: found.at,
            ARN: `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`,
            DataType: 'text',
          },
        };
      },
    },
    PutParameter: {
      run(input) {
        const name = textOf(input, 'Name');
        if (!/^[\w./-]{1,1011}$/.test(name))
          throw new AwsError('ValidationException', `Parameter name ${name} is not valid.`);
        const versions = parameters.get(name) ?? [];
        if (versions.length > 0 && input.Overwrite !== true)
          throw new AwsError(
            'ParameterAlreadyExists',
            'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
          );
        const type = textOf(input, 'Type') || (versions.at(-1)?.type ?? '');
        if (!['String', 'StringList', 'SecureString'].includes(type))
          throw new AwsError(
            'ValidationException',
            'A parameter type is required when you create a parameter.',
          );
        parameters.set(name, [...versions, { value: textOf(input, 'Value'), type, at: clock.now() }]);
        return { Version: versions.length + 1, Tier: 'Standard' };
      },
      changes: (input) => [textOf(input, 'Name')],
    },
  };
}
