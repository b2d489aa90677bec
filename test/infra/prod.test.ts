import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Applied, account } from './applied-once.ts';
import { appliedProd } from './applied-prod.ts';
import { answerOf } from './statements.ts';
import { hasTerraform, type Resource } from './terraform.ts';

const name = 'd2-ride-booking-prod';

describe.skipIf(!hasTerraform)('prod', () => {
  let prod: Applied;
  let resources: readonly Resource[];
  beforeAll(async () => {
    prod = await appliedProd();
    resources = prod.resources;
  });

  const managed = () => resources.filter(({ mode }) => mode === 'managed');
  const all = (type: string) => managed().filter((one) => one.type === type);
  const at = (address: string): Record<string, unknown> => {
    const found = resources.find((one) => one.address === address);
    if (!found) throw new Error(`No ${address} among ${resources.map((one) => one.address).join(', ')}`);
    return found.values;
  };
  const tag = ({ values }: Resource, key: string): unknown => {
    const tags = values.tags_all;
    return typeof tags === 'object' && tags !== null ? Reflect.get(tags, key) : undefined;
  };
  const id = (address: string) => String(at(address).id);

  it('finds nothing to do after it was applied', async () => {
    const workspace = await prod.open();
    onTestFinished(() => workspace.close());
    const ended = await workspace.run(prod.root, [
      'plan',
      '-input=false',
      '-detailed-exitcode',
      ...prod.vars,
    ]);
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No changes.'),
    });
  });

  describe('the load balancer', () => {
    const listener = (port: number) => {
      const found = all('aws_lb_listener').filter(({ values }) => values.port === port);
      expect(found).toHaveLength(1);
      return found[0]?.values ?? {};
    };

    it('is public, in two zones, protected, and drops headers that are none', () => {
      expect(at('module.alb.aws_lb.this')).toMatchObject({
        internal: false,
        enable_deletion_protection: true,
        drop_invalid_header_fields: true,
      });
      const subnets = all('aws_subnet').filter(({ address }) => address.includes('.public['));
      expect([at('module.alb.aws_lb.this').subnets].flat().sort()).toEqual(
        subnets.map(({ values }) => values.id).sort(),
      );
    });

    it('answers HTTP with the way to HTTPS and nothing else', () => {
      expect(all('aws_lb_listener').map(({ values }) => values.port)).toEqual([80, 443]);
      expect(listener(80).default_action).toMatchObject([
        { type: 'redirect', redirect: [{ protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' }] },
      ]);
      expect(all('aws_lb_listener_rule').map(({ values }) => values.listener_arn)).not.toContain(
        listener(80).arn,
      );
    });

    it('speaks TLS 1.2 and 1.3 with its own certificate', () => {
      expect(listener(443)).toMatchObject({
        protocol: 'HTTPS',
        ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
        certificate_arn: at('aws_acm_certificate.services').arn,
      });
    });

    it('sends each host to its service, and every other one away', () => {
      expect(listener(443).default_action).toMatchObject([
        { type: 'fixed-response', fixed_response: [{ status_code: '404' }] },
      ]);
      const rule = (service: string) => at(`module.alb.aws_lb_listener_rule.this["${service}"]`);
      const target = (service: string) => at(`module.alb.aws_lb_target_group.this["${service}"]`);
      for (const [service, host] of [
        ['backend-api', 'api.rides.example.com'],
        ['web-driver', 'driver.rides.example.com'],
      ] as const) {
        expect(rule(service)).toMatchObject({
          listener_arn: listener(443).arn,
          condition: [{ host_header: [{ values: [host] }], path_pattern: [] }],
          action: [{ type: 'forward', target_group_arn: target(service).arn }],
        });
      }
      expect(all('aws_lb_listener_rule')).toHaveLength(2);
    });

    it.each([
      ['backend-api', `${name}-backend-tg`, 3000, '/health'],
      ['web-driver', `${name}-driver-tg`, 3001, '/'],
    ])('looks at the health of %s', (service, group, port, path) => {
      expect(at(`module.alb.aws_lb_target_group.this["${service}"]`)).toMatchObject({
        name: group,
        port,
        health_check: [{ path, matcher: '200' }],
      });
    });

    it('writes every request into a bucket that only it writes to, for 90 days', () => {
      const bucket = `${name}-alb-logs-${account}`;
      expect(at('module.alb.aws_lb.this').access_logs).toMatchObject([{ bucket, enabled: true }]);
      expect(at('module.alb.aws_s3_bucket_lifecycle_configuration.access_logs[0]').rule).toMatchObject([
        { status: 'Enabled', expiration: [{ days: 90 }] },
      ]);
      const policy = at('module.alb.module.private[0].aws_s3_bucket_policy.this').policy;
      const ask = (action: string, key: string, secure = 'true') =>
        answerOf(policy, {
          action,
          resource: `arn:aws:s3:::${bucket}/${key}`,
          context: { 'aws:SecureTransport': secure },
        });
      const own = `AWSLogs/${account}/elasticloadbalancing/x.log.gz`;
      expect([
        ask('s3:PutObject', own),
        ask('s3:PutObject', own, 'false'),
        ask('s3:GetObject', own),
        ask('s3:PutObject', 'AWSLogs/210987654321/x.log.gz'),
      ]).toEqual(['Allow', 'Deny', undefined, undefined]);
    });
  });

  describe.each([
    ['backend-api', `${name}-backend`],
    ['web-driver', `${name}-web-driver`],
  ])('the group of %s', (service, group) => {
    const asg = () => at(`module.asg["${service}"].aws_autoscaling_group.this`);

    it('has two instances or more, in private subnets of two zones, judged by the load balancer', () => {
      expect(asg()).toMatchObject({
        name: group,
        min_size: 2,
        max_size: 4,
        health_check_type: 'ELB',
        target_group_arns: [at(`module.alb.aws_lb_target_group.this["${service}"]`).arn],
      });
      const subnets = all('aws_subnet').filter(({ address }) => address.includes('.private['));
      expect(asg().vpc_zone_identifier).toEqual(
        expect.arrayContaining(subnets.map(({ values }) => values.id)),
      );
      expect(new Set(subnets.map(({ values }) => values.availability_zone)).size).toBe(2);
    });

    it('takes a new version one after another, without fewer', () => {
      expect(asg().instance_refresh).toMatchObject([
        { strategy: 'Rolling', preferences: [{ min_healthy_percentage: 100, auto_rollback: true }] },
      ]);
    });

    it('tags what it launches as everything else is tagged', () => {
      expect(asg().tag).toEqual(
        expect.arrayContaining(
          Object.entries({
            Project: 'd2-ride-booking',
            Environment: 'prod',
            Service: service,
            ManagedBy: 'terraform',
            Name: group,
          }).map(([key, value]) => ({ key, value, propagate_at_launch: true })),
        ),
      );
    });

    it('gives its instances their port, their settings and no way in but the load balancer', () => {
      const template = at(`module.asg["${service}"].aws_launch_template.this`);
      const script = Buffer.from(String(template.user_data), 'base64').toString();
      expect(script).toContain(`SERVICE='${service}'`);
      expect(script).toContain(`PORT='${service === 'backend-api' ? 3000 : 3001}'`);
      expect(script.includes(`DB_HOST=${at('module.rds.aws_db_instance.this').address}`)).toBe(
        service === 'backend-api',
      );
      const own = id(`module.security_groups.aws_security_group.service["${service}"]`);
      const ways = all('aws_vpc_security_group_ingress_rule').filter(
        ({ values }) => values.security_group_id === own,
      );
      expect(ways.map(({ values }) => [values.from_port, values.referenced_security_group_id])).toEqual([
        [service === 'backend-api' ? 3000 : 3001, id('module.security_groups.aws_security_group.alb')],
      ]);
    });
  });

  it('lets backend-api log in to the database, and web-driver not', () => {
    const policies = (service: string) =>
      JSON.stringify(
        managed()
          .filter(
            ({ address, type }) => address.includes(`role["${service}"]`) && type === 'aws_iam_role_policy',
          )
          .map(({ values }) => values.policy),
      );
    expect(policies('backend-api')).toContain(
      `dbuser:${at('module.rds.aws_db_instance.this').resource_id}/app_user`,
    );
    expect(policies('web-driver')).not.toContain('rds-db');
  });

  it('keeps a way out in each zone when the other fails', () => {
    expect(all('aws_nat_gateway')).toHaveLength(2);
    const routes = all('aws_route').filter(({ values }) => values.nat_gateway_id);
    expect(new Set(routes.map(({ values }) => values.nat_gateway_id)).size).toBe(2);
  });

  it('has a database with a standby, encrypted, protected, backed up and out of reach', () => {
    expect(at('module.rds.aws_db_instance.this')).toMatchObject({
      identifier: `${name}-rds-mysql`,
      multi_az: true,
      storage_encrypted: true,
      deletion_protection: true,
      publicly_accessible: false,
      backup_retention_period: 14,
      skip_final_snapshot: false,
      iam_database_authentication_enabled: true,
    });
    expect(at('module.rds.aws_secretsmanager_secret.master')).toMatchObject({
      name: expect.stringContaining('rds-master'),
      recovery_window_in_days: 30,
    });
  });

  it('takes no password for a sign-in, and keeps its users', () => {
    expect(at('module.cognito.aws_cognito_user_pool_client.this')).toMatchObject({
      explicit_auth_flows: ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH'],
      prevent_user_existence_errors: 'ENABLED',
      generate_secret: false,
    });
    expect(at('module.cognito.aws_cognito_user_pool.this')).toMatchObject({
      deletion_protection: 'ACTIVE',
      mfa_configuration: 'OPTIONAL',
      admin_create_user_config: [{ allow_admin_create_user_only: true }],
      password_policy: [{ minimum_length: 12, require_symbols: true, require_numbers: true }],
    });
    expect(all('aws_cognito_user_group').map(({ values }) => values.name)).toEqual([
      'ADMIN',
      'DRIVER',
      'PASSENGER',
    ]);
  });

  it('lets no bucket be public', () => {
    const buckets = all('aws_s3_bucket').map(({ values }) => values.id);
    expect(buckets).toHaveLength(3);
    const closed = all('aws_s3_bucket_public_access_block').filter(({ values }) =>
      ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].every(
        (setting) => values[setting] === true,
      ),
    );
    expect(closed.map(({ values }) => values.bucket).sort()).toEqual(buckets.sort());
  });

  describe.each([
    ['web-admin', 'admin.rides.example.com'],
    ['web-passenger', 'passenger.rides.example.com'],
  ])('the site %s', (service, host) => {
    const site = (address: string) => at(`module.site["${service}"].${address}`);

    it('answers over HTTPS alone, and gives the application what is no file', () => {
      expect(site('aws_cloudfront_distribution.this')).toMatchObject({
        aliases: [host],
        default_cache_behavior: [{ viewer_protocol_policy: 'redirect-to-https', compress: true }],
        viewer_certificate: [
          {
            acm_certificate_arn: at('aws_acm_certificate.sites').arn,
            minimum_protocol_version: 'TLSv1.2_2021',
            ssl_support_method: 'sni-only',
          },
        ],
        origin: [{ origin_access_control_id: site('aws_cloudfront_origin_access_control.this').id }],
      });
      const fallback = site('aws_cloudfront_distribution.this').custom_error_response;
      expect(fallback).toMatchObject([
        { error_code: 404, response_code: 200, response_page_path: '/index.html' },
      ]);
    });

    it('has a bucket that its own distribution reads, and nobody else', () => {
      const bucket = `arn:aws:s3:::${site('aws_s3_bucket.this').bucket}`;
      const ask = (source: unknown, secure = 'true', action = 's3:GetObject') =>
        answerOf(site('module.private.aws_s3_bucket_policy.this').policy, {
          action,
          resource: `${bucket}/index.html`,
          context: { 'AWS:SourceArn': String(source), 'aws:SecureTransport': secure },
        });
      const own = site('aws_cloudfront_distribution.this').arn;
      expect([
        ask(own),
        ask(`arn:aws:cloudfront::${account}:distribution/EANOTHERS`),
        ask(own, 'false'),
        ask(own, 'true', 's3:PutObject'),
      ]).toEqual(['Allow', undefined, 'Deny', undefined]);
      expect(site('module.private.aws_s3_bucket_versioning.this[0]').versioning_configuration).toMatchObject([
        { status: 'Enabled' },
      ]);
    });
  });

  describe('host names', () => {
    it.each([
      ['services', 'ap-southeast-1', ['api.rides.example.com', 'driver.rides.example.com']],
      ['sites', 'us-east-1', ['admin.rides.example.com', 'passenger.rides.example.com']],
    ])('have a certificate for %s in %s, proved by records', (certificate, region, hosts) => {
      const { arn, domain_name, subject_alternative_names } = at(`aws_acm_certificate.${certificate}`);
      expect(arn).toContain(`:acm:${region}:`);
      expect(new Set([domain_name, ...[subject_alternative_names].flat()])).toEqual(new Set(hosts));
      const { validation_record_fqdns, certificate_arn } = at(
        `aws_acm_certificate_validation.${certificate}`,
      );
      expect(certificate_arn).toBe(arn);
      expect([validation_record_fqdns].flat().sort()).toEqual(
        hosts.map((host) => at(`aws_route53_record.proof["${host}"]`).fqdn).sort(),
      );
    });

    it('lead to what serves them', () => {
      const targets = all('aws_route53_record')
        .filter(({ name: kind }) => kind !== 'proof')
        .map(({ values }) => [values.name, values.type, Reflect.get([values.alias].flat()[0] ?? {}, 'name')]);
      const balancer = at('module.alb.aws_lb.this').dns_name;
      const site = (service: string) =>
        at(`module.site["${service}"].aws_cloudfront_distribution.this`).domain_name;
      expect(targets.sort()).toEqual([
        ['admin.rides.example.com', 'A', site('web-admin')],
        ['admin.rides.example.com', 'AAAA', site('web-admin')],
        ['api.rides.example.com', 'A', balancer],
        ['driver.rides.example.com', 'A', balancer],
        ['passenger.rides.example.com', 'A', site('web-passenger')],
        ['passenger.rides.example.com', 'AAAA', site('web-passenger')],
      ]);
    });
  });

  describe('alarms', () => {
    const alarms = () => all('aws_cloudwatch_metric_alarm').map(({ values }) => values);
    const topic = () => at('module.alarms.aws_sns_topic.this');

    it('watch the load balancer, each service and the database', () => {
      expect(
        alarms()
          .map(({ alarm_name, treat_missing_data }) => `${alarm_name} ${treat_missing_data}`)
          .sort(),
      ).toEqual(
        [
          'alb-5xx notBreaching',
          ...['backend-api', 'web-driver'].flatMap((service) => [
            `${service}-5xx notBreaching`,
            `${service}-down breaching`,
            `${service}-short breaching`,
            `${service}-slow notBreaching`,
            `${service}-unhealthy notBreaching`,
          ]),
          ...['connections', 'cpu', 'memory', 'storage'].map((what) => `rds-${what} missing`),
        ]
          .map((alarm) => `${name}-${alarm}`)
          .sort(),
      );
    });

    it('tell somebody, when it is bad and when it is good again, and say what to do first', () => {
      for (const alarm of alarms()) {
        expect(alarm, String(alarm.alarm_name)).toMatchObject({
          actions_enabled: true,
          alarm_actions: [topic().arn],
          ok_actions: [topic().arn],
          alarm_description: expect.stringMatching(/[Ff]irst |ask why/),
        });
      }
      expect(
        all('aws_sns_topic_subscription').map(({ values }) => [values.protocol, values.endpoint]),
      ).toEqual([['email', 'platform@example.com']]);
    });

    it('look at what they name', () => {
      const watched = new Set(alarms().map(({ dimensions }) => JSON.stringify(dimensions)));
      const LoadBalancer = at('module.alb.aws_lb.this').arn_suffix;
      const group = (service: string) => at(`module.alb.aws_lb_target_group.this["${service}"]`).arn_suffix;
      expect([...watched].sort()).toEqual(
        [
          { LoadBalancer },
          { LoadBalancer, TargetGroup: group('backend-api') },
          { LoadBalancer, TargetGroup: group('web-driver') },
          { DBInstanceIdentifier: `${name}-rds-mysql` },
        ]
          .map((dimensions) => JSON.stringify(dimensions))
          .sort(),
      );
    });

    it('reach an encrypted topic, to which AWS publishes for this account alone', () => {
      expect(topic().kms_master_key_id).toBe(at('module.alarms.aws_kms_key.this').arn);
      expect(at('module.alarms.aws_kms_key.this').policy).toContain('cloudwatch.amazonaws.com');
      const ask = (of: string) =>
        answerOf(at('module.alarms.aws_sns_topic_policy.this').policy, {
          action: 'sns:Publish',
          resource: String(topic().arn),
          context: { 'aws:SourceAccount': of },
        });
      expect([ask(account), ask('210987654321')]).toEqual(['Allow', undefined]);
    });
  });

  it('tags everything that can be tagged', () => {
    const bare = managed().filter(
      (one) =>
        'tags_all' in one.values &&
        !(
          tag(one, 'Project') === 'd2-ride-booking' &&
          tag(one, 'Environment') === 'prod' &&
          tag(one, 'ManagedBy') === 'terraform' &&
          tag(one, 'Service')
        ),
    );
    expect(bare.map(({ address }) => address)).toEqual([]);
  });
});
