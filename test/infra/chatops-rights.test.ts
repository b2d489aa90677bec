import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AppliedChatops, appliedChatops, project } from './applied-chatops.ts';
import { hasTerraform } from './terraform.ts';

const source = join(project, 'src/aws');
const modules = ['chatops', 'ssm-documents'].map((name) => join(project, 'infra/terraform/modules', name));

/** What AWS answers to everybody: no policy can give or take it. */
const free = new Set(['sts:GetCallerIdentity']);

/** Allowed before the code that calls it: the commands that issue 4 has the role ready for, and the audit command. */
const toCome: Record<string, string[]> = {
  'schedule, extend, start --for': [
    'iam:PassRole',
    'scheduler:CreateSchedule',
    'scheduler:DeleteSchedule',
    'scheduler:GetSchedule',
    'scheduler:ListSchedules',
    'scheduler:UpdateSchedule',
  ],
  'toggle list, set': ['ssm:GetParameter', 'ssm:PutParameter'],
  'toggle set, plan': [
    'codebuild:BatchGetBuilds',
    'codebuild:StartBuild',
    's3:GetObject',
    's3:GetObjectVersion',
  ],
};

/** IAM's prefix of each SDK package, as the clients' one list pairs them. */
function prefixes(): Map<string, string> {
  const text = readFileSync(join(source, 'client/clients.ts'), 'utf8');
  const services = new Map(
    [...text.matchAll(/service\('([\w-]+)', (\w+)\)/g)].map(([, prefix, client]) => [client, prefix]),
  );
  const known = new Map(
    [...text.matchAll(/import \{ (\w+Client)\b[^}]*\} from '(@aws-sdk\/[\w-]+)'/g)].map(
      ([, client, from]) => {
        const prefix = services.get(client);
        if (!prefix || !from) throw new Error(`clients.ts makes no ${client}`);
        return [from, prefix];
      },
    ),
  );
  return known.set('@aws-sdk/lib-dynamodb', 'dynamodb');
}

/** Its document commands have names of their own. */
const documentActions = new Map([
  ['Get', 'GetItem'],
  ['Update', 'UpdateItem'],
]);

/** Every IAM action that the bot's code can ask of AWS: the commands that src/aws makes, and the paginators that it uses, by the package they come from. */
function called(): string[] {
  const byPackage = prefixes();
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const actions = files.flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    const imported = [...text.matchAll(/import \{([^}]*)\} from '(@aws-sdk\/[\w-]+)'/g)].flatMap(
      ([, names = '', from = '']) => names.split(',').map((name) => [name.trim(), from] as const),
    );
    const calls = imported.flatMap(([name, from]) => {
      const action = /^paginate(\w+)$/.exec(name)?.[1] ?? /^(\w+)Command$/.exec(name)?.[1];
      return action === undefined ? [] : [{ action, from }];
    });
    const made = [...text.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name);
    const stray = made.filter((name) => !calls.some(({ action }) => action === name));
    if (stray.length > 0) throw new Error(`${file}: of which service is ${stray.join(', ')}?`);
    return calls.map(({ action, from }) => {
      const prefix = byPackage.get(from);
      if (!prefix) throw new Error(`${file}: whose client is ${from}?`);
      const real = from === '@aws-sdk/lib-dynamodb' ? documentActions.get(action) : action;
      if (!real) throw new Error(`${file}: which action of DynamoDB is ${action}?`);
      return `${prefix}:${real}`;
    });
  });
  return [...new Set(actions)].sort();
}

const many = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

interface Statement {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  Resource?: string | string[];
}

describe('every right', () => {
  const statements = modules.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.tf'))
      .flatMap((file) => {
        const lines = readFileSync(join(folder, file), 'utf8').split('\n');
        return lines.flatMap((line, at) =>
          /^\s*(statement|dynamic "statement") \{$/.test(line)
            ? [
                {
                  at: `${file}:${at + 1}`,
                  before: lines[at - 1] ?? '',
                  after: lines.slice(at + 1, at + 6).join('\n'),
                },
              ]
            : [],
        );
      }),
  );

  it('says right above which command needs it', () => {
    expect(statements.length).toBeGreaterThan(50);
    expect(statements.filter(({ before }) => !/^\s*# \S/.test(before)).map(({ at }) => at)).toEqual([]);
  });

  it('has a name', () => {
    expect(statements.filter(({ after }) => !/^\s*sid\s+= "/m.test(after)).map(({ at }) => at)).toEqual([]);
  });
});

describe.skipIf(!hasTerraform)('the bot’s role', () => {
  let chatops: AppliedChatops;
  let policies: { name: string; text: string; statements: Statement[] }[];
  beforeAll(async () => {
    chatops = await appliedChatops();
    policies = [...chatops.all('aws_iam_policy'), ...chatops.all('aws_iam_role_policy')].map((policy) => {
      const document: { Statement: Statement[] } = JSON.parse(String(policy.values.policy));
      return {
        name: policy.address.replace('module.chatops.', ''),
        text: JSON.stringify(document),
        statements: document.Statement,
      };
    });
  });

  const allowedTo = (role: string) =>
    policies
      .filter(
        ({ name }) => name.startsWith(`aws_iam_policy.${role}[`) || name === `aws_iam_role_policy.${role}`,
      )
      .flatMap(({ statements }) => statements)
      .filter(({ Effect }) => Effect === 'Allow');
  const actionsOf = (role: string) =>
    [...new Set(allowedTo(role).flatMap(({ Action }) => many(Action)))].sort();

  it('may do what the code calls, and nothing else but what commands to come need', () => {
    const wanted = [...called().filter((action) => !free.has(action)), ...Object.values(toCome).flat()];
    expect(actionsOf('bot')).toEqual([...new Set(wanted)].sort());
  });

  it('is expected to need nothing early that the code calls already', () => {
    expect(
      Object.values(toCome)
        .flat()
        .filter((action) => called().includes(action)),
    ).toEqual([]);
  });

  it('gives no action by wildcard, and every resource only where AWS knows none', () => {
    expect(actionsOf('bot').filter((action) => action.includes('*'))).toEqual([]);
    const everywhere = allowedTo('bot').filter(({ Resource }) => many(Resource).includes('*'));
    expect(everywhere.flatMap(({ Action }) => many(Action)).sort()).toEqual([
      'cognito-idp:ListUserPools',
      'ec2:DescribeInstanceAttribute',
      'ec2:DescribeInstances',
      'ec2:DescribeNatGateways',
      'ec2:DescribeSpotInstanceRequests',
      'ec2:DescribeVpcEndpoints',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeTags',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
      'scheduler:ListSchedules',
      'ssm:DescribeInstanceInformation',
      'ssm:GetCommandInvocation',
      'ssm:ListCommands',
    ]);
  });

  it('is no administrator: nobody here writes IAM', () => {
    for (const role of ['bot', 'runner', 'scheduler', 'execution']) {
      const iam = actionsOf(role).filter((action) => action.startsWith('iam:'));
      expect(iam.filter((action) => !/^iam:(Get|List)\w+$|^iam:PassRole$/.test(action))).toEqual([]);
    }
  });

  it('stands behind the fence, as the runner and the schedules do', () => {
    const fenced = chatops
      .all('aws_iam_role_policy_attachment')
      .filter(({ values }) => String(values.policy_arn).endsWith('/d2-chatops-fence'));
    expect(fenced.map(({ values }) => values.role).sort()).toEqual([
      'd2-chatops-bot',
      'd2-chatops-scheduler',
      'd2-chatops-terraform',
    ]);
  });

  it('fits into what AWS takes: 6,144 characters a policy, ten policies a role', () => {
    expect(policies.filter(({ text }) => text.length > 6_144).map(({ name }) => name)).toEqual([]);
    const attached = chatops.all('aws_iam_role_policy_attachment').map(({ values }) => String(values.role));
    for (const role of new Set(attached))
      expect(attached.filter((one) => one === role).length).toBeLessThanOrEqual(10);
  });

  it('has the two tokens read by ECS alone', () => {
    const secrets = chatops.all('aws_secretsmanager_secret').map(({ values }) => String(values.arn));
    const readers = ['bot', 'runner', 'scheduler', 'execution'].filter((role) =>
      allowedTo(role).some(
        ({ Action, Resource }) =>
          many(Action).includes('secretsmanager:GetSecretValue') &&
          secrets.every((arn) => many(Resource).includes(arn)),
      ),
    );
    expect(readers).toEqual(['execution']);
  });
});
