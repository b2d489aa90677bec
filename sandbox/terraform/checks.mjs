// Checks of a resource's arguments that Terraform leaves to the provider.
import { UNKNOWN } from './wire.ts';

const steps = (path) =>
  path.map((p) => (typeof p === 'number' ? { element_key_int: p } : { attribute_name: p }));

export function diagnostic(summary, detail = '', path = [], severity = 1) {
  return { severity, summary, detail, attribute: path.length ? { steps: steps(path) } : null };
}

/** Every value at a dotted path, each with where it stands; set members share their set's place. */
function* valuesAt(value, segments, path = [], fixed = false) {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      yield* valuesAt(item, segments, fixed ? path : [...path, i], fixed);
  } else if (!segments.length) yield [value, path];
  else if (value && value !== UNKNOWN)
    yield* valuesAt(value[segments[0]], segments.slice(1), [...path, segments[0]], fixed);
}

const valueOf = (config, name) => name.split('.').reduce((v, key) => (v === UNKNOWN ? v : v?.[key]), config);
const isSet = (v) => v != null && !(Array.isArray(v) && !v.length);
const list = (names) => names.map((n) => `"${n.replaceAll('.0', '')}"`).join(', ');

const isJson = (text) => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};

function isCidr(text, family) {
  const [address, bits, ...more] = text.split('/');
  if (more.length || !/^\d+$/.test(bits ?? '')) return false;
  if (address.includes(':')) return family !== 4 && /^[0-9a-f:.]+$/i.test(address) && bits <= 128;
  const octets = address.split('.').map(Number);
  if (family === 6 || bits > 32 || octets.length !== 4 || octets.some((o) => !(o >= 0 && o <= 255)))
    return false;
  const number = octets.reduce((n, o) => n * 256 + o, 0);
  return number % 2 ** (32 - bits) === 0; // no address bits beyond the prefix
}

function checkValue(rule, v) {
  if (rule.json && !isJson(v)) return 'contains an invalid JSON policy or document';
  if (rule.arn && v !== '' && !/^arn:[\w-]*:[\w-]+:[\w-]*:[\w-]*:.+/.test(v))
    return `(${v}) is an invalid ARN`;
  if (rule.cidr && !isCidr(v, rule.cidr)) return `(${v}) is not a valid CIDR block`;
  if (rule.enum && !rule.enum.includes(v)) return `must be one of ${rule.enum.join(', ')}, not "${v}"`;
  if (rule.ints && !rule.ints.includes(v)) return `must be one of ${rule.ints.join(', ')}, not ${v}`;
  if (rule.len && (v.length < rule.len[0] || v.length > rule.len[1]))
    return `must be ${rule.len[0]} to ${rule.len[1]} characters long, not ${v.length}`;
  if (rule.range && !(Number(v) >= rule.range[0] && Number(v) <= rule.range[1]))
    return `must be in the range ${rule.range[0]} to ${rule.range[1]}, not ${v}`;
  return null;
}

/** The complaints about one resource's arguments. */
export function checkResource(rules, { attributes }, config) {
  const found = [];
  const groups = new Set();
  const once = (names, make) => {
    const key = names.join();
    if (!groups.has(key)) make();
    groups.add(key);
  };
  for (const [name, rule] of Object.entries(rules)) {
    const segments = name.split('.');
    for (const [v, path] of valuesAt(config, segments)) {
      if (v == null || v === UNKNOWN || typeof v === 'object') continue;
      const problem = checkValue(rule, v);
      if (problem) found.push(diagnostic('Invalid argument value', `"${name}" ${problem}.`, path));
    }
    const own = segments.join('.0.');
    const parent = segments.length === 1 || isSet(valueOf(config, segments.slice(0, -1).join('.0.') + '.0'));
    if (!parent) continue;
    if (rule.conflicts && isSet(valueOf(config, own))) {
      for (const other of rule.conflicts.filter((o) => isSet(valueOf(config, o)))) {
        once(['conflict', ...[own, other].sort()], () =>
          found.push(
            diagnostic(
              'Conflicting configuration arguments',
              `${list([own])} conflicts with ${list([other])}.`,
              [segments[0]],
            ),
          ),
        );
      }
    }
    if (rule.with && isSet(valueOf(config, own))) {
      const absent = rule.with.filter((o) => !isSet(valueOf(config, o)));
      if (absent.length)
        found.push(
          diagnostic('Missing required argument', `${list([own])} also needs ${list(absent)}.`, [
            segments[0],
          ]),
        );
    }
    for (const [group, most] of [
      [rule.one, 1],
      [rule.any, Infinity],
    ]) {
      if (!group) continue;
      const present = group.filter(
        (o) => isSet(valueOf(config, o)) || (!group.includes(`${o}_wo`) && isSet(valueOf(config, `${o}_wo`))),
      );
      once([String(most), ...group], () => {
        const emptied = group.some((o) => attributes[o] && config[o] != null); // an empty list counts as given
        if (!present.length && !emptied)
          found.push(
            diagnostic(
              'Missing required argument',
              `${most === 1 ? 'Exactly' : 'At least'} one of ${list(group)} must be given.`,
            ),
          );
        else if (present.length > most)
          found.push(
            diagnostic(
              'Invalid combination of arguments',
              `Only one of ${list(group)} can be given, but ${list(present)} were.`,
            ),
          );
      });
    }
  }
  return found;
}
