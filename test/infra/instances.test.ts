import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../run-program.ts';
import { userData } from './machine.ts';
import { answerOf } from './statements.ts';
import { type Change, createWorkspace, hasTerraform, type Resource, type Workspace } from './terraform.ts';

const at = 'envs/instances-of-a-test';
type Case = [action: string, resource: string, context?: Record<string, string>];
const root = `
provider "aws" {
  region              = "ap-southeast-1"
  allowed_account_ids = ["000011112222"]
  default_tags {
    tags = { Project = "d2-ride-booking", Environment = "prod", Service = "platform", ManagedBy = "terraform" }
  }
}

variable "ami_id" { default = null }
variable "desired_capacity" { default = null }
variable "instance_type" { default = "t3.small" }
variable "max_size" { default = 4 }
variable "node_major" { default = 20 }
variable "release" { default = null }
variable "settings" {
  type    = map(string)
  default = { COGNITO_CLIENT_ID = "1ak3tj1bn3neor7hgsjr1ml5h3" }
}

module "role" {
  source               = "../../modules/instance-role"
  name                 = "d2-ride-booking-prod-backend"
  service              = "backend-api"
  environment          = "prod"
  artifact_bucket_arn  = "arn:aws:s3:::d2-ride-booking-artifacts-000011112222"
  log_group_arns       = ["arn:aws:logs:ap-southeast-1:000011112222:log-group:/aws/ec2/prod-d2-ride-booking-backend"]
  database_resource_id = "db-ABCDEFGHIJ"
}

module "bastion_role" {
  source         = "../../modules/instance-role"
  name           = "d2-ride-booking-prod-bastion"
  service        = "bastion"
  environment    = "prod"
  log_group_arns = ["arn:aws:logs:ap-southeast-1:000011112222:log-group:/aws/ec2/prod-d2-ride-booking-bastion"]
}

module "user_data" {
  source          = "../../modules/user-data"
  region          = "ap-southeast-1"
  service         = "backend-api"
  environment     = "prod"
  log_group_name  = "/aws/ec2/prod-d2-ride-booking-backend"
  health_path     = "/health?it's=$(touch fired)"
  artifact_bucket = "d2-ride-booking-artifacts-000011112222"
  node_major      = var.node_major
  release         = var.release
  settings        = var.settings
}

module "ec2" {
  source                = "../../modules/ec2"
  name                  = "d2-ride-booking-prod-backend"
  service               = "backend-api"
  subnet_id             = "subnet-0123456789abcdef0"
  security_group_ids    = ["sg-0123456789abcdef0"]
  instance_profile_name = module.role.profile_name
  instance_type         = var.instance_type
  ami_id                = var.ami_id
  user_data             = module.user_data.script
}

module "asg" {
  source                = "../../modules/asg"
  name                  = "d2-ride-booking-prod-backend"
  service               = "backend-api"
  port                  = 3000
  subnet_ids            = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  security_group_ids    = ["sg-0123456789abcdef0"]
  instance_profile_name = module.role.profile_name
  instance_type         = var.instance_type
  ami_id                = var.ami_id
  user_data             = module.user_data.script
  target_group_arns     = ["arn:aws:elasticloadbalancing:ap-southeast-1:000011112222:targetgroup/tg/0123456789abcdef"]
  max_size              = var.max_size
  desired_capacity      = var.desired_capacity
}

output "script" { value = module.user_data.script }
output "base64gzip" { value = module.user_data.base64gzip }
`;

/** AWS's public parameter, which names another image every other week. */
async function publishImages() {
  let image = 'ami-0aaaaaaaaaaaaaaaa';
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
      const ARN = `arn:aws:ssm:ap-southeast-1::parameter${Name}`;
      const Parameter = { Name, ARN, Type: 'String', Value: image, Version: 1, DataType: 'text' };
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ Parameter }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish(id: string) {
      image = id;
    },
    close: () => server.close(),
  };
}

describe.skipIf(!hasTerraform)('instances', () => {
  let workspace: Workspace;
  let images: Awaited<ReturnType<typeof publishImages>>;
  let resources: Resource[];

  beforeAll(async () => {
    images = await publishImages();
    workspace = createWorkspace({
      env: {
        AWS_ENDPOINT_URL_SSM: images.url,
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'of-a-test',
      },
    });
    mkdirSync(join(workspace.folder, at));
    writeFileSync(join(workspace.folder, at, 'main.tf'), root);
    await workspace.init(at);
    await workspace.apply(at);
    resources = await workspace.resources(at);
  });
  afterAll(() => {
    workspace?.close();
    images?.close();
  });

  function valuesOf(address: string) {
    const found = resources.find((one) => one.address === address);
    if (!found) throw new Error(`there is no ${address}`);
    return found.values;
  }
  const planned = async (...args: string[]) =>
    Object.fromEntries(
      (await workspace.plan(at, args)).map(({ address, change }: Change) => [address, change.actions.join()]),
    );

  describe('alone', () => {
    it('are private, keyless, encrypted, and ask for a session token before they tell who they are', () => {
      expect(valuesOf('module.ec2.aws_instance.this')).toMatchObject({
        ami: 'ami-0aaaaaaaaaaaaaaaa',
        associate_public_ip_address: false,
        monitoring: false,
        iam_instance_profile: 'd2-ride-booking-prod-backend',
        user_data_replace_on_change: true,
        metadata_options: [
          {
            http_endpoint: 'enabled',
            http_tokens: 'required',
            http_put_response_hop_limit: 1,
            instance_metadata_tags: 'enabled',
          },
        ],
        root_block_device: [{ encrypted: true, volume_type: 'gp3', volume_size: 20 }],
        tags_all: {
          Project: 'd2-ride-booking',
          Environment: 'prod',
          Service: 'backend-api',
          ManagedBy: 'terraform',
          Name: 'd2-ride-booking-prod-backend',
        },
      });
      expect(readFileSync(join(workspace.folder, 'modules/ec2/main.tf'), 'utf8')).not.toMatch(
        /key_name|aws_ec2_instance_state/,
      );
    });

    it('show their user_data in the plan', async () => {
      const { script } = await workspace.outputs(at);
      expect(valuesOf('module.ec2.aws_instance.this').user_data).toBe(script);
    });
  });

  describe('in a group', () => {
    it('are made of the same, and tagged, with their volumes and interfaces', () => {
      const template = valuesOf('module.asg.aws_launch_template.this');
      const tags = {
        Project: 'd2-ride-booking',
        Environment: 'prod',
        Service: 'backend-api',
        ManagedBy: 'terraform',
        Name: 'd2-ride-booking-prod-backend',
        Port: '3000',
      };
      expect(template).toMatchObject({
        image_id: 'ami-0aaaaaaaaaaaaaaaa',
        metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }],
        block_device_mappings: [
          { device_name: '/dev/xvda', ebs: [{ encrypted: 'true', volume_type: 'gp3' }] },
        ],
        network_interfaces: [{ associate_public_ip_address: 'false' }],
        tag_specifications: ['instance', 'network-interface', 'volume'].map((resource_type) => ({
          resource_type,
          tags,
        })),
      });
      const group = valuesOf('module.asg.aws_autoscaling_group.this');
      expect(group.tag).toEqual(
        expect.arrayContaining(
          Object.entries(tags).map(([key, value]) => ({ key, value, propagate_at_launch: true })),
        ),
      );
    });

    it('have time to install themselves, are replaced one after another, and back when the new ones fail', () => {
      expect(valuesOf('module.asg.aws_autoscaling_group.this')).toMatchObject({
        health_check_type: 'ELB',
        health_check_grace_period: 600,
        min_size: 2,
        max_size: 4,
        desired_capacity: 2,
        instance_refresh: [
          {
            strategy: 'Rolling',
            preferences: [
              {
                min_healthy_percentage: 100,
                skip_matching: true,
                auto_rollback: true,
                instance_warmup: '600',
              },
            ],
          },
        ],
      });
      expect(valuesOf('module.asg.aws_autoscaling_policy.cpu[0]')).toMatchObject({
        policy_type: 'TargetTrackingScaling',
      });
    });

    it('are as many as autoscaling says, whatever Terraform began with', async () => {
      expect(await planned('-var=desired_capacity=3')).toEqual({});
    });
  });

  describe('a plan', () => {
    it('finds nothing to do, though AWS published a newer image', async () => {
      images.publish('ami-0bbbbbbbbbbbbbbbb');
      expect(await planned()).toEqual({});
    });

    it('takes the newer image when told to', async () => {
      const again = ['ec2', 'asg'].map((one) => `-replace=module.${one}.terraform_data.ami`);
      expect(await planned(...again)).toEqual({
        'module.ec2.terraform_data.ami': 'delete,create',
        'module.ec2.aws_instance.this': 'delete,create',
        'module.asg.terraform_data.ami': 'create,delete',
        'module.asg.aws_launch_template.this': 'update',
        'module.asg.aws_autoscaling_group.this': 'update',
      });
    });

    it('replaces a lone instance whose script changed, and lets the group roll', async () => {
      expect(await planned('-var=node_major=22')).toEqual({
        'module.ec2.aws_instance.this': 'delete,create',
        'module.asg.aws_launch_template.this': 'update',
        'module.asg.aws_autoscaling_group.this': 'update',
      });
    });
  });

  describe('their user_data', () => {
    it('is the tested script below its settings, none of which the shell runs', async () => {
      const { script, base64gzip } = await workspace.outputs(at);
      const body = readFileSync(userData, 'utf8').replace('#!/bin/bash\n', '');
      const text = String(script);
      expect(text.endsWith(body)).toBe(true);
      expect(text.length).toBeLessThan(16_384);
      expect(Buffer.from(String(base64gzip), 'base64').length).toBeLessThan(8_192);
      const names = ['HEALTH_PATH', 'APPLICATION', 'NODE_MAJOR', 'RELEASE', 'SETTINGS'];
      const show = `printf '%s|' ${names.map((name) => `"$${name}"`).join(' ')}`;
      const stdout = await run('bash', ['-uc', `${text.slice(0, -body.length)}${show}`]);
      expect(stdout.split('|').slice(0, -1)).toEqual([
        "/health?it's=$(touch fired)",
        'yes',
        '20',
        '',
        'COGNITO_CLIENT_ID=1ak3tj1bn3neor7hgsjr1ml5h3\nPORT=3000\n',
      ]);
    });

    it.each([
      [
        'a secret, a release that leads elsewhere, a Node that Amazon Linux does not have, and Graviton',
        {
          'settings={DB_PASSWORD="hunter2"}': 'no place for a secret',
          'release=../r1': 'Letters, digits',
          'node_major=21': 'Node.js 20, 22 and 24',
          'instance_type=t4g.small': 'x86_64',
        },
      ],
      [
        'what .env files read in different ways, and a group that is smaller than its smallest',
        {
          'settings={NAME="a b"}': 'without spaces, quotes',
          'max_size=1': 'max_size must be at least min_size',
        },
      ],
      ['more than EC2 takes', { [`settings={NAME="${'x'.repeat(4_000)}"}`]: '16,384' }],
    ])('refuses %s', async (_, refused) => {
      const vars = Object.keys(refused).map((variable) => `-var=${variable}`);
      const { code, stderr } = await workspace.run(at, ['plan', '-input=false', '-refresh=false', ...vars]);
      expect(code).toBe(1);
      const said = stderr.replace(/\s*│\s*/g, ' ');
      for (const words of Object.values(refused)) expect(said).toContain(words);
    });
  });

  describe('their role', () => {
    const bucket = 'arn:aws:s3:::d2-ride-booking-artifacts-000011112222';
    const group = 'arn:aws:logs:ap-southeast-1:000011112222:log-group:/aws/ec2/prod-d2-ride-booking-backend';
    const connect = 'arn:aws:rds-db:ap-southeast-1:000011112222:dbuser:db-ABCDEFGHIJ';
    const prefix = (text: string) => ({ 's3:prefix': text });
    const ask = (module: string, action: string, resource: string, context = {}) =>
      answerOf(valuesOf(`module.${module}.aws_iam_role_policy.this`).policy, { action, resource, context });

    it('lets Systems Manager in', () => {
      expect(valuesOf('module.role.aws_iam_role_policy_attachment.ssm').policy_arn).toBe(
        'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      );
    });

    it.each<Case>([
      ['logs:PutLogEvents', `${group}:log-stream:i-0a/root/backend-api-out`],
      ['logs:CreateLogStream', `${group}:log-stream:i-0a/root/backend-api-out`],
      ['s3:GetObject', `${bucket}/backend-api/r1.tar.gz`],
      ['s3:ListBucket', bucket, prefix('backend-api/')],
      ['rds-db:connect', `${connect}/app_user`],
      [
        'rds:DescribeDBInstances',
        'arn:aws:rds:ap-southeast-1:000011112222:db:d2-ride-booking-prod-rds-mysql',
      ],
    ])('allows %s on %s', (action, resource, context = {}) => {
      expect(ask('role', action, resource, context)).toBe('Allow');
    });

    it.each<Case>([
      ['logs:DeleteLogStream', `${group}:log-stream:x`],
      [
        'logs:PutLogEvents',
        'arn:aws:logs:ap-southeast-1:000011112222:log-group:/d2/chatops/audit:log-stream:x',
      ],
      ['s3:GetObject', `${bucket}/web-driver/r1.tar.gz`],
      ['s3:PutObject', `${bucket}/backend-api/r1.tar.gz`],
      ['s3:ListBucket', bucket],
      ['s3:ListBucket', bucket, prefix('')],
      ['rds-db:connect', `${connect}/migrator`],
      ['rds-db:connect', `${connect}/admin`],
      ['rds:StopDBInstance', 'arn:aws:rds:ap-southeast-1:000011112222:db:d2-ride-booking-prod-rds-mysql'],
      [
        'secretsmanager:GetSecretValue',
        'arn:aws:secretsmanager:ap-southeast-1:000011112222:secret:d2-ride-booking-prod-rds-master-x',
      ],
      ['ssm:SendCommand', 'arn:aws:ssm:ap-southeast-1:000011112222:document/d2-health'],
      ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'CWAgent' }],
      ['iam:PassRole', '*'],
    ])('does not allow %s on %s', (action, resource, context = {}) => {
      expect(ask('role', action, resource, context)).not.toBe('Allow');
    });

    it('is smaller still for a bastion', () => {
      for (const action of ['s3:GetObject', 's3:ListBucket', 'rds-db:connect', 'rds:DescribeDBInstances']) {
        expect(ask('bastion_role', action, '*'), action).toBeUndefined();
      }
    });
  });
});
