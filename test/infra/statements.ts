import { evaluate } from '../../sandbox/aws/iam/evaluate.ts';
import { readPolicy } from '../../sandbox/aws/iam/policy.ts';

export interface Question {
  action: string;
  /** Not asked of a trust policy, whose resource is its own role. */
  resource?: string;
  /** Condition keys that the request has; what isn't here is absent. */
  context?: Record<string, string>;
}

const nobody = { kind: 'role', arn: 'arn:aws:iam::000011112222:role/somebody' } as const;

/** What a document's statements say to a request, whoever makes it; undefined where they say nothing. */
export function answerOf(
  json: unknown,
  { action, resource = '*', context = {} }: Question,
): 'Allow' | 'Deny' | undefined {
  const document: { Version: string; Statement: object | object[] } = JSON.parse(String(json));
  // Read as a policy of a resource, in which everybody is named.
  const own = readPolicy({
    ...document,
    Statement: [document.Statement].flat().map((one) => ({ ...one, Principal: '*' })),
  });
  const { because } = evaluate(
    nobody,
    { action, resource, context },
    { resource: own, resourceAccount: '000011112222' },
  );
  return because === 'nothing' ? undefined : because;
}
