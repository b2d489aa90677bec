// Renders aws_iam_policy_document: statements to the JSON that IAM reads.

const byName = (a, b) => (a < b ? 1 : a > b ? -1 : 0); // several names are listed in descending order
const oneOrMany = (list) => (list.length === 1 ? list[0] : list);
const sorted = (map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

function names(list) {
  return list?.length ? oneOrMany(list.map((s) => s.replaceAll('&{', '${')).sort(byName)) : undefined;
}

function principals(blocks) {
  if (!blocks?.length) return undefined;
  if (blocks.length === 1 && blocks[0].type === '*' && names(blocks[0].identifiers) === '*') return '*';
  const out = {};
  for (const { type, identifiers } of blocks)
    out[type] = [...(out[type] ?? []), ...[names(identifiers) ?? []].flat()];
  return sorted(Object.fromEntries(Object.entries(out).map(([type, list]) => [type, oneOrMany(list)])));
}

function conditions(blocks) {
  if (!blocks?.length) return undefined;
  const out = {};
  for (const { test, variable, values } of blocks) {
    out[test] ??= {};
    out[test][variable] = [...(out[test][variable] ?? []), ...values.map((v) => v.replaceAll('&{', '${'))];
  }
  for (const test in out) {
    out[test] = sorted(Object.fromEntries(Object.entries(out[test]).map(([k, v]) => [k, oneOrMany(v)])));
  }
  return sorted(out);
}

function merge(into, doc) {
  if (doc.Id) into.Id = doc.Id;
  if ((doc.Version ?? '') > (into.Version ?? '')) into.Version = doc.Version;
  for (const statement of [doc.Statement ?? []].flat()) {
    const same = statement.Sid ? into.Statement.findIndex((s) => s.Sid === statement.Sid) : -1;
    if (same >= 0) into.Statement[same] = statement;
    else into.Statement.push(statement);
  }
}

export function policyDocument(config) {
  const own = (config.statement ?? []).map((s) => ({
    Sid: s.sid || undefined,
    Effect: s.effect ?? 'Allow',
    Action: names(s.actions),
    NotAction: names(s.not_actions),
    Resource: names(s.resources),
    NotResource: names(s.not_resources),
    Principal: principals(s.principals),
    NotPrincipal: principals(s.not_principals),
    Condition: conditions(s.condition),
  }));
  const repeated = own.map((s) => s.Sid).find((sid, i, all) => sid && all.indexOf(sid) !== i);
  if (repeated) throw new Error(`duplicate Sid (${repeated}); statement Sids must be unique`);
  const doc = { Version: undefined, Id: undefined, Statement: [] };
  for (const text of config.source_policy_documents ?? []) if (text) merge(doc, JSON.parse(text));
  merge(doc, { Version: config.version ?? '2012-10-17', Id: config.policy_id, Statement: own });
  for (const text of config.override_policy_documents ?? []) if (text) merge(doc, JSON.parse(text));
  if (!doc.Statement.length) delete doc.Statement;
  return { json: JSON.stringify(doc, null, 2), minified_json: JSON.stringify(doc) };
}
