import { meets } from './conditions.ts';
import { type Context, substitute } from './context.ts';
import type { Policy, Principals, Statement } from './policy.ts';
import { isAction, isResource } from './wildcards.ts';

/** Who asks. */
export type Caller =
  | { kind: 'role' | 'user'; arn: string; session?: string }
  | { kind: 'service'; name: string }
  | { kind: 'federated'; provider: string };

export interface Request {
  /** `ec2:StopInstances`. */
  action: string;
  /** An ARN, or `*` for an action that has no resource. */
  resource: string;
  context?: Context;
}

/** The policies that have a say in it. */
export interface Policies {
  /** The caller's own. */
  identity?: readonly Policy[];
  /** The resource's: a bucket's, a key's, a role's trust. */
  resource?: Policy;
  /** The account that the resource is in, where its ARN does not tell (S3's). */
  resourceAccount?: string;
}

export interface Decision {
  allowed: boolean;
  /** An explicit deny, an allow, or nothing that speaks of it. */
  because: 'Deny' | 'Allow' | 'nothing';
  /** Of the statement that decided, where it has one. */
  sid?: string;
}

/**
 * AWS's evaluation within one account and between two: an explicit deny anywhere goes before every allow; without an
 * allow the answer is no. Boundaries, session policies and service control policies are not part of it.
 */
export function evaluate(caller: Caller, request: Request, policies: Policies): Decision {
  const identity = (policies.identity ?? []).flatMap((policy) => applicable(policy, request, undefined));
  const resource = policies.resource ? applicable(policies.resource, request, caller) : [];
  const denial = [...identity, ...resource].find(({ Effect }) => Effect === 'Deny');
  if (denial) return decide('Deny', denial);

  const needsResource = needsResourcePolicy(request);
  if (needsResource && !policies.resource)
    throw new Error(
      `${request.action} on ${request.resource} can't be answered without the policy of what it is on.`,
    );
  const own = identity.find(({ Effect }) => Effect === 'Allow');
  // One that names the whole account only lets that account's own policies decide.
  const granted = resource.find(
    (one) => one.Effect === 'Allow' && names(one.Principal, caller) === 'directly',
  );
  const delegated = resource.find((one) => one.Effect === 'Allow');
  if (policies.resource && isElsewhere(caller, request, policies)) {
    return own && (granted ?? delegated) ? decide('Allow', own) : { allowed: false, because: 'nothing' };
  }
  const allow = own ?? granted;
  if (needsResource) {
    const trusted = granted ?? (own && delegated);
    return trusted ? decide('Allow', trusted) : { allowed: false, because: 'nothing' };
  }
  return allow ? decide('Allow', allow) : { allowed: false, because: 'nothing' };
}

/** The trust of a role and the policy of a key must let their caller in, whatever else that caller may do. */
function needsResourcePolicy({ action, resource }: Request): boolean {
  if (/^sts:(AssumeRole|TagSession$|SetSourceIdentity$)/i.test(action)) return true;
  // An alias has no policy, and some actions (kms:ListKeys) are on no key.
  return /^kms:/i.test(action) && resource !== '*' && !/:alias\//.test(resource);
}

function decide(because: 'Allow' | 'Deny', { Sid }: Statement): Decision {
  return { allowed: because === 'Allow', because, ...(Sid !== undefined && { sid: Sid }) };
}

/** The statements that speak of this request; of a resource's policy, those that name the caller. */
function applicable(policy: Policy, request: Request, caller: Caller | undefined): Statement[] {
  const { action, resource, context = {} } = request;
  return policy.Statement.filter((one) => {
    if (caller ? !one.Principal : one.Principal)
      throw new Error(
        `${one.Sid ?? 'A statement'}: an identity's policy has no Principal, a resource's has one.`,
      );
    if (caller && !names(one.Principal, caller)) return false;
    const isNamed = (one.Action ?? one.NotAction ?? []).some((pattern) => isAction(pattern, action));
    if (isNamed !== (one.Action !== undefined)) return false;
    return isOn(one, resource, context, policy, caller !== undefined) && meets(one, context, policy.Version);
  });
}

function isOn(
  one: Statement,
  resource: string,
  context: Context,
  policy: Policy,
  isResources: boolean,
): boolean {
  const patterns = one.Resource ?? one.NotResource;
  if (patterns === undefined) {
    // A role's trust is about the role that it belongs to.
    if (isResources) return true;
    throw new Error(`${one.Sid ?? 'A statement'} of an identity's policy has no Resource.`);
  }
  const texts = patterns.map((pattern) =>
    policy.Version === '2012-10-17' ? substitute(pattern, context) : pattern,
  );
  const isNamed = texts.some((text) => text !== undefined && isResource(text, resource));
  // It may be the very resource that is asked about, or any other.
  if (!isNamed && texts.includes(undefined) && (one.NotResource || one.Effect === 'Deny'))
    throw new Error(
      `${one.Sid ?? 'A statement'} names resources by a variable that has no value: AWS does not say what comes of it.`,
    );
  return isNamed === (one.Resource !== undefined);
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

function isElsewhere(caller: Caller, { resource }: Request, { resourceAccount }: Policies): boolean {
  if (caller.kind !== 'role' && caller.kind !== 'user') return false;
  const account = resourceAccount ?? accountOf(resource);
  return account !== '' && account !== accountOf(caller.arn);
}

/** Whether a Principal element takes in the caller: by name, or only by the account it is of. */
function names(principals: Principals | undefined, caller: Caller): 'directly' | 'by account' | undefined {
  if (principals === undefined) return undefined;
  // AWS: the two are the same.
  if (principals === '*' || principals.AWS?.includes('*')) return 'directly';
  if (caller.kind === 'service') return principals.Service?.includes(caller.name) ? 'directly' : undefined;
  if (caller.kind === 'federated')
    return principals.Federated?.includes(caller.provider) ? 'directly' : undefined;
  const named = principals.AWS ?? [];
  if (named.some((one) => one === caller.arn || one === caller.session)) return 'directly';
  const account = accountOf(caller.arn);
  return named.some((one) => one === account || one === `arn:aws:iam::${account}:root`)
    ? 'by account'
    : undefined;
}
