interface Denied {
  sentence: string;
  next: string;
}

/**
 * Which action on what IAM denied, so that it can be put into a policy. AWS's message names them, and why:
 * `… is not authorized to perform: kms:Decrypt on resource: arn:… with an explicit deny in a service control policy`.
 * The action that it names may be another than the call's, such as of the key that something is encrypted with.
 */
export function deniedBy(message: string, call: string): Denied {
  const action = /\bto perform:? ([a-z][\w-]*:\w+)/i.exec(message)?.[1] ?? call;
  const named = /\bon resource:? "?([^\s"]+?)[.,]?"?(?=\s|$)/i.exec(message)?.[1];
  const resource = named === undefined || named === '*' ? undefined : named;
  const on = resource === undefined ? '' : ` on ${resource}`;
  const other = action.toLowerCase() === call.toLowerCase() ? '' : `, which ${call} needs`;
  const denier = /explicit deny in an? ([a-z][a-z -]*policy|permissions boundary)/i.exec(message)?.[1];
  return {
    sentence: `The bot lacks the IAM permission ${action}${on}${other}.`,
    next:
      denier === undefined
        ? `Allow \`${action}\`${resource === undefined ? '' : ` on \`${resource}\``} in the policy of its role.`
        : `An explicit deny in its ${denier.toLowerCase()} forbids it: to allow it in the role is not enough, that deny must go.`,
  };
}
