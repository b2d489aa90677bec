import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../run-program.ts';
import { region, startTestAccount } from '../sandbox/aws/test-account.ts';
import {
  artifacts,
  type Bootstrapped,
  bootstrapped,
  emails,
  repository,
  root,
  runIn,
  states,
  tls,
} from './bootstrapped.ts';
import { answerOf } from './statements.ts';
import { createWorkspace, hasTerraform } from './terraform.ts';

const nothingToDo = { code: 0, said: expect.stringContaining('No changes.') };

describe.skipIf(!hasTerraform)('bootstrap', () => {
  let here: Bootstrapped;
  beforeAll(async () => {
    here = await bootstrapped();
  });
  afterAll(() => here?.workspace.close());

  it('finds nothing to do after it was applied', async () => {
    expect(await here.run('plan', '-input=false', '-detailed-exitcode', emails, repository)).toMatchObject(
      nothingToDo,
    );
  });

  it('names what the other environments and the workflows ask for', () => {
    expect(here.outputs).toEqual({
      state_bucket: 'd2-ride-booking-terraform-000011112222',
      artifact_bucket: 'd2-ride-booking-artifacts-000011112222',
      github_role_arns: {
        backend: 'arn:aws:iam::000011112222:role/d2-ride-booking-github-backend',
        infra: 'arn:aws:iam::000011112222:role/d2-chatops-github-infra',
        image: 'arn:aws:iam::000011112222:role/d2-chatops-github-image',
      },
      toggles_parameters: { dev: '/d2/dev/toggles' },
    });
  });

  describe.each([
    ['module.state_bucket', states],
    ['module.release', artifacts],
  ])('the bucket of %s', (module, arn) => {
    it('is versioned, encrypted and private', () => {
      expect(
        here.valuesOf(`${module}.module.private.aws_s3_bucket_versioning.this[0]`).versioning_configuration,
      ).toMatchObject([{ status: 'Enabled' }]);
      expect(
        here.valuesOf(`${module}.module.private.aws_s3_bucket_server_side_encryption_configuration.this`)
          .rule,
      ).toMatchObject([{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'AES256' }] }]);
      expect(here.valuesOf(`${module}.module.private.aws_s3_bucket_public_access_block.this`)).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
      expect(here.valuesOf(`${module}.module.private.aws_s3_bucket_ownership_controls.this`).rule).toEqual([
        { object_ownership: 'BucketOwnerEnforced' },
      ]);
    });

    it('refuses everybody who comes without TLS', () => {
      const policy = here.valuesOf(`${module}.module.private.aws_s3_bucket_policy.this`).policy;
      const ask = (secure: string) =>
        answerOf(policy, {
          action: 's3:GetObject',
          resource: `${arn}/some/key`,
          context: { ...tls, 'aws:SecureTransport': secure },
        });
      expect({ plain: ask('false'), tls: ask('true') }).toEqual({ plain: 'Deny', tls: undefined });
    });
  });

  it('keeps earlier states for 90 days and plans for one', () => {
    expect(
      here.valuesOf('module.state_bucket.aws_s3_bucket_lifecycle_configuration.this').rule,
    ).toMatchObject([
      { id: 'history', status: 'Enabled', noncurrent_version_expiration: [{ noncurrent_days: 90 }] },
      {
        id: 'plans',
        status: 'Enabled',
        filter: [{ prefix: 'plans/' }],
        expiration: [{ days: 1 }],
        noncurrent_version_expiration: [{ noncurrent_days: 1 }],
      },
    ]);
  });

  describe('toggles', () => {
    const Name = '/d2/dev/toggles';

    it('begin as none, and what the bot wrote stays through the next apply', async () => {
      const account = await startTestAccount();
      const workspace = createWorkspace({
        env: {
          AWS_ENDPOINT_URL: account.endpoint,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
        },
      });
      const ssm = new SSMClient({ ...account, region });
      onTestFinished(async () => {
        ssm.destroy();
        workspace.close();
        await account.close();
      });
      await workspace.init(root);
      const apply = ['apply', '-input=false', '-auto-approve', emails, repository];
      await workspace.must(root, apply);
      const read = async () => (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
      expect(await read()).toBe('{}');
      const Value = '{"enable_rds": true}';
      await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
      expect(await runIn(workspace, apply)).toMatchObject(nothingToDo);
      expect(await read()).toBe(Value);
    });

    it.each([
      ['{}', true],
      ['{"enable_rds": true}', true],
      [' { "enable_rds" : true , "enable_nat_gateway":false } ', true],
      ['', false],
      ['{"enable_rds": "yes"}', false],
      ['{"enable_rds": true,}', false],
      ['{"enable_rds": true} {}', false],
      ['{"region": true}', false],
      ['not JSON', false],
    ])('may be %j: %s', (value, may) => {
      const { allowed_pattern } = here.valuesOf('aws_ssm_parameter.toggles["dev"]');
      expect(new RegExp(String(allowed_pattern)).test(value)).toBe(may);
    });
  });

  describe('the budget', () => {
    it('tells by mail at 80 % and 100 % of what was spent, and at 100 % of the forecast', () => {
      const { notification } = here.valuesOf('module.budget.aws_budgets_budget.this');
      const told = [notification].flat().map((one) => {
        const { notification_type, threshold, subscriber_email_addresses } = Object(one);
        return `${notification_type} ${threshold} ${subscriber_email_addresses}`;
      });
      expect(told.sort()).toEqual([
        'ACTUAL 100 platform@example.com',
        'ACTUAL 80 platform@example.com',
        'FORECASTED 100 platform@example.com',
      ]);
    });

    it.each([
      [[], 'budget_emails: write at least one address into envs/bootstrap/terraform.tfvars'],
      [['-var=budget_emails=["platform"]'], 'is no email address'],
      [[emails, '-var=budget_amount=0'], 'more than 0 US dollars'],
    ])('is not set up by %j, which says what is wrong', async (given, said) => {
      expect(await here.run('plan', '-input=false', ...given)).toEqual({
        code: 1,
        said: expect.stringContaining(said),
      });
    });
  });

  it('counts the project alone, looks for anomalies, and records every call of the account in a bucket that only this trail can write to, where that is asked for', async () => {
    const asked = ['budget_by_tag', 'anomaly_detection', 'cloudtrail'].map((name) => `-var=${name}=true`);
    const changes = await here.workspace.plan(root, [emails, repository, ...asked]);
    const isTrail = ({ address }: { address: string }) => address.startsWith('module.cloudtrail[0].');
    const [budget, ...rest] = changes.filter((one) => !isTrail(one));
    expect([budget, ...rest].map((one) => `${one?.change.actions} ${one?.address}`)).toEqual([
      'update module.budget.aws_budgets_budget.this',
      'create module.budget.aws_ce_anomaly_monitor.this[0]',
      'create module.budget.aws_ce_anomaly_subscription.this[0]',
    ]);
    expect(budget?.change.after).toMatchObject({
      cost_filter: [{ name: 'TagKeyValue', values: ['user:Project$d2-ride-booking'] }],
    });
    const trails = changes.filter(isTrail);
    expect(new Set(trails.map(({ change }) => String(change.actions)))).toEqual(new Set(['create', 'read']));
    expect(trails.find(({ type }) => type === 'aws_cloudtrail')?.change.after).toMatchObject({
      is_multi_region_trail: true,
      enable_log_file_validation: true,
    });
    const bucket = 'arn:aws:s3:::d2-ride-booking-cloudtrail-000011112222';
    const arn = 'arn:aws:cloudtrail:ap-southeast-1:000011112222:trail/d2-ride-booking';
    await here.workspace.must(root, ['apply', 'tf.plan']);
    const after = await here.workspace.resources(root);
    const policy = after.find(
      ({ address }) => address === 'module.cloudtrail[0].module.private.aws_s3_bucket_policy.this',
    )?.values.policy;
    const ask = (context: Record<string, string>) =>
      answerOf(policy, {
        action: 's3:PutObject',
        resource: `${bucket}/AWSLogs/000011112222/a.json.gz`,
        context: { ...tls, 's3:x-amz-acl': 'bucket-owner-full-control', ...context },
      });
    expect(ask({ 'aws:SourceArn': arn })).toBe('Allow');
    expect(ask({ 'aws:SourceArn': `${arn}-of-another` })).toBeUndefined();
    expect(ask({ 'aws:SourceArn': arn, 'aws:SecureTransport': 'false' })).toBe('Deny');
    await here.workspace.apply(root, [emails, repository]);
    expect(await here.workspace.resources(root)).toHaveLength(here.resources.length);
  });

  describe('taking it down', () => {
    it('is refused while the states would go with it', async () => {
      expect(await here.run('destroy', '-input=false', '-auto-approve', emails, repository)).toEqual({
        code: 1,
        said: expect.stringContaining(
          'module.state_bucket.aws_s3_bucket.this has lifecycle.prevent_destroy set',
        ),
      });
      expect(await here.workspace.resources(root)).toHaveLength(here.resources.length);
    });

    it('leaves the state bucket alone when it is done as main.tf says', async () => {
      const { workspace } = here;
      workspace.keepInFile(root);
      await workspace.init(root, ['-reconfigure']);
      await run('bash', ['-euo', 'pipefail', '-c', takingDown()], {
        cwd: join(workspace.folder, root),
        env: {
          ...process.env,
          ...(await workspace.envFor(root)),
          TF_CLI_ARGS_apply: '-auto-approve',
          TF_CLI_ARGS_destroy: '-auto-approve',
          TF_VAR_budget_emails: '["platform@example.com"]',
          TF_VAR_github_repository: 'acme/d2-chatops',
        },
      });
      expect(await here.workspace.resources(root)).toEqual([]);
    });

    function takingDown(): string {
      const text = readFileSync(join(here.workspace.folder, root, 'main.tf'), 'utf8');
      const [, second] = text.split(/^# .*which no `terraform destroy` removes:$/m);
      const commands = [...(second ?? '').matchAll(/^# {3}(.+)$/gm)].map(([, line]) => line);
      if (commands.length < 5) throw new Error('main.tf does not say any more how to take everything down');
      return commands.join('\n');
    }
  });
});
