import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  artifacts,
  type Bootstrapped,
  bootstrapped,
  emails,
  repository,
  root,
  states,
  tls,
} from './bootstrapped.ts';
import { answerOf, type Question } from './statements.ts';
import { hasTerraform } from './terraform.ts';

const issuer = 'token.actions.githubusercontent.com';

describe.skipIf(!hasTerraform)('GitHub', () => {
  let here: Bootstrapped;
  beforeAll(async () => {
    here = await bootstrapped();
  });
  afterAll(() => here?.workspace.close());

  const main = 'repo:acme/d2-chatops:ref:refs/heads/main';
  const tokens: [string, Record<string, string>, boolean][] = [
    ['main', { sub: main, aud: 'sts.amazonaws.com' }, true],
    ['another branch', { sub: 'repo:acme/d2-chatops:ref:refs/heads/main2', aud: 'sts.amazonaws.com' }, false],
    [
      'a tag called main',
      { sub: 'repo:acme/d2-chatops:ref:refs/tags/main', aud: 'sts.amazonaws.com' },
      false,
    ],
    ['a pull request', { sub: 'repo:acme/d2-chatops:pull_request', aud: 'sts.amazonaws.com' }, false],
    [
      "a fork's main",
      { sub: 'repo:mallory/d2-chatops:ref:refs/heads/main', aud: 'sts.amazonaws.com' },
      false,
    ],
    ['another repository', { sub: 'repo:acme/d2:ref:refs/heads/main', aud: 'sts.amazonaws.com' }, false],
    ['an environment', { sub: 'repo:acme/d2-chatops:environment:main', aud: 'sts.amazonaws.com' }, false],
    [
      'a repository made again under the name',
      { sub: 'repo:acme@7/d2-chatops@8:ref:refs/heads/main', aud: 'sts.amazonaws.com' },
      false,
    ],
    ['main, for somebody else than AWS', { sub: main, aud: 'https://github.com/acme' }, false],
    ['main, for nobody in particular', { sub: main }, false],
    ['a token without subject', { aud: 'sts.amazonaws.com' }, false],
  ];
  const contextOf = (claims: Record<string, string>) =>
    Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value]));

  const workflows = { backend: 'backend-release', infra: 'infra-release', image: 'bot-image' };
  const fileOf = (workflow: string, repository = 'acme/d2-chatops') =>
    `${repository}/.github/workflows/${workflow}.yml@refs/heads/main`;
  const trustOf = (role: string) =>
    here.valuesOf(`module.release.aws_iam_role.github["${role}"]`).assume_role_policy;

  it.each(tokens)('%s may take the roles: see the last column', (_, claims, may) => {
    for (const [role, workflow] of Object.entries(workflows)) {
      const trust = trustOf(role);
      const context = contextOf({ ...claims, job_workflow_ref: fileOf(workflow) });
      const question = { action: 'sts:AssumeRoleWithWebIdentity', context };
      expect(answerOf(trust, question)).toBe(may ? 'Allow' : undefined);
      expect(answerOf(trust, { ...question, action: 'sts:AssumeRole' })).toBeUndefined();
    }
  });

  it.each(Object.entries(workflows))('%s is the role of %s alone', (role, own) => {
    const may = (file: string | undefined) =>
      answerOf(trustOf(role), {
        action: 'sts:AssumeRoleWithWebIdentity',
        context: contextOf({
          sub: main,
          aud: 'sts.amazonaws.com',
          ...(file !== undefined && { job_workflow_ref: file }),
        }),
      });
    expect(may(fileOf(own))).toBe('Allow');
    expect(existsSync(join(import.meta.dirname, `../../.github/workflows/${own}.yml`))).toBe(true);
    const others = [...Object.values(workflows), 'checks'].filter((workflow) => workflow !== own);
    for (const file of [undefined, fileOf(own, 'mallory/d2-chatops'), ...others.map((one) => fileOf(one))])
      expect(may(file)).toBeUndefined();
  });

  it('is known by the ids in its subject, and its workflows by its plain name', async () => {
    const changes = await here.workspace.plan(root, [emails, '-var=github_repository=acme@7/d2-chatops@8']);
    const role = changes.find(({ address }) => address === 'module.release.aws_iam_role.github["image"]');
    expect(role?.change.after).toHaveProperty('assume_role_policy');
    const { assume_role_policy } = Object(role?.change.after);
    expect(JSON.parse(assume_role_policy).Statement[0].Condition).toEqual({
      StringEquals: {
        [`${issuer}:aud`]: 'sts.amazonaws.com',
        [`${issuer}:sub`]: 'repo:acme@7/d2-chatops@8:ref:refs/heads/main',
      },
      StringLike: { [`${issuer}:job_workflow_ref`]: 'acme/d2-chatops/.github/workflows/bot-image.yml@*' },
    });
  });

  it('is trusted through its own provider alone, for an hour at most', () => {
    expect(here.valuesOf('aws_iam_openid_connect_provider.github[0]')).toMatchObject({
      url: `https://${issuer}`,
      client_id_list: ['sts.amazonaws.com'],
    });
    for (const role of Object.keys(workflows)) {
      const { assume_role_policy, max_session_duration } = here.valuesOf(
        `module.release.aws_iam_role.github["${role}"]`,
      );
      expect(JSON.parse(String(assume_role_policy)).Statement).toMatchObject([
        { Principal: { Federated: `arn:aws:iam::000011112222:oidc-provider/${issuer}` } },
      ]);
      expect(max_session_duration).toBeLessThanOrEqual(3600);
    }
  });

  const image = 'arn:aws:ecr:ap-southeast-1:000011112222:repository/d2-chatops';
  const rights: [string, string, string, boolean][] = [
    ['backend', 's3:PutObject', `${artifacts}/backend-api/r42.tar.gz`, true],
    ['backend', 's3:PutObject', `${artifacts}/infra/0a1b.zip`, false],
    ['infra', 's3:PutObject', `${artifacts}/infra/0a1b.zip`, true],
    ['infra', 's3:PutObject', `${artifacts}/backend-api/r42.tar.gz`, false],
    ['infra', 's3:GetObject', `${artifacts}/infra/0a1b.zip`, false],
    ['backend', 's3:PutObject', `${artifacts}/web-admin/index.html`, false],
    ['backend', 's3:PutObject', `${states}/dev/terraform.tfstate`, false],
    ['backend', 's3:GetObject', `${artifacts}/backend-api/r42.tar.gz`, false],
    ['backend', 's3:DeleteObject', `${artifacts}/backend-api/r42.tar.gz`, false],
    ['backend', 's3:PutBucketPolicy', artifacts, false],
    ['backend', 'ecr:PutImage', image, false],
    ['image', 'ecr:GetAuthorizationToken', '*', true],
    ['image', 'ecr:PutImage', image, true],
    ['image', 'ecr:DescribeImages', image, true],
    ['image', 'ecr:BatchDeleteImage', image, false],
    ['image', 'ecr:PutImageTagMutability', image, false],
    ['image', 'ecr:PutImage', `${image}-other`, false],
    ['image', 's3:PutObject', `${artifacts}/backend-api/r42.tar.gz`, false],
    [
      'image',
      'ecs:UpdateService',
      'arn:aws:ecs:ap-southeast-1:000011112222:service/d2-chatops/d2-chatops',
      false,
    ],
    ['image', 'iam:PassRole', 'arn:aws:iam::000011112222:role/d2-chatops-bot', false],
  ];

  it.each(rights)('as %s may %s on %s: %s', (role, action, resource, may) => {
    const { policy } = here.valuesOf(`module.release.aws_iam_role_policy.github["${role}"]`);
    expect(answerOf(policy, { action, resource })).toBe(may ? 'Allow' : undefined);
  });

  const key = `${artifacts}/backend-api/r42.tar.gz`;
  const admin = 'arn:aws:iam::000011112222:role/admin';
  const release = 'arn:aws:iam::000011112222:role/d2-ride-booking-github-backend';
  const refusals: [string, Question, 'Deny' | undefined][] = [
    ['a new artifact', put({ 's3:if-none-match': '*' }), undefined],
    ['an artifact that might be over another, from an administrator', put({}), 'Deny'],
    [
      'a part of a large one, which can carry no condition',
      put({ 's3:ObjectCreationOperation': 'false' }),
      undefined,
    ],
    ['a removal from GitHub', remove(release), 'Deny'],
    ['a removal by an administrator', remove(admin), undefined],
  ];
  function put(context: Record<string, string>): Question {
    return {
      action: 's3:PutObject',
      resource: key,
      context: { ...tls, 's3:ObjectCreationOperation': 'true', ...context },
    };
  }
  function remove(who: string): Question {
    return {
      action: 's3:DeleteObjectVersion',
      resource: key,
      context: { ...tls, 'aws:PrincipalArn': who },
    };
  }

  it.each(refusals)('bucket and %s: %j is answered %s', (_, question, answer) => {
    expect(
      answerOf(here.valuesOf('module.release.module.private.aws_s3_bucket_policy.this').policy, question),
    ).toBe(answer);
  });

  it('has no way in where no repository is named, and uses the provider that an account has', async () => {
    const typesOf = async (...extra: string[]) =>
      (await here.workspace.plan(root, ['-refresh=false', emails, ...extra]))
        .filter(({ change }) => change.actions.includes('delete'))
        .map(({ address }) => address);
    expect(await typesOf()).toEqual([
      'aws_iam_openid_connect_provider.github[0]',
      ...['aws_iam_role', 'aws_iam_role_policy'].flatMap((type) =>
        ['backend', 'image', 'infra'].map((role) => `module.release.${type}.github["${role}"]`),
      ),
    ]);
    expect(await typesOf(repository, '-var=create_oidc_provider=false')).toEqual([
      'aws_iam_openid_connect_provider.github[0]',
    ]);
  });

  it.each([
    ['acme/*', '["*"]', ['github_repository: owner/name', 'github_subjects: ref:refs/heads/<branch>']],
    ['d2-chatops', '["ref:refs/heads/*"]', ['github_repository: owner/name', 'without wildcards']],
    ['acme/d2-chatops', '["pull_request"]', ['is never right']],
    ['acme/d2-chatops', '[]', ['github_subjects: ref:refs/heads/<branch>']],
  ])('is not let in by %s with %s', async (named, subjects, complaints) => {
    const vars = [`-var=github_repository=${named}`, `-var=github_subjects=${subjects}`];
    const args = ['plan', '-input=false', '-refresh=false', emails, ...vars];
    const { code, said } = await here.run(...args);
    expect(code).toBe(1);
    for (const complaint of complaints) expect(said).toContain(complaint);
  });
});
