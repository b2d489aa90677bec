import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePattern } from '../../sandbox/aws/logs/filter-pattern.ts';
import { createLog } from '../../src/logging.ts';
import { logOldestOperation } from '../../src/watch/oldest-operation.ts';
import { createBotProcess } from '../core/bot.ts';
import {
  type AppliedChatops,
  appliedChatops,
  commit,
  configIn,
  filledIn,
  project,
  root,
} from './applied-chatops.ts';
import { answerOf } from './statements.ts';
import { hasTerraform, type Workspace } from './terraform.ts';

const envs = join(project, 'infra/terraform/envs');
const documents = join(project, 'infra/terraform/modules/ssm-documents/documents');

describe.skipIf(!hasTerraform)('the bot’s own Terraform', () => {
  let chatops: AppliedChatops;
  let workspace: Workspace;
  beforeAll(async () => {
    chatops = await appliedChatops();
    workspace = await chatops.open();
  });
  afterAll(() => workspace?.close());

  const values = (type: string, key?: string) => chatops.one(type, key).values;

  it('registers the very documents that the sandbox runs, and tells their hashes', () => {
    const files = readdirSync(documents);
    const made = chatops.all('aws_ssm_document');
    expect(made.map(({ values: { name } }) => `${name}.yaml`).sort()).toEqual(files.sort());
    const { documents: told } = chatops.outputs;
    for (const { values: document } of made) {
      const content = readFileSync(join(documents, `${document.name}.yaml`), 'utf8');
      expect(document).toMatchObject({
        content,
        document_type: 'Command',
        document_format: 'YAML',
        target_type: '/AWS::EC2::Instance',
        tags_all: { Service: 'chatops', Environment: 'ops' },
      });
      const sha256 = createHash('sha256').update(content).digest('hex');
      expect(told).toHaveProperty(String(document.name), { sha256, default: '1', latest: '1' });
    }
  });

  it('keeps operations in a table that clears itself, can be had back and can’t be deleted', () => {
    expect(values('aws_dynamodb_table')).toMatchObject({
      name: 'd2-chatops',
      hash_key: 'pk',
      attribute: [{ name: 'pk', type: 'S' }],
      billing_mode: 'PAY_PER_REQUEST',
      ttl: [{ attribute_name: 'expires', enabled: true }],
      point_in_time_recovery: [{ enabled: true, recovery_period_in_days: 35 }],
      server_side_encryption: [{ enabled: true }],
      deletion_protection_enabled: true,
    });
  });

  it('keeps the trail for a year at least, protected from deletion', () => {
    const groups = chatops.all('aws_cloudwatch_log_group').map((group) => group.values);
    const audit = groups.find(({ name }) => name === '/d2/chatops/audit');
    expect(audit).toMatchObject({ deletion_protection_enabled: true });
    expect(audit?.retention_in_days).toBeGreaterThanOrEqual(365);
  });

  it('leaves the tokens’ secrets empty', () => {
    expect(chatops.all('aws_secretsmanager_secret').map(({ values: { name } }) => name)).toEqual([
      'd2-chatops/slack-app-token',
      'd2-chatops/slack-bot-token',
    ]);
    expect(chatops.all('aws_secretsmanager_secret_version')).toEqual([]);
  });

  it('has a VPC of its own, into which nothing leads', () => {
    const { vpc_id, id } = values('aws_security_group');
    expect(vpc_id).toBe(values('aws_vpc').id);
    expect(chatops.all('aws_vpc_security_group_ingress_rule')).toEqual([]);
    expect(chatops.all('aws_security_group_rule')).toEqual([]);
    // As AWS fills it in: none was written into the group itself either.
    expect(values('aws_security_group').ingress).toEqual([]);
    expect(
      chatops
        .all('aws_vpc_security_group_egress_rule')
        .map((rule) => rule.values.to_port)
        .sort(),
    ).toEqual([443, 80]);
    expect(values('aws_ecs_service').network_configuration).toEqual([
      expect.objectContaining({ assign_public_ip: true, security_groups: [id], subnets: expect.any(Array) }),
    ]);
    expect(chatops.all('aws_nat_gateway')).toEqual([]);
    expect(chatops.all('aws_flow_log')).toEqual([]);
  });

  it('has an address range that no environment has', () => {
    const files = readdirSync(envs, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.tf(vars)?$/.test(file),
    );
    const ranges = files.flatMap((file) =>
      [...readFileSync(join(envs, file), 'utf8').matchAll(/"(10\.\d+)\.\d+\.\d+\/\d+"/g)].map(
        ([, start = '']) => start,
      ),
    );
    expect(ranges).toContain('10.40');
    expect(ranges).toEqual([...new Set(ranges)]);
  });

  it('runs tasks that can write nothing but a small /tmp, as nobody in particular', () => {
    const [container] = JSON.parse(String(values('aws_ecs_task_definition').container_definitions));
    expect(container).toMatchObject({
      image: expect.stringMatching(new RegExp(`/d2-chatops:${commit}$`)),
      user: '1000:1000',
      readonlyRootFilesystem: true,
      linuxParameters: {
        initProcessEnabled: true,
        capabilities: { drop: ['ALL'] },
        tmpfs: [{ containerPath: '/tmp', mountOptions: expect.arrayContaining(['noexec']) }],
      },
      healthCheck: { command: ['CMD', 'node', 'dist/healthcheck.js'] },
    });
    expect(container.privileged).toBeUndefined();
    expect(container.environment.map(({ name }: { name: string }) => name)).toEqual([
      'AWS_REGION',
      'AWS_EC2_METADATA_DISABLED',
    ]);
    expect(container.secrets.map(({ name }: { name: string }) => name)).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'D2_YAML',
    ]);
  });

  it('waits with the kill until the bot has drained', () => {
    const main = readFileSync(join(project, 'src/main.ts'), 'utf8');
    const drain = Number(/drainMs = ([\d_]+)/.exec(main)?.[1]?.replaceAll('_', ''));
    const [{ stopTimeout }] = JSON.parse(String(values('aws_ecs_task_definition').container_definitions));
    expect(stopTimeout * 1_000).toBeGreaterThanOrEqual(2 * drain);
  });

  it('has the new tasks up before the old ones go, and goes back when they don’t come up', () => {
    expect(values('aws_ecs_service')).toMatchObject({
      launch_type: 'FARGATE',
      desired_count: 1,
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      deployment_circuit_breaker: [{ enable: true, rollback: true }],
      wait_for_steady_state: true,
      enable_execute_command: false,
    });
  });

  it('keeps images unmoved, scanned, the one that runs and twenty more', () => {
    expect(values('aws_ecr_repository')).toMatchObject({
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: [{ scan_on_push: true }],
    });
    const { rules } = JSON.parse(String(values('aws_ecr_lifecycle_policy').policy));
    const countType = 'imageCountMoreThan';
    expect(rules).toMatchObject([
      { rulePriority: 1, selection: { tagPatternList: [commit], countType, countNumber: 1 } },
      { rulePriority: 2, selection: { tagStatus: 'any', countType, countNumber: 20 } },
    ]);
  });

  it('starts new tasks when d2.yaml changes', async () => {
    expect(values('aws_ssm_parameter')).toMatchObject({
      name: '/d2-chatops/config',
      insecure_value: filledIn,
    });
    writeFileSync(configIn(workspace), filledIn.replace('Asia/Kuala_Lumpur', 'Asia/Singapore'));
    const changes = await workspace.plan(root, ['-refresh=false', ...chatops.vars]);
    writeFileSync(configIn(workspace), filledIn);
    expect(Object.fromEntries(changes.map(({ type, change }) => [type, change.actions]))).toEqual({
      aws_ssm_parameter: ['update'],
      aws_ecs_task_definition: ['delete', 'create'],
      aws_ecs_service: ['update'],
    });
  });

  async function complaints(config: string, ...vars: string[]) {
    writeFileSync(configIn(workspace), config);
    const args = ['plan', '-refresh=false', ...chatops.vars, ...vars];
    const { code, stderr } = await workspace.run(root, args);
    writeFileSync(configIn(workspace), filledIn);
    expect(code).toBe(1);
    return stderr.replace(/[\s│]+/g, ' ');
  }

  it('refuses settings that could only do harm', async () => {
    const config = filledIn.replace('0123ABCD', '0REPLACEME');
    const said = await complaints(
      config,
      '-var=audit_retention_days=90',
      '-var=desired_count=9',
      '-var=infra_commit=main',
      '-var=environments=["dev","prod","*"]',
    );
    for (const complaint of [
      'd2.yaml still has a REPLACE to be filled in',
      'audit_retention_days: a year or more',
      'desired_count: 0 to 5',
      'infra_commit: all forty characters',
      'A wildcard would be every environment of the account',
    ]) {
      expect(said).toContain(complaint);
    }
  });

  it('refuses environments of which one’s rights would reach the other', async () => {
    expect(await complaints(filledIn, '-var=environments=["dev","dev-eu","prod"]')).toContain(
      'environments: one begins with another',
    );
  });

  it('refuses a d2.yaml whose table, trail, environments or log groups the bot’s role does not have', async () => {
    const config = filledIn
      .replace('table: d2-chatops', 'table: another')
      .replace('trail: /d2/chatops/audit', 'trail: /elsewhere')
      .replace('  dev:\n    channel', '  qa:\n    channel')
      .replace('dev: /aws/ec2/dev', 'dev: /aws/ec2/other');
    const said = await complaints(config);
    for (const complaint of [
      'must say `table: d2-chatops`',
      'must say `trail: /d2/chatops/audit`',
      'an environment that `environments` does not have',
      'a log group that `log_groups` does not have',
    ]) {
      expect(said).toContain(complaint);
    }
  });

  it('hands the scheduler’s role to schedules of its own group alone', () => {
    const trust = chatops.all('aws_iam_role').find(({ values: { name } }) => name === 'd2-chatops-scheduler');
    const group = values('aws_scheduler_schedule_group').arn;
    const ask = (context: Record<string, string>) =>
      answerOf(trust?.values.assume_role_policy, { action: 'sts:AssumeRole', context });
    const own = { 'aws:SourceAccount': '000011112222', 'aws:SourceArn': String(group) };
    expect(ask(own)).toBe('Allow');
    expect(ask({ ...own, 'aws:SourceAccount': '999999999999' })).toBeUndefined();
    expect(ask({ ...own, 'aws:SourceArn': `${group}-other` })).toBeUndefined();
    expect(JSON.parse(String(trust?.values.assume_role_policy))).toMatchObject({
      Statement: [{ Principal: { Service: 'scheduler.amazonaws.com' } }],
    });
  });

  it('takes no line at all for a bot that is down, and an old operation for one that is stuck', () => {
    const watched = { namespace: 'D2/ChatOps', metric_name: 'OldestOpenSeconds' };
    expect(values('aws_cloudwatch_metric_alarm', 'down')).toMatchObject({
      ...watched,
      statistic: 'SampleCount',
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      treat_missing_data: 'breaching',
    });
    expect(values('aws_cloudwatch_metric_alarm', 'open')).toMatchObject({
      ...watched,
      statistic: 'Maximum',
      comparison_operator: 'GreaterThanThreshold',
      threshold: 1800,
    });
    expect(values('aws_cloudwatch_metric_alarm', 'undelivered')).toMatchObject({
      namespace: 'AWS/SQS',
      dimensions: { QueueName: values('aws_sqs_queue').name },
      threshold: 0,
    });
    const topic = [values('aws_sns_topic').arn];
    for (const alarm of chatops.all('aws_cloudwatch_metric_alarm')) {
      expect(alarm.values).toMatchObject({ alarm_actions: topic, ok_actions: topic });
    }
  });

  it('counts the lines that the bot really logs, and no others', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', stream: { write: (line) => lines.push(line) } });
    await logOldestOperation({ ...createBotProcess().createBot().bot, log });
    log.info({}, 'the bot is listening');
    log.error({}, 'looking for interrupted operations failed');
    const counted = (name: string) =>
      lines.map(compilePattern(String(values('aws_cloudwatch_log_metric_filter', name).pattern)));
    expect(counted('OldestOpenSeconds')).toEqual([true, false, false]);
    expect(counted('Errors')).toEqual([false, false, true]);
    expect(JSON.parse(lines[0] ?? '')).toHaveProperty('oldestOpenSeconds', 0);
    // A default would make a minute without a line look like a minute without operations.
    const filter = values('aws_cloudwatch_log_metric_filter', 'OldestOpenSeconds');
    expect(filter.metric_transformation).toMatchObject([
      { value: '$.oldestOpenSeconds', default_value: null },
    ]);
  });

  it('refuses an apply that has forgotten the image: the service would be gone', async () => {
    const forgotten = ['plan', '-refresh=false', `-var=infra_commit=${commit}`];
    const { code, stderr } = await workspace.run(root, forgotten);
    expect(code).toBe(1);
    expect(stderr.replace(/[\s│]+/g, ' ')).toMatch(
      /image_tag: none.*terraform\.tfvars.*without_service=true/,
    );
  });

  it('makes everything but the service and its alarms while there is no image', async () => {
    const changes = await workspace.plan(root, [
      '-refresh=false',
      `-var=infra_commit=${commit}`,
      '-var=without_service=true',
    ]);
    const gone = changes.filter(({ change }) => change.actions.join() === 'delete').map(({ type }) => type);
    expect([...new Set(gone)].sort()).toEqual([
      'aws_cloudwatch_metric_alarm',
      'aws_ecs_service',
      'aws_ecs_task_definition',
      'aws_sns_topic_subscription',
      'aws_ssm_parameter',
    ]);
  });
});
