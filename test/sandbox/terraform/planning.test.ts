import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { mustSucceed } from '../../run-program.ts';
import { hasTerraform, startTestTerraform, type TestTerraform } from './test-terraform.ts';

describe.skipIf(!hasTerraform)('Terraform plans and applies without AWS', () => {
  let s: TestTerraform;
  beforeAll(() => {
    s = startTestTerraform({ AWS_REGION: 'ap-southeast-1' });
  });
  afterAll(() => s?.close());

  const providerWithTags = `
    provider "aws" {
      default_tags {
        tags = { Project = "d2-ride-booking", Service = "platform" }
      }
    }
  `;

  test('defaults are filled in, default_tags reach tags_all, and what AWS decides is unknown', async () => {
    const root = s.root(`${providerWithTags}
      resource "aws_instance" "this" {
        ami           = "ami-0123456789abcdef0"
        instance_type = "t3.small"
        tags          = { Service = "backend-api", Name = "backend" }
        root_block_device {
          encrypted = true
        }
      }
    `);
    const planned = (await root.plan()).get('aws_instance.this');
    expect(planned).toMatchObject({
      actions: ['create'],
      after: {
        region: 'ap-southeast-1',
        get_password_data: false,
        root_block_device: [{ encrypted: true, delete_on_termination: true }],
        tags: { Service: 'backend-api', Name: 'backend' },
        tags_all: { Project: 'd2-ride-booking', Service: 'backend-api', Name: 'backend' },
      },
      after_unknown: { id: true, arn: true, private_ip: true },
    });
  });

  test('what is applied has ids, ARNs and addresses of AWS’s form, and a second plan is empty', async () => {
    const root = s.root(`${providerWithTags}
      resource "aws_vpc" "this" {
        cidr_block = "10.20.0.0/16"
      }
      resource "aws_subnet" "this" {
        count      = 2
        vpc_id     = aws_vpc.this.id
        cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
      }
      resource "aws_lb" "this" {
        name    = "dev"
        subnets = aws_subnet.this[*].id
      }
      resource "aws_lb_listener" "this" {
        load_balancer_arn = aws_lb.this.arn
        port              = 80
        default_action {
          type = "fixed-response"
          fixed_response {
            content_type = "text/plain"
            status_code  = "404"
          }
        }
      }
      resource "aws_db_instance" "this" {
        identifier                  = "dev"
        engine                      = "mysql"
        instance_class              = "db.t3.micro"
        allocated_storage           = 20
        username                    = "admin"
        manage_master_user_password = true
        skip_final_snapshot         = true
      }
      resource "aws_acm_certificate" "this" {
        domain_name               = "example.com"
        subject_alternative_names = ["www.example.com"]
        validation_method         = "DNS"
      }
      resource "aws_route53_record" "validation" {
        for_each = { for one in aws_acm_certificate.this.domain_validation_options : one.domain_name => one }
        zone_id  = "Z0123456789"
        name     = each.value.resource_record_name
        type     = each.value.resource_record_type
        records  = [each.value.resource_record_value]
        ttl      = 60
      }
      resource "aws_codebuild_project" "this" {
        name         = "d2-chatops-terraform"
        service_role = "arn:aws:iam::123456789012:role/d2-chatops-terraform"
        artifacts {
          type = "NO_ARTIFACTS"
        }
        environment {
          compute_type = "BUILD_GENERAL1_SMALL"
          image        = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
          type         = "LINUX_CONTAINER"
        }
        source {
          type      = "NO_SOURCE"
          buildspec = "version: 0.2"
        }
      }
    `);
    await root.apply();
    const state = await root.state();
    const matching = (pattern: RegExp) => expect.stringMatching(pattern);
    const elb = 'arn:aws:elasticloadbalancing:ap-southeast-1:123456789012';
    expect(state.get('aws_vpc.this')).toMatchObject({ id: matching(/^vpc-[0-9a-f]{17}$/) });
    expect(state.get('aws_subnet.this[1]')).toMatchObject({
      vpc_id: state.get('aws_vpc.this')?.id,
      cidr_block: '10.20.1.0/24',
      tags_all: { Project: 'd2-ride-booking', Service: 'platform' },
    });
    expect(state.get('aws_lb_listener.this')).toMatchObject({
      arn: matching(new RegExp(`^${elb}:listener/app/dev/[0-9a-f]{16}/[0-9a-f]{16}$`)),
    });
    expect(state.get('aws_db_instance.this')).toMatchObject({
      port: 3306,
      arn: 'arn:aws:rds:ap-southeast-1:123456789012:db:dev',
      master_user_secret: [{ secret_arn: matching(/:secret:rds!db-/) }],
    });
    expect(state.get('aws_route53_record.validation["www.example.com"]')).toMatchObject({
      name: matching(/^_[0-9a-f]{32}\.www\.example\.com\.$/),
    });
    expect(state.get('aws_codebuild_project.this')).toMatchObject({
      arn: 'arn:aws:codebuild:ap-southeast-1:123456789012:project/d2-chatops-terraform',
      build_timeout: 60,
    });
    mustSucceed(await root.run('plan', '-detailed-exitcode'));
    expect(await root.must('destroy', '-auto-approve')).toContain(
      'Destroy complete! Resources: 10 destroyed',
    );
  });

  const launch = (name: string, type: string, data: string, replace = false) => `
    resource "aws_launch_template" "this" {
      name          = "${name}"
      instance_type = "${type}"
    }
    resource "aws_instance" "this" {
      ami                         = "ami-0123456789abcdef0"
      instance_type               = "${type}"
      user_data                   = "${data}"
      user_data_replace_on_change = ${replace}
    }
    output "template" {
      value = aws_launch_template.this.latest_version
    }
  `;

  test('a change is made in place where AWS can, moves the version, and replaces where AWS can’t', async () => {
    const root = s.root(launch('one', 't3.small', 'echo 1'));
    await root.apply();
    expect(await root.must('output', '-json', 'template')).toBe('1\n');
    root.write(launch('one', 't3.medium', 'echo 2'));
    const inPlace = await root.plan();
    expect(inPlace.get('aws_launch_template.this')).toMatchObject({
      actions: ['update'],
      after_unknown: { latest_version: true },
    });
    expect(inPlace.get('aws_instance.this')?.actions).toEqual(['update']);
    await root.must('apply', 'tf.plan');
    expect(await root.must('output', '-json', 'template')).toBe('2\n');
    root.write(launch('two', 't3.medium', 'echo 3', true));
    const replaced = await root.plan();
    expect(replaced.get('aws_launch_template.this')).toMatchObject({
      actions: ['delete', 'create'],
      replace_paths: [['name']],
    });
    expect(replaced.get('aws_instance.this')).toMatchObject({
      actions: ['delete', 'create'],
      replace_paths: [['user_data']],
    });
  });

  const rules = (ports: string) => `
    resource "aws_instance" "this" {
      ami           = "ami-0123456789abcdef0"
      instance_type = "t3.small"
      dynamic "ebs_block_device" {
        for_each = ${ports}
        content {
          device_name = "/dev/sd\${ebs_block_device.value}"
        }
      }
    }
    resource "aws_security_group" "this" {
      name = "dev"
      dynamic "ingress" {
        for_each = ${ports}
        content {
          from_port   = ingress.value
          to_port     = ingress.value
          protocol    = "tcp"
          cidr_blocks = ["10.0.0.0/8"]
        }
      }
    }
  `;

  test('the order of a set’s members changes nothing, another member does', async () => {
    const root = s.root(rules('[80, 443]'));
    await root.apply();
    root.write(rules('[443, 80]'));
    const planned = await root.plan();
    expect(planned.get('aws_security_group.this')?.actions).toEqual(['no-op']);
    expect(planned.get('aws_instance.this')?.actions).toEqual(['no-op']);
    root.write(rules('[443, 8080]'));
    expect((await root.plan()).get('aws_security_group.this')?.actions).toEqual(['update']);
  });

  test('an import brings an id, and the configuration the rest; a moved resource stays what it was', async () => {
    const group = (name: string, more = '') => `
      resource "aws_cloudwatch_log_group" "${name}" {
        name              = "/aws/ec2/dev-d2-ride-booking-backend"
        retention_in_days = 30
      }
      ${more}
    `;
    const root = s.root(group('old'));
    await root.must('import', 'aws_cloudwatch_log_group.old', '/aws/ec2/dev-d2-ride-booking-backend');
    expect((await root.plan()).get('aws_cloudwatch_log_group.old')?.actions).toEqual(['update']);
    await root.must('apply', 'tf.plan');
    root.write(
      group('new', 'moved {\n from = aws_cloudwatch_log_group.old\n to = aws_cloudwatch_log_group.new\n}'),
    );
    expect((await root.plan()).get('aws_cloudwatch_log_group.new')?.actions).toEqual(['no-op']);
  });

  test('a provider’s alias and a region argument say where a resource stands', async () => {
    const root = s.root(`
      provider "aws" {}
      provider "aws" {
        alias               = "edge"
        region              = "us-east-1"
        allowed_account_ids = ["000011112222"]
      }
      resource "aws_sns_topic" "here" {
        name = "here"
      }
      resource "aws_sns_topic" "edge" {
        provider = aws.edge
        name     = "edge"
      }
      resource "aws_sns_topic" "there" {
        region = "eu-west-1"
        name   = "there"
      }
      data "aws_caller_identity" "edge" {
        provider = aws.edge
      }
      output "account" {
        value = data.aws_caller_identity.edge.account_id
      }
    `);
    await root.apply();
    const state = await root.state();
    const arns = ['here', 'edge', 'there'].map((name) => state.get(`aws_sns_topic.${name}`)?.arn);
    expect(arns).toEqual([
      'arn:aws:sns:ap-southeast-1:123456789012:here',
      'arn:aws:sns:us-east-1:000011112222:edge',
      'arn:aws:sns:eu-west-1:123456789012:there',
    ]);
    expect(await root.must('output', '-raw', 'account')).toBe('000011112222');
  });

  test.each([
    ['', 'any, where the block has no say', true],
    ['allowed_account_ids = ["000011112222", "999900001111"]', 'the second that the block allows', true],
    ['allowed_account_ids = ["000011112222"]', 'another than the block allows', false],
    ['forbidden_account_ids = ["999900001111"]', 'one that the block forbids', false],
  ])('TERRAFORM_OFFLINE_ACCOUNT goes before the provider block (%s): %s', async (block, _, isAllowed) => {
    const offline = startTestTerraform({ TERRAFORM_OFFLINE_ACCOUNT: '999900001111' });
    onTestFinished(() => offline.close());
    const root = offline.root(`
      provider "aws" {
        ${block}
      }
      data "aws_caller_identity" "this" {}
      output "account" {
        value = data.aws_caller_identity.this.account_id
      }
    `);
    const { code, stderr } = await root.run('apply', '-auto-approve');
    if (isAllowed) expect(await root.must('output', '-raw', 'account')).toBe('999900001111');
    else {
      const said = stderr.replace(/[\s│]+/g, ' ');
      expect(code).toBe(1);
      expect(said).toContain('AWS account ID not allowed: 999900001111');
      expect(said).toContain('TERRAFORM_OFFLINE_ACCOUNT says so');
      expect(said).toContain(block.replace(/ = \["(\d+)"\]/, ' in the provider block ($1)'));
    }
  });

  test('zones, names and a look-up’s answers are those of the region, and the same every time', async () => {
    const root = s.root(`
      data "aws_availability_zones" "this" {}
      data "aws_ami" "this" {
        most_recent = true
        owners      = ["amazon"]
      }
      data "aws_ssm_parameter" "this" {
        name = "/d2/dev/toggles"
      }
      resource "aws_subnet" "this" {
        vpc_id            = "vpc-0123456789abcdef0"
        cidr_block        = "10.20.0.0/24"
        availability_zone = data.aws_availability_zones.this.names[1]
      }
      output "zones" {
        value = data.aws_availability_zones.this.zone_ids
      }
      output "looked_up" {
        value = "\${data.aws_ami.this.id} \${data.aws_ssm_parameter.this.insecure_value}"
      }
    `);
    await root.apply();
    expect(JSON.parse(await root.must('output', '-json', 'zones'))).toEqual([
      'apse1-az1',
      'apse1-az2',
      'apse1-az3',
    ]);
    expect((await root.state()).get('aws_subnet.this')).toMatchObject({
      availability_zone: 'ap-southeast-1b',
      availability_zone_id: 'apse1-az2',
    });
    const before = await root.must('output', '-raw', 'looked_up');
    expect(before).toMatch(/^ami-[0-9a-f]{17} offline-value-of\/d2\/dev\/toggles$/);
    await root.apply();
    expect(await root.must('output', '-raw', 'looked_up')).toBe(before);
  });

  test('no other provider is found, and a type that this one lacks is named', async () => {
    const other = s.root(
      'terraform {\n required_providers {\n random = {\n source = "hashicorp/random"\n }\n }\n }\n',
    );
    const { code, stderr } = await other.run('init');
    expect(code).toBe(1);
    expect(stderr.replace(/[\s│]+/g, ' ')).toContain('was not found in any of the search locations');
    const [complaint] = await s.root('resource "aws_quantum_computer" "this" {}').validate();
    expect(complaint?.detail).toContain('does not support resource type "aws_quantum_computer"');
  });

  test('what a provider block holds open ends with the terraform that it was of', async () => {
    const Parameter = { Name: '/d2/dev/toggles', Value: '{}', Type: 'String', Version: 1, ARN: 'arn' };
    const store = createServer((_, answer) => answer.end(JSON.stringify({ Parameter })));
    // It never ends a connection of its own accord.
    store.keepAliveTimeout = 0;
    let open = 0;
    let seen = 0;
    store.on('connection', (socket) => {
      open += 1;
      seen += 1;
      socket.on('close', () => {
        open -= 1;
      });
    });
    await once(store.listen(0, '127.0.0.1'), 'listening');
    const { port } = Object(store.address());
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const beside = startTestTerraform({ AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}`, ...keys });
    onTestFinished(() => {
      beside.close();
      store.close();
      store.closeAllConnections();
    });
    await beside.root('data "aws_ssm_parameter" "this" {\n name = "/d2/dev/toggles"\n }').must('plan');
    expect(seen).toBeGreaterThan(0);
    await expect.poll(() => open).toBe(0);
  });

  test('a secret’s value goes from one ephemeral to the next and never into the state', async () => {
    const root = s.root(`
      ephemeral "aws_secretsmanager_random_password" "this" {}
      resource "aws_secretsmanager_secret" "this" {
        name = "dev-rds-master"
      }
      resource "aws_secretsmanager_secret_version" "this" {
        secret_id                = aws_secretsmanager_secret.this.id
        secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this.random_password
        secret_string_wo_version = 1
      }
    `);
    await root.apply();
    expect((await root.state()).get('aws_secretsmanager_secret_version.this')).toMatchObject({
      secret_string: null,
      secret_string_wo: null,
    });
    mustSucceed(await root.run('plan', '-detailed-exitcode'));
  });
});
