import type { Context } from '../../sandbox/aws/iam/context.ts';
import { type Caller, evaluate, type Policies } from '../../sandbox/aws/iam/evaluate.ts';
import { type Policy, readPolicy, type Statement } from '../../sandbox/aws/iam/policy.ts';
import { isAction } from '../../sandbox/aws/iam/wildcards.ts';
import { account, type Question, region, roleArn } from './questions/question.ts';
import type { Document, Rendered } from './rendered-policies.ts';

const everything: Document = {
  name: 'an administrator',
  policy: readPolicy({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
};

/** The trust of a role that nobody wrote here: it leaves it to the account's own policies. */
const leftToAccount: Document = {
  name: 'the trust of another role',
  policy: readPolicy({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
  }),
};

const fence = 'd2-chatops-fence';

/** What AWS knows of every request besides what the question says; a question may say otherwise. */
const usual: Context = {
  'aws:RequestedRegion': region,
  'aws:SecureTransport': 'true',
  's3:TlsVersion': '1.3',
};

interface Case {
  caller: Caller;
  identity: readonly Document[];
  resource: Document | undefined;
}

/** Which documents have a say in a question about one resource. */
function caseOf(rendered: Rendered, { who, action }: Question, on: string): Case {
  const resource = resourcePolicyOf(rendered, action, on);
  if ('service' in who) return { caller: { kind: 'service', name: who.service }, identity: [], resource };
  if ('federated' in who)
    return { caller: { kind: 'federated', provider: who.federated }, identity: [], resource };
  if ('administrator' in who)
    return { caller: { kind: 'role', arn: roleArn('admin') }, identity: [everything], resource };
  const role = rendered.roles.get(who.role);
  if (!role) throw new Error(`There is no role ${who.role} among ${[...rendered.roles.keys()].join(', ')}.`);
  const identity = [
    ...role.identity.filter(({ name }) => !(who.unfenced && name === fence)),
    ...(who.evenAsAdministrator ? [everything] : []),
  ];
  return { caller: { kind: 'role', arn: role.arn }, identity, resource };
}

function resourcePolicyOf(rendered: Rendered, action: string, on: string): Document | undefined {
  if (action.startsWith('sts:AssumeRole')) {
    const known = [...rendered.roles.values()].find(({ arn }) => arn === on);
    return known?.trust ?? leftToAccount;
  }
  const [, bucket = ''] = /^arn:aws:s3:::([^/]+)/.exec(on) ?? [];
  return rendered.buckets.get(bucket) ?? rendered.topics.get(on) ?? rendered.keys.get(on);
}

/** Names of the documents that have a say in it. */
export const documentsOf = (rendered: Rendered, question: Question): Set<string> =>
  new Set(
    question.on.flatMap((on) => {
      const { identity, resource } = caseOf(rendered, question, on);
      return [...identity, ...(resource ? [resource] : [])].map(({ name }) => name);
    }),
  );

/** What the policies answer: allowed when every resource of the call is. `instead` takes the place of the document of that name. */
export function answerTo(rendered: Rendered, question: Question, instead?: Document): Question['answer'] {
  const policyOf = (document: Document): Policy =>
    instead?.name === document.name ? instead.policy : document.policy;
  const allowed = question.on.every((on) => {
    const { caller, identity, resource } = caseOf(rendered, question, on);
    const context = {
      ...usual,
      ...(caller.kind === 'role' && { 'aws:PrincipalArn': caller.arn, 'aws:PrincipalAccount': account }),
      ...question.context,
    };
    const policies: Policies = {
      identity: identity.map(policyOf),
      ...(resource && { resource: policyOf(resource) }),
      ...(on.startsWith('arn:aws:s3:::') && { resourceAccount: account }),
    };
    return evaluate(caller, { action: question.action, resource: on, context }, policies).allowed;
  });
  return allowed ? 'allowed' : 'denied';
}

export interface Mutant {
  what: string;
  document: Document;
  /** Of an action for which the answer may be another than the document's own. */
  concerns(action: string): boolean;
}

/**
 * The document with one statement left out, or of one a condition, an action or a resource: each in turn. An action or a
 * resource that has none beside it is the statement itself.
 */
export function mutantsOf({ name, policy }: Document): Mutant[] {
  const without = (
    what: string,
    index: number,
    statement: Statement[],
    actions = policy.Statement[index]?.Action,
  ): Mutant => ({
    concerns: (action) => actions === undefined || actions.some((pattern) => isAction(pattern, action)),
    what: `${name} without ${what} of ${policy.Statement[index]?.Sid ?? `statement ${index + 1}`}`,
    document: { name, policy: { ...policy, Statement: policy.Statement.toSpliced(index, 1, ...statement) } },
  });
  return policy.Statement.flatMap((statement, index) => [
    without('all', index, []),
    ...Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => {
        const { [key]: _, ...rest } = keys;
        return without(`${operator} ${key}`, index, [
          { ...statement, Condition: { ...statement.Condition, [operator]: rest } },
        ]);
      }),
    ),
    ...(['Action', 'NotAction', 'Resource', 'NotResource'] as const).flatMap((part) => {
      const all = statement[part] ?? [];
      if (all.length < 2) return [];
      return all.map((one, at) =>
        without(
          one,
          index,
          [{ ...statement, [part]: all.toSpliced(at, 1) }],
          part === 'Action' ? [one] : statement.Action,
        ),
      );
    }),
  ]);
}
