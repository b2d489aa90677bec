import { InputError } from './input-error.ts';
import type { ParameterClient } from './parameter-client.ts';
import type { Change, LiveType, Settings, WriteResult } from './settings.ts';
import { isNone, type Named, same, tagsOf, textOf, UNKNOWN, type Value } from './value.ts';

/** aws_ssm_parameter, kept in AWS's Parameter Store. */
export const createParameterType = (aws: ParameterClient, settings: Settings): LiveType => ({
  read: (prior) => read(aws, prior, settings),
  write: (change) => write(aws, change, settings),
  remove: (prior) => aws.remove(regionOf(prior, settings), textOf(prior.name)),
  lookUp: (config) => lookUp(aws, config, settings),
});

const regionOf = ({ region }: Named, settings: Settings) => textOf(region) || settings.region;

async function read(aws: ParameterClient, prior: Named, settings: Settings): Promise<Named | null> {
  const region = regionOf(prior, settings);
  const name = textOf(prior.name) || textOf(prior.id);
  const found = await aws.find(region, name);
  if (!found) return null;
  const about = await aws.describe(region, found.name);
  const tagsAll = await aws.tags(region, found.name);
  const isInsecure = textOf(prior.insecure_value) !== '' && found.type !== 'SecureString';
  const isWriteOnly = prior.has_value_wo === true;
  return {
    ...prior,
    id: found.name,
    name: found.name,
    region,
    arn: found.arn,
    type: found.type,
    version: found.version,
    data_type: found.dataType,
    tier: about.Tier ?? 'Standard',
    description: optional(about.Description, prior.description),
    allowed_pattern: optional(about.AllowedPattern, prior.allowed_pattern),
    key_id: about.KeyId ?? '',
    has_value_wo: isWriteOnly,
    value: isWriteOnly ? null : isInsecure ? known(prior.value) : found.value,
    insecure_value: isWriteOnly ? null : isInsecure ? found.value : known(prior.insecure_value),
    value_wo: null,
    tags: ownTags(tagsAll, prior.tags, tagsOf(settings.defaultTags)),
    tags_all: tagsAll,
  };
}

const known = (value: Value | undefined): Value => (value === UNKNOWN ? null : (value ?? null));
/** A configuration may leave an empty argument out or write it as "". */
const optional = (now: string | undefined, prior: Value | undefined): Value =>
  now || (prior === '' ? '' : null);

/** Those that the resource's own block gives: AWS doesn't tell them from the provider's default_tags. */
function ownTags(
  all: Readonly<Record<string, string>>,
  prior: Value | undefined,
  defaults: Readonly<Record<string, string>>,
): Value {
  const own = tagsOf(prior);
  const kept = Object.entries(all).filter(([key, value]) => key in own || defaults[key] !== value);
  return kept.length === 0 && isNone(prior) ? null : Object.fromEntries(kept);
}

async function write(
  aws: ParameterClient,
  { prior, planned, config }: Change,
  settings: Settings,
): Promise<WriteResult> {
  const name = textOf(planned.name);
  const region = regionOf(planned, settings);
  const tags = tagsOf(planned.tags_all);
  if (textOf(planned.type) === 'SecureString' && !isNone(config.insecure_value))
    throw new InputError(
      `${name}: a SecureString can't have an insecure_value`,
      'Give it as value or value_wo, or make the type String.',
    );
  const overwrite = prior !== null || planned.overwrite === true;
  if (!prior || contents.some((argument) => !same(prior[argument], planned[argument])))
    await aws.put(region, {
      Name: name,
      Value: contentOf(planned, config),
      Overwrite: overwrite,
      ...typed(planned),
      ...(!same(prior?.description, planned.description) && { Description: textOf(planned.description) }),
      ...(!overwrite && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    });
  const written = { ...planned, has_value_wo: !isNone(config.value_wo) };
  try {
    // With an overwrite, PutParameter takes no tags.
    if (overwrite) await aws.retag(region, name, await aws.tags(region, name), tags);
    return { state: await read(aws, written, settings) };
  } catch (error) {
    // It is there: forgetting it would make the next apply fail.
    if (!(error instanceof InputError)) throw error;
    const state = Object.fromEntries(Object.entries(written).map(([key, value]) => [key, known(value)]));
    return { state: { ...state, id: name }, error };
  }
}

/**
 * The configuration says which argument has the value, the plan what it is: under ignore_changes, what AWS has. One that
 * is not given may still hold what it once was.
 */
function contentOf(planned: Named, config: Named): string {
  if (!isNone(config.value_wo)) return textOf(config.value_wo);
  const [own, other] = isNone(config.insecure_value)
    ? [planned.value, planned.insecure_value]
    : [planned.insecure_value, planned.value];
  return textOf(own) || textOf(other);
}

/** A change to any of these is a new version. */
const contents = [
  'value',
  'insecure_value',
  'value_wo_version',
  'type',
  'description',
  'allowed_pattern',
  'data_type',
  'key_id',
  'tier',
];

/** Arguments that PutParameter takes as they are; what is not known yet is AWS's to decide. */
function typed({ type, tier, key_id, allowed_pattern, data_type }: Named) {
  const tiers = ['Standard', 'Advanced', 'Intelligent-Tiering'] as const;
  const types = ['String', 'StringList', 'SecureString'] as const;
  const Type = types.find((one) => one === type);
  const Tier = tiers.find((one) => one === tier);
  return {
    ...(Type && { Type }),
    ...(Tier && { Tier }),
    ...(textOf(key_id) && Type === 'SecureString' && { KeyId: textOf(key_id) }),
    ...(textOf(allowed_pattern) && { AllowedPattern: textOf(allowed_pattern) }),
    ...(textOf(data_type) && { DataType: textOf(data_type) }),
  };
}

/** With the attributes of `data` and `ephemeral` both. */
async function lookUp(aws: ParameterClient, config: Named, settings: Settings): Promise<Named> {
  const region = regionOf(config, settings);
  const asked = textOf(config.name) || textOf(config.arn);
  const found = await aws.find(region, asked, config.with_decryption !== false);
  if (!found)
    throw new InputError(
      `ParameterNotFound: there is no parameter ${asked} in ${region} at ${aws.url}`,
      'Apply the configuration that creates it first, or put it by hand: ' +
        `aws ssm put-parameter --name ${asked} --type String --value '{}'. ` +
        'Without AWS_ENDPOINT_URL it gets an invented value.',
    );
  return {
    ...config,
    id: found.name,
    arn: found.arn,
    name: found.name,
    region,
    type: found.type,
    value: found.value,
    insecure_value: found.type === 'SecureString' ? null : found.value,
    version: found.version,
    with_decryption: config.with_decryption ?? true,
  };
}
