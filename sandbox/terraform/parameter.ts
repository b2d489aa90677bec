import { Complaint } from './complaint.ts';
import type { ParameterClient } from './parameter-client.ts';
import { type Block, isNone, same, tagsOf, textOf, UNKNOWN, type Value } from './wire.ts';

interface Settings {
  region: string;
  defaultTags: Value;
}

const regionOf = ({ region }: Block, settings: Settings) => textOf(region) || settings.region;

/** What AWS has for a parameter that Terraform knows; null when it is gone. */
export async function readParameter(aws: ParameterClient, prior: Block, settings: Settings): Promise<Value> {
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
    insecure_value: isInsecure ? found.value : known(prior.insecure_value),
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

interface Change {
  prior: Block | null;
  planned: Block;
  config: Block;
}

/** Creates it or brings it up to what is planned; answers what AWS then has. */
export async function writeParameter(
  aws: ParameterClient,
  { prior, planned, config }: Change,
  settings: Settings,
): Promise<Value> {
  const name = textOf(planned.name);
  const region = regionOf(planned, settings);
  const tags = tagsOf(planned.tags_all);
  if (textOf(planned.type) === 'SecureString' && textOf(planned.insecure_value) !== '')
    throw new Complaint(
      `${name}: a SecureString can't have an insecure_value`,
      'Give it as value or value_wo, or make the type String.',
    );
  const overwrite = prior !== null || planned.overwrite === true;
  if (!prior || contents.some((argument) => !same(prior[argument], planned[argument])))
    await aws.put(region, {
      Name: name,
      Value: textOf(config.value_wo) || textOf(planned.insecure_value) || textOf(planned.value),
      Overwrite: overwrite,
      ...typed(planned),
      ...(!same(prior?.description, planned.description) && { Description: textOf(planned.description) }),
      ...(!overwrite && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    });
  // With an overwrite, PutParameter takes no tags.
  if (overwrite) await aws.retag(region, name, await aws.tags(region, name), tags);
  return readParameter(aws, { ...planned, has_value_wo: !isNone(config.value_wo) }, settings);
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
function typed({ type, tier, key_id, allowed_pattern, data_type }: Block) {
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

/** One that is gone already is as good as deleted. */
export const removeParameter = (aws: ParameterClient, prior: Block, settings: Settings): Promise<void> =>
  aws.remove(regionOf(prior, settings), textOf(prior.name));

/** For `data` and `ephemeral`, with the attributes of both. Throws a Complaint when there is no such parameter. */
export async function lookUpParameter(
  aws: ParameterClient,
  config: Block,
  settings: Settings,
): Promise<Value> {
  const region = regionOf(config, settings);
  const asked = textOf(config.name) || textOf(config.arn);
  const found = await aws.find(region, asked, config.with_decryption !== false);
  if (!found)
    throw new Complaint(
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
