import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { region, startTestAccount, type TestAccount } from '../sandbox/aws/test-account.ts';
import { commit, filledIn } from './applied-chatops.ts';
import { createWorkspace, hasTerraform, type Workspace } from './terraform.ts';

// In the order in which an operator applies them, in one account; taken down the other way round.
const roots = ['bootstrap', 'dev', 'chatops', 'prod'].map((name) => `envs/${name}`);
// With all that can be switched on, so that every line was applied once.
const everything: Record<string, string[]> = {
  'envs/bootstrap': [
    '-var=budget_emails=["platform@example.com"]',
    '-var=github_repository=acme/d2-chatops',
    '-var=anomaly_detection=true',
    '-var=cloudtrail=true',
  ],
  'envs/chatops': [
    `-var=image_tag=${commit}`,
    `-var=infra_commit=${commit}`,
    '-var=config_path=../../d2.yaml',
    '-var=emails=["platform@example.com"]',
    '-var=flow_logs=true',
  ],
  'envs/prod': [
    '-var=alert_emails=["oncall@example.com"]',
    '-var=protected=false',
    '-var=flow_logs=true',
    '-var=waf=true',
  ],
  'envs/dev': [
    'ec2_backend',
    'rds',
    'nat_gateway',
    'alb',
    'ssm_vpc_endpoints',
    'bastion',
    'web_admin',
    'web_passenger',
    'web_driver',
  ].map((toggle) => `-var=enable_${toggle}=true`),
};

const bucket = '-backend-config=bucket=d2-ride-booking-terraform-000011112222';

describe.skipIf(!hasTerraform)('an empty account', () => {
  let account: TestAccount;
  let workspace: Workspace;
  const seconds: string[] = [];

  beforeAll(async () => {
    account = await startTestAccount();
    workspace = createWorkspace({
      backend: 's3',
      schema: 'whole',
      env: {
        AWS_ENDPOINT_URL: account.endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
      },
    });
    writeFileSync(join(workspace.folder, 'd2.yaml'), filledIn);
  });
  afterAll(async () => {
    process.stdout.write(`Planned from nothing: ${seconds.join(', ')}.\n`);
    workspace?.close();
    await account?.close();
  });

  it.each(roots)('takes %s, and a second plan finds nothing to do', async (root) => {
    const vars = everything[root] ?? [];
    // The operators' page: bootstrap makes the bucket, so its own state moves there afterwards.
    if (root === 'envs/bootstrap') workspace.keepInFile(root);
    await workspace.init(root, root === 'envs/bootstrap' ? [] : [bucket]);
    const began = performance.now();
    const changes = await workspace.plan(root, vars);
    seconds.push(
      `${root} ${((performance.now() - began) / 1000).toFixed(1)} s for ${changes.length} resources`,
    );
    expect(
      changes.filter(({ mode }) => mode === 'managed').map(({ change }) => change.actions[0]),
    ).not.toContain('delete');
    await workspace.apply(root, vars);
    if (root === 'envs/bootstrap') {
      workspace.keepInBucket(root);
      await workspace.init(root, ['-migrate-state', '-force-copy', bucket]);
      rmSync(join(workspace.folder, root, 'terraform.tfstate'));
    }
    const again = await workspace.run(root, ['plan', '-input=false', '-detailed-exitcode', ...vars]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('No changes.') });
  });

  it.each(roots)('has every resource of %s that can be tagged carry the four tags', async (root) => {
    const bare = (await workspace.resources(root)).filter(({ mode, values }) => {
      const tags = values.tags_all;
      if (mode !== 'managed' || typeof tags !== 'object' || tags === null) return false;
      return !['Project', 'Environment', 'Service', 'ManagedBy'].every((tag) => tag in tags);
    });
    expect(bare.map(({ address }) => address)).toEqual([]);
  });

  it('has every state in the bucket, and no lock left', () => {
    const written = account.account.ledger().filter(({ service }) => service === 's3');
    const keys = (action: string, what: RegExp) =>
      new Set(
        written
          .filter((entry) => entry.action === action)
          .flatMap(({ targets }) => targets.filter((target) => what.test(target))),
      );
    expect([...keys('PutObject', /\.tfstate$/)].sort()).toEqual(
      roots.map((root) => `d2-ride-booking-terraform-000011112222/${root.slice(5)}/terraform.tfstate`).sort(),
    );
    expect(keys('DeleteObject', /\.tflock$/)).toEqual(keys('PutObject', /\.tflock$/));
  });

  it.each([...roots].reverse())('is as it was when %s is destroyed', async (root) => {
    // No destroy takes the states: the operators' page lets go of their bucket first.
    if (root === 'envs/bootstrap') {
      workspace.keepInFile(root);
      await workspace.init(root, ['-migrate-state', '-force-copy']);
      await workspace.must(root, ['state', 'rm', 'module.state_bucket', 'aws_iam_service_linked_role.this']);
    }
    await workspace.destroy(root, everything[root]);
    expect((await workspace.resources(root)).filter(({ mode }) => mode === 'managed')).toEqual([]);
  });
});
