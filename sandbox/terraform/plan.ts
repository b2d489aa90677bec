import { rebuild } from './block-values.ts';
import { validationOptions } from './certificate.ts';
import { type Path, replaced } from './replacement.ts';
import { type BlockSchema, isMany, type NestedBlock, type Rules, rulesOf } from './schema.ts';
import type { Settings } from './settings.ts';
import { isNone, listOf, type Named, namedOf, same, UNKNOWN, type Value } from './value.ts';

interface Plan {
  planned: Named;
  /** Changes that can't be made in place. */
  replace: Path[];
}

// Attributes that AWS changes with every update of the resource, but for its tags.
const changedByUpdates: Readonly<Record<string, readonly string[]>> = {
  aws_launch_template: ['latest_version'],
  aws_ssm_document: ['latest_version', 'default_version', 'document_version', 'hash'],
  aws_ssm_parameter: ['version'],
  aws_lambda_function: ['last_modified'],
  aws_s3_object: ['etag', 'version_id'],
  aws_cloudfront_distribution: ['etag', 'last_modified_time'],
};

/** What a resource will be. `prior` is null where it is created. */
export function planChange(
  type: string,
  block: BlockSchema,
  prior: Named | null,
  proposed: Value,
  settings: Settings,
): Plan {
  const rules = rulesOf(type);
  const { attributes = {} } = block;
  const planned = plannedBlock(block, rules, prior, proposed);
  if (planned.region === UNKNOWN) planned.region = settings.region;
  if (attributes.tags && attributes.tags_all?.computed) planned.tags_all = allTags(planned.tags, settings);
  // AWS chose the tier: the provider takes no answer for a change.
  if (type === 'aws_ssm_parameter' && prior && planned.tier === 'Intelligent-Tiering')
    planned.tier = prior.tier ?? null;
  if (type === 'aws_ssm_parameter' && prior) unsetOtherValue(prior, planned);
  // Their domain names are known before the certificate is there, which is what makes for_each over them work.
  if (type === 'aws_acm_certificate' && !prior)
    planned.domain_validation_options = validationOptions(planned, () => ({
      resource_record_name: UNKNOWN,
      resource_record_type: UNKNOWN,
      resource_record_value: UNKNOWN,
    }));
  if (!prior || same(prior, planned)) return { planned, replace: [] };
  const replace = replaced(block, rules, prior, planned);
  if (type === 'aws_instance' && planned.user_data_replace_on_change === true)
    for (const name of ['user_data', 'user_data_base64'])
      if (!same(prior[name], planned[name])) replace.push({ steps: [{ attribute_name: name }] });
  const isOnlyTags = same(untagged(prior), untagged(planned));
  for (const name of (!isOnlyTags && changedByUpdates[type]) || [])
    if (name in planned) planned[name] = UNKNOWN;
  return { planned, replace };
}

/** A parameter's value stands in one of two arguments: where one changes, the other's is no longer what it was. */
function unsetOtherValue(prior: Named, planned: Named): void {
  const hasChanged = (name: string) => !same(prior[name], planned[name]);
  const [value, insecure] = [hasChanged('value'), hasChanged('insecure_value')];
  if (insecure && !value) planned.value = UNKNOWN;
  if (value && !insecure) planned.insecure_value = UNKNOWN;
}

const untagged = (values: Named): Named => ({ ...values, tags: null, tags_all: null });

/** Defaults filled in; what AWS decides is as it was, and unknown where it never was. */
export function plannedBlock(
  block: BlockSchema,
  rules: Rules,
  prior: Value | undefined,
  proposed: Value,
  path = '',
): Named {
  return rebuild(block, proposed, {
    leaf(name, attribute, value) {
      if (attribute.write_only) return null;
      if (value !== null) return value;
      const fallback = rules[path + name]?.default;
      if (fallback !== undefined) return fallback;
      if (!attribute.computed) return null;
      return isNone(prior) ? UNKNOWN : (namedOf(prior)[name] ?? null);
    },
    nested: (name, schema, value) =>
      plannedNested(schema, rules, namedOf(prior)[name] ?? null, value, `${path}${name}.`),
  });
}

function plannedNested(schema: NestedBlock, rules: Rules, prior: Value, value: Value, path: string): Value {
  const { block, nesting_mode } = schema;
  if (value === UNKNOWN) return UNKNOWN;
  if (value === null) return isMany(schema) ? [] : null;
  const planned = (item: Value, before: Value | undefined) =>
    item === UNKNOWN ? UNKNOWN : plannedBlock(block, rules, before, item, path);
  if (nesting_mode === 'list') return listOf(value).map((item, index) => planned(item, listOf(prior)[index]));
  if (nesting_mode === 'set')
    return listOf(value).map((item) => {
      // A set's member has no place: it is the one that differs from none of what is asked for.
      const restated = listOf(prior).find((old) => same(old, planned(item, old)));
      return restated ?? planned(item, undefined);
    });
  return plannedBlock(block, rules, prior, value, path);
}

function allTags(tags: Value | undefined, { defaultTags }: Settings): Value {
  if (tags === UNKNOWN || defaultTags === UNKNOWN) return UNKNOWN;
  const own = Object.entries(namedOf(tags)).filter(([, value]) => value !== null);
  return { ...namedOf(defaultTags), ...Object.fromEntries(own) };
}
