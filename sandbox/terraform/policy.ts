import { InputError } from './input-error.ts';
import { listOf, type Named, namedOf, textOf, textsOf, type Value } from './value.ts';

type Json = string | string[];

interface Statement {
  Sid?: string | undefined;
  [key: string]: unknown;
}

interface Document {
  Version: string | undefined;
  Id: string | undefined;
  Statement: Statement[];
}

// The provider lists several names in descending order.
const descending = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);
const oneOrMany = (all: string[]): Json => (all.length === 1 ? (all[0] ?? '') : all);
// A configuration writes &{aws:username}, because ${ } is Terraform's own.
const variables = (text: string): string => text.replaceAll('&{', '${');
const sorted = <T>(of: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Renders aws_iam_policy_document: statements to the JSON that IAM reads. Throws an InputError for a Sid that stands twice. */
export function policyDocument(config: Named): { json: string; minified_json: string } {
  const own = listOf(config.statement).map((one) => statementOf(namedOf(one)));
  const sids = own.map(({ Sid }) => Sid);
  const repeated = sids.find((sid, index) => sid !== undefined && sids.indexOf(sid) !== index);
  if (repeated !== undefined)
    throw new InputError(
      `The Sid ${repeated} stands twice`,
      'Give each statement of the policy a Sid of its own, or none.',
    );
  // In the order in which the keys are written.
  const document: Document = { Version: undefined, Id: undefined, Statement: [] };
  for (const source of textsOf(config.source_policy_documents)) merge(document, source);
  mergeDocument(document, {
    Version: textOf(config.version) || '2012-10-17',
    Id: textOf(config.policy_id) || undefined,
    Statement: own,
  });
  for (const override of textsOf(config.override_policy_documents)) merge(document, override);
  const { Statement, ...rest } = document;
  const shown = Statement.length > 0 ? document : rest;
  return { json: JSON.stringify(shown, null, 2), minified_json: JSON.stringify(shown) };
}

const statementOf = (one: Named): Statement => ({
  Sid: textOf(one.sid) || undefined,
  Effect: textOf(one.effect) || 'Allow',
  Action: names(one.actions),
  NotAction: names(one.not_actions),
  Resource: names(one.resources),
  NotResource: names(one.not_resources),
  Principal: principals(one.principals),
  NotPrincipal: principals(one.not_principals),
  Condition: conditions(one.condition),
});

function names(value: Value | undefined): Json | undefined {
  const all = textsOf(value);
  return all.length > 0 ? oneOrMany(all.map(variables).sort(descending)) : undefined;
}

function principals(value: Value | undefined): unknown {
  const blocks = listOf(value).map(namedOf);
  if (blocks.length === 0) return undefined;
  const [first] = blocks;
  if (blocks.length === 1 && first?.type === '*' && names(first.identifiers) === '*') return '*';
  const out: Record<string, string[]> = {};
  for (const { type, identifiers } of blocks) {
    const kind = textOf(type);
    out[kind] = [...(out[kind] ?? []), ...[names(identifiers) ?? []].flat()];
  }
  return sorted(Object.fromEntries(Object.entries(out).map(([kind, all]) => [kind, oneOrMany(all)])));
}

function conditions(value: Value | undefined): unknown {
  const blocks = listOf(value).map(namedOf);
  if (blocks.length === 0) return undefined;
  const out: Record<string, Record<string, string[]>> = {};
  for (const block of blocks) {
    const test = textOf(block.test);
    const variable = textOf(block.variable);
    const tested = out[test] ?? {};
    out[test] = tested;
    tested[variable] = [...(tested[variable] ?? []), ...textsOf(block.values).map(variables)];
  }
  return sorted(
    Object.fromEntries(
      Object.entries(out).map(([test, tested]) => [
        test,
        sorted(Object.fromEntries(Object.entries(tested).map(([name, all]) => [name, oneOrMany(all)]))),
      ]),
    ),
  );
}

function merge(into: Document, source: string): void {
  if (source === '') return;
  const parsed: Partial<Document> = JSON.parse(source);
  // IAM takes a single statement without its list too.
  mergeDocument(into, { Version: parsed.Version, Id: parsed.Id, Statement: [parsed.Statement ?? []].flat() });
}

/** A statement with the Sid of an earlier one takes its place. */
function mergeDocument(into: Document, from: Document): void {
  if (from.Id) into.Id = from.Id;
  if ((from.Version ?? '') > (into.Version ?? '')) into.Version = from.Version;
  for (const statement of from.Statement) {
    const at = statement.Sid ? into.Statement.findIndex(({ Sid }) => Sid === statement.Sid) : -1;
    if (at >= 0) into.Statement[at] = statement;
    else into.Statement.push(statement);
  }
}
