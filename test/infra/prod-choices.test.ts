import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Change, createWorkspace, hasTerraform, type Workspace } from './terraform.ts';
import { type Run, runTests } from './terraform-test.ts';

const root = 'envs/prod';
// The runs of its tests/choices.tftest.hcl.
const usual = 'what_is_usual';
const spread = 'walled_spread_and_below_a_zone';
const letGo = 'let_go_with_another_dns_provider_before_the_first_release_of_web_driver';

describe.skipIf(!hasTerraform)('prod, chosen otherwise', () => {
  let workspace: Workspace;
  let choices: Map<string, Run>;

  beforeAll(async () => {
    workspace = createWorkspace();
    await workspace.init(root);
    choices = await runTests(workspace, root, 'choices');
  }, 120_000);
  afterAll(() => workspace?.close());

  const planned = (run: string, type: string) =>
    (choices.get(run)?.changes ?? []).filter((change) => change.type === type);
  const values = (run: string, address: string) => afterOf(choices.get(run)?.changes ?? [], address);

  const siteOf = (service: string) => `module.site["${service}"].aws_cloudfront_distribution.this`;

  it('passes its own terraform tests', () => {
    const failed = [...choices].filter(([, { status }]) => status !== 'pass');
    expect(failed.map(([run, { complaints }]) => ({ run, complaints }))).toEqual([]);
    expect(choices.size).toBe(3);
  });

  it('stands behind firewalls, the sites’ in the region that CloudFront wants', () => {
    const acls = planned(spread, 'aws_wafv2_web_acl').map(({ change }) => change.after);
    expect(acls).toMatchObject([
      { scope: 'REGIONAL', region: 'ap-southeast-1' },
      { scope: 'CLOUDFRONT', region: 'us-east-1' },
    ]);
    for (const acl of acls) {
      expect(acl).toHaveProperty('rule', expect.arrayContaining([expect.objectContaining({ name: 'rate' })]));
      expect(acl).toHaveProperty('rule.length', 4);
    }
    expect(planned(spread, 'aws_wafv2_web_acl_association')).toHaveLength(1);
    // An upload of more than 8 KB and a client without a name are counted, and come through.
    const counted = JSON.stringify(acls).match(/"(NoUserAgent_HEADER|SizeRestrictions_BODY)"/g);
    expect(counted).toHaveLength(2 * acls.length);
    // What only apply knows is absent from a plan's values; without a firewall it is null.
    const webAcl = (run: string) => values(run, siteOf('web-admin')).web_acl_id;
    expect([webAcl(spread), webAcl(usual)]).toEqual([undefined, null]);
    expect(planned(spread, 'aws_flow_log')).toHaveLength(1);
    expect(planned(usual, 'aws_flow_log')).toEqual([]);
  });

  it('is spread over three zones, with one way out', () => {
    expect(planned(spread, 'aws_subnet')).toHaveLength(9);
    expect(planned(spread, 'aws_nat_gateway')).toHaveLength(1);
    expect(values(spread, 'module.alb.aws_lb.this').access_logs).toEqual([]);
  });

  it('lets go of everything that holds it', () => {
    expect(values(letGo, 'module.rds.aws_db_instance.this').deletion_protection).toBe(false);
    expect(values(letGo, 'module.alb.aws_lb.this').enable_deletion_protection).toBe(false);
    expect(values(letGo, 'module.cognito.aws_cognito_user_pool.this').deletion_protection).toBe('INACTIVE');
    expect(values(letGo, 'module.alb.aws_s3_bucket.access_logs[0]').force_destroy).toBe(true);
    expect(values(letGo, 'module.rds.aws_db_instance.this').skip_final_snapshot).toBe(false);
  });

  it('rings for a database with less than a tenth of its memory or storage, or three quarters of its connections', () => {
    const threshold = (what: string) =>
      values(usual, `module.alarms.aws_cloudwatch_metric_alarm.this["rds-${what}"]`).threshold;
    expect([threshold('memory'), threshold('storage'), threshold('connections')]).toEqual([
      205 * 2 ** 20,
      2 * 2 ** 30,
      113,
    ]);
  });

  it('says what to write instead of what can’t be', async () => {
    const wrong = {
      domain: 'https://Rides.example.com/',
      az_count: '1',
      backend_api: '{min_size=3,max_size=2,instance_type="small"}',
      web_driver: '{min_size=2,max_size=1,health_path="health",instance_type="large"}',
      rds_instance_class: 't3.small',
      alert_emails: '["somebody"]',
    };
    expect(await complaints(workspace, wrong)).toEqual(
      [
        /alert_emails must be mail addresses, such as \["platform@example\.com"\]/,
        /az_count must be 2 or 3/,
        /backend_api\.instance_type must be an EC2 instance type, such as t3\.small/,
        /backend_api\.min_size must be 0 or more and not above max_size/,
        /domain must be a bare domain in small letters, such as rides\.example\.com/,
        /rds_instance_class must be one of RDS's, such as db\.t3\.small/,
        /web_driver\.health_path must begin with a slash/,
        /web_driver\.instance_type must be/,
        /web_driver\.min_size must be/,
      ].map((message) => expect.stringMatching(message)),
    );
    const together = { zone: 'example.org', rds_performance_insights: 'true' };
    expect(await complaints(workspace, together)).toEqual(
      [
        /rds_performance_insights needs a larger rds_instance_class: db\.t3\.medium/,
        /zone must be domain or what domain ends with: for rides\.example\.com, example\.com/,
      ].map((message) => expect.stringMatching(message)),
    );
  });
});

function afterOf(changes: readonly Change[], address: string): Record<string, unknown> {
  const after = changes.find((one) => one.address === address)?.change.after;
  if (typeof after !== 'object' || after === null) throw new Error(`Nothing is planned for ${address}`);
  return { ...after };
}

/** What a plan says against these values of variables, sorted. */
async function complaints({ run }: Workspace, wrong: Record<string, string>): Promise<string[]> {
  const vars = Object.entries(wrong).map(([variable, value]) => `-var=${variable}=${value}`);
  const { stdout } = await run(root, ['plan', '-input=false', '-json', ...vars]);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): { diagnostic?: { severity: string; detail: string } } => JSON.parse(line))
    .flatMap(({ diagnostic }) => (diagnostic?.severity === 'error' ? [diagnostic.detail] : []))
    .sort();
}
