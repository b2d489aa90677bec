import { account, arn, type Question, questionsOf, roleArn } from './question.ts';

/** Who may take a role: a service, on the account's behalf and for one source; else nobody. */
export function trusted(
  role: string,
  service: string,
  context: Record<string, string>,
  sources: readonly [key: string, other: string][],
): Question[] {
  const right = questionsOf({ service });
  return [
    ...right.may('the service that it is for', 'sts:AssumeRole', roleArn(role), context),
    ...questionsOf({ service: 'lambda.amazonaws.com' }).mayNot(
      'no other service',
      'sts:AssumeRole',
      roleArn(role),
      context,
    ),
    ...questionsOf({ administrator: true }).mayNot(
      'nobody by hand, an administrator neither',
      'sts:AssumeRole',
      roleArn(role),
      context,
    ),
    ...sources.flatMap(([key, other]) =>
      right.mayNot(`not with another ${key}`, 'sts:AssumeRole', roleArn(role), { ...context, [key]: other }),
    ),
  ];
}

export const ofAccount: [string, string] = ['aws:SourceAccount', '999900001111'];
const trusts: Question[] = [
  ...['d2-chatops-bot', 'd2-chatops-execution'].flatMap((role) =>
    trusted(
      role,
      'ecs-tasks.amazonaws.com',
      { 'aws:SourceAccount': account, 'aws:SourceArn': arn('ecs', 'task/d2-chatops/1') },
      [ofAccount, ['aws:SourceArn', `arn:aws:ecs:us-east-1:${account}:task/other/1`]],
    ),
  ),
  ...trusted(
    'd2-chatops-scheduler',
    'scheduler.amazonaws.com',
    { 'aws:SourceAccount': account, 'aws:SourceArn': arn('scheduler', 'schedule-group/d2-chatops') },
    [ofAccount, ['aws:SourceArn', arn('scheduler', 'schedule-group/default')]],
  ),
  ...trusted(
    'd2-chatops-terraform',
    'codebuild.amazonaws.com',
    { 'aws:SourceAccount': account, 'aws:SourceArn': arn('codebuild', 'project/d2-chatops-terraform') },
    [ofAccount, ['aws:SourceArn', arn('codebuild', 'project/another')]],
  ),
];

const tokens = 'token.actions.githubusercontent.com';
const github = questionsOf({ federated: `arn:aws:iam::${account}:oidc-provider/${tokens}` });
const claims = (sub: string | undefined, aud: string | undefined, workflow: string) => ({
  [`${tokens}:job_workflow_ref`]: `acme/d2-chatops/.github/workflows/${workflow}.yml@refs/heads/main`,
  ...(sub !== undefined && { [`${tokens}:sub`]: sub }),
  ...(aud !== undefined && { [`${tokens}:aud`]: aud }),
});
const main = 'repo:acme/d2-chatops:ref:refs/heads/main';
const forAws = 'sts.amazonaws.com';
const workflows = [
  ['d2-ride-booking-github-backend', 'backend-release'],
  ['d2-chatops-github-infra', 'infra-release'],
  ['d2-chatops-github-image', 'bot-image'],
] as const;
const releases: Question[] = workflows.flatMap(([role, workflow]) => [
  ...github.may('main', 'sts:AssumeRoleWithWebIdentity', roleArn(role), claims(main, forAws, workflow)),
  ...github.mayNot(
    'another workflow of main',
    'sts:AssumeRoleWithWebIdentity',
    roleArn(role),
    claims(main, forAws, 'checks'),
  ),
  ...(
    [
      ['another branch', 'repo:acme/d2-chatops:ref:refs/heads/mine', forAws],
      ['a tag called main', 'repo:acme/d2-chatops:ref:refs/tags/main', forAws],
      ['a pull request', 'repo:acme/d2-chatops:pull_request', forAws],
      ['a fork', 'repo:mallory/d2-chatops:ref:refs/heads/main', forAws],
      ['another repository', 'repo:acme/payroll:ref:refs/heads/main', forAws],
      ['for somebody else', main, 'https://github.com/acme'],
      ['for nobody', main, undefined],
      ['of nobody', undefined, forAws],
    ] as const
  ).flatMap(([why, sub, aud]) =>
    github.mayNot(why, 'sts:AssumeRoleWithWebIdentity', roleArn(role), claims(sub, aud, workflow)),
  ),
  ...questionsOf({ federated: `arn:aws:iam::${account}:oidc-provider/gitlab.com` }).mayNot(
    'another issuer',
    'sts:AssumeRoleWithWebIdentity',
    roleArn(role),
    claims(main, forAws, workflow),
  ),
  ...questionsOf({ administrator: true }).mayNot('nobody by hand', 'sts:AssumeRole', roleArn(role)),
]);

export const trustQuestions: readonly Question[] = [...trusts, ...releases];
