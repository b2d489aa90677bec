import type { Caller } from '../core/access/caller.ts';

// What the AWS CLI and the SDKs call a session that nobody named: another one at every call.
const nameless = /^(?:(?:botocore|aws|awscli)[a-z-]*-)?[\d-]{6,}$/;

/** Who an STS ARN is. An assumed role's session keeps its name only where somebody gave it one. */
export function callerOf(arn: string): Caller {
  const [, role, principal, session] = /^(.*:assumed-role\/([^/]+))\/(.+)$/.exec(arn) ?? [];
  if (role === undefined || session === undefined) {
    return { id: arn, name: arn.split(/[/:]/).at(-1) ?? arn, surface: 'terminal' };
  }
  return nameless.test(session)
    ? { id: `${role}/*`, name: principal ?? role, surface: 'terminal' }
    : { id: arn, name: session, surface: 'terminal' };
}
