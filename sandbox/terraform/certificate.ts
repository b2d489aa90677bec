import { listOf, type Named, textOf, textsOf, UNKNOWN, type Value } from './value.ts';

/** A certificate's validation records, one for each of its domains; `undecided` where DNS doesn't validate it or a domain is unknown. */
export function validationOptions(
  values: Named,
  record: (domain: string) => Named,
  undecided: Value = UNKNOWN,
): Value {
  const names = listOf(values.subject_alternative_names);
  if ([values.domain_name, ...names].includes(UNKNOWN) || values.validation_method !== 'DNS')
    return undecided;
  const domains = new Set([textOf(values.domain_name), ...textsOf(names)]);
  return [...domains].map((domain_name) => ({ domain_name, ...record(domain_name) }));
}
