import type { Table } from './invented-values.ts';
import { policyDocument } from './policy.ts';
import type { Settings } from './settings.ts';
import { type Named, textOf, textsOf } from './value.ts';
import { zoneId, zonesOf } from './zones.ts';

// Published ids of CloudFront's managed policies.
const managedPolicies: Readonly<Record<string, string>> = {
  'Managed-CachingOptimized': '658327ea-f89d-4fab-a63d-7e88639e58f6',
  'Managed-CachingDisabled': '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  'Managed-AllViewer': '216adef6-5c7f-47e4-b989-5492eafa07d3',
  'Managed-AllViewerExceptHostHeader': 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
  'Managed-CORS-S3Origin': '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf',
  'Managed-SecurityHeadersPolicy': '67f7725c-6f97-4210-82d7-5512b31e9d03',
};

function managed(config: Named): Table {
  const name =
    textOf(config.name) || Object.keys(managedPolicies).find((one) => managedPolicies[one] === config.id);
  return { id: managedPolicies[name ?? ''] ?? config.id, name };
}

/** What a data source answers, by type, where its attributes' names alone don't say enough. */
export const lookups: Readonly<Record<string, (config: Named, settings: Settings) => Table>> = {
  aws_iam_policy_document(config) {
    const document = policyDocument(config);
    return Object.fromEntries(Object.entries(document).map(([name, text]) => [name, () => text]));
  },
  aws_availability_zones: (_config, { region }) => ({
    id: region,
    names: zonesOf(region),
    zone_ids: zonesOf(region).map(zoneId),
    group_names: [region],
  }),
  aws_caller_identity: (_config, { account, partition }) => ({
    id: account,
    account_id: account,
    arn: `arn:${partition}:iam::${account}:user/offline`,
    user_id: 'AIDAOFFLINEUSER000001',
  }),
  aws_region(config, { region }) {
    const name = textOf(config.region) || textOf(config.name) || region;
    return { id: name, name, region: name, description: name, endpoint: `ec2.${name}.amazonaws.com` };
  },
  aws_partition(_config, { partition }) {
    const dns = `amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
    return {
      id: partition,
      partition,
      dns_suffix: dns,
      reverse_dns_prefix: dns.split('.').reverse().join('.'),
    };
  },
  aws_default_tags: (_config, { defaultTags }) => ({ id: '{p}', tags: defaultTags }),
  aws_ami: (config) => ({
    id: 'ami-#17',
    image_id: '{id}',
    arn: 'arn:{p}:ec2:{r}::image/{id}',
    name: 'offline-image',
    architecture: 'x86_64',
    root_device_name: '/dev/xvda',
    root_device_type: 'ebs',
    virtualization_type: 'hvm',
    state: 'available',
    image_type: 'machine',
    owner_id: textsOf(config.owners).find((owner) => /^\d+$/.test(owner)) ?? '137112412989',
  }),
  aws_ssm_parameter(config) {
    const name = textOf(config.name);
    const invented = `offline-value-of${name.replace(/^\/?/, '/')}`;
    return {
      id: name,
      arn: 'arn:{p}:ssm:{r}:{a}:parameter{/name}',
      type: 'String',
      version: 1,
      value: /ami/.test(name) ? 'ami-#17' : invented,
      insecure_value: '{value}',
    };
  },
  aws_vpc: () => ({
    id: 'vpc-#17',
    cidr_block: '10.0.0.0/16',
    enable_dns_support: true,
    enable_dns_hostnames: true,
    state: 'available',
  }),
  aws_subnet: () => ({
    id: 'subnet-#17',
    vpc_id: 'vpc-#17',
    cidr_block: '10.0.0.0/24',
    availability_zone: '{r}a',
    state: 'available',
  }),
  aws_subnets: () => ({ id: '{r}', ids: ['subnet-#17', 'subnet-#17', 'subnet-#17'] }),
  aws_instances: () => ({ id: '{r}', ids: ['i-#17'], private_ips: ['10.0.0.10'], public_ips: [] }),
  aws_security_groups: () => ({ id: '{r}', ids: ['sg-#17'], vpc_ids: ['vpc-#17'] }),
  aws_secretsmanager_secret(config) {
    const [last = ''] = textOf(config.arn).split(':').slice(-1);
    return {
      arn: config.arn ?? 'arn:{p}:secretsmanager:{r}:{a}:secret:{name}-~6',
      id: '{arn}',
      name: config.name ?? last.replace(/-\w{6}$/, ''),
    };
  },
  aws_secretsmanager_secret_version: () => ({
    id: '{secret_id}|AWSCURRENT',
    secret_string: '{"username":"offline","password":"offline"}',
  }),
  aws_ec2_managed_prefix_list: () => ({
    id: 'pl-#8',
    arn: 'arn:{p}:ec2:{r}:aws:prefix-list/{id}',
    address_family: 'IPv4',
    owner_id: 'AWS',
  }),
  aws_cloudfront_cache_policy: managed,
  aws_cloudfront_origin_request_policy: managed,
  aws_cloudfront_response_headers_policy: managed,
  aws_acm_certificate: ({ domain }) => ({ status: 'ISSUED', domain }),
  aws_elb_service_account: () => ({ id: '127311923021', arn: 'arn:{p}:iam::127311923021:root' }),
  aws_db_instance: () => ({
    id: '{db_instance_identifier}',
    arn: 'arn:{p}:rds:{r}:{a}:db:{db_instance_identifier}',
    address: '{db_instance_identifier}.~12.{r}.rds.amazonaws.com',
    engine: 'postgres',
    engine_version: '16.4',
    port: 5432,
  }),
  aws_iam_role: () => ({
    id: '{name}',
    arn: 'arn:{p}:iam::{a}:role/{name}',
    path: '/',
    unique_id: 'AROA@17',
  }),
  aws_iam_policy: ({ name, arn }) => ({
    arn: arn ?? 'arn:{p}:iam::{a}:policy/{name}',
    id: '{arn}',
    path: '/',
    name: name ?? textOf(arn).split('/').at(-1),
  }),
};
