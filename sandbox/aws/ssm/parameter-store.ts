import { accountId, region } from '../constants.ts';
import { AwsError } from '../errors.ts';
import type { Parameter, Version } from './parameter.ts';
import { publicOf } from './public-parameters.ts';

export interface Draft {
  name: string;
  value: string;
  type: string;
  /** StoredEvent as it was where it is not given, and taken away by an empty one. */
  description: string | undefined;
  allowedPattern: string;
  keyId: string;
  tier: string;
  overwrite: boolean;
  tags: ReadonlyMap<string, string>;
}

/** AWS's own belong to no account. */
export const arnOf = (name: string): string =>
  `arn:aws:ssm:${region}:${name.startsWith('/aws/') ? '' : accountId}:parameter/${name.replace(/^\//, '')}`;

const refuse = (message: string) => new AwsError('ValidationException', message);

// "Up to 100 versions": AWS deletes the oldest for the 101st, as long as it has no label, which the sandbox's never have.
const mostVersions = 100;
const largest = { Standard: 4096, Advanced: 8192 };

/** The parameters themselves, with the rules that AWS holds a new version to. */
export function createParameterStore(now: () => Date) {
  const parameters = new Map<string, Parameter>();

  function put(draft: Draft): Version {
    checkName(draft.name);
    const existing = parameters.get(draft.name);
    const last = existing?.versions.at(-1);
    if (existing && !draft.overwrite)
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    if (draft.overwrite && draft.tags.size > 0)
      throw refuse(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    const version = next(draft, last, now());
    parameters.set(draft.name, {
      name: draft.name,
      versions: [...(existing?.versions ?? []), version].slice(-mostVersions),
      tags: existing?.tags ?? new Map(draft.tags),
    });
    return version;
  }

  return {
    put,
    all: (): Parameter[] => [...parameters.values()],
    /** By name or ARN, AWS's own too. Throws ParameterNotFound. */
    find: (id: string): Parameter => ownOf(id) ?? publicOf(id) ?? notFound(id),
    /** By name or ARN, the account's own. Throws ParameterNotFound. */
    remove(id: string): void {
      const { name } = ownOf(id) ?? notFound(id);
      parameters.delete(name);
    },
  };

  function ownOf(id: string): Parameter | undefined {
    return parameters.get(id) ?? [...parameters.values()].find(({ name }) => arnOf(name) === id);
  }
}

function notFound(id: string): never {
  throw new AwsError('ParameterNotFound', `There is no parameter ${id}.`);
}

function checkName(name: string): void {
  if (!/^[\w./-]{1,1011}$/.test(name)) throw refuse(`Parameter name ${name} is not valid.`);
  if (name.includes('/') && !name.startsWith('/'))
    throw refuse('Parameter name must be a fully qualified name.');
  if (/^\/?aws(\/|$)/i.test(name))
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  if (/^\/?(aws|ssm)/i.test(name))
    throw refuse('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  if (name.split('/').length > 16)
    throw new AwsError('HierarchyLevelLimitExceededException', 'A hierarchy can have at most 15 levels.');
}

function next(draft: Draft, last: Version | undefined, at: Date): Version {
  const type = draft.type || (last?.type ?? '');
  if (!['String', 'StringList', 'SecureString'].includes(type))
    throw refuse('A parameter type is required when you create a parameter.');
  if (last && last.type !== type)
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `The parameter is a ${last.type}: its type can't be changed to ${type}. Create a new parameter.`,
    );
  const tier = tierOf(draft, last);
  if (tier !== 'Standard' && tier !== 'Advanced')
    throw refuse(`There are the tiers Standard, Advanced and Intelligent-Tiering, not ${tier}.`);
  const most = largest[tier];
  if (last?.tier === 'Advanced' && tier === 'Standard')
    throw refuse("You can't downgrade a parameter from the advanced-parameter tier to the standard one.");
  if (draft.value === '') throw refuse("Value '' at 'value' must have a length of at least 1.");
  if (Buffer.byteLength(draft.value) > most)
    throw refuse(`${tier} tier parameters support a maximum parameter value of ${most} characters.`);
  if (/\{\{.*\}\}/s.test(draft.value))
    throw refuse('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  checkPattern(draft.allowedPattern, draft.value);
  return {
    number: (last?.number ?? 0) + 1,
    value: draft.value,
    type,
    tier,
    description: draft.description ?? last?.description ?? '',
    allowedPattern: draft.allowedPattern,
    keyId: type === 'SecureString' ? draft.keyId || (last?.keyId ?? 'alias/aws/ssm') : '',
    at,
  };
}

/** Intelligent tiering takes the cheaper one that will do, and stays with the dearer. */
function tierOf({ tier, value }: Draft, last: Version | undefined): string {
  if (tier !== 'Intelligent-Tiering') return tier || (last?.tier ?? 'Standard');
  return last?.tier === 'Advanced' || Buffer.byteLength(value) > largest.Standard ? 'Advanced' : 'Standard';
}

/** Each version has a pattern of its own, or none. */
function checkPattern(pattern: string, value: string): void {
  if (pattern === '') return;
  const compiled = compile(pattern);
  if (!compiled)
    throw new AwsError('InvalidAllowedPatternException', `${pattern} is not a valid regular expression.`);
  if (!compiled.test(value))
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}
