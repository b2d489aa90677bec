// Plausible values for what AWS would have decided: ids, ARNs, addresses, look-up results.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { policyDocument } from './policy.mjs';
import { UNKNOWN } from './wire.ts';

const HEX = '0123456789abcdef';
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const DIGIT = '0123456789';

// What identifies each kind of resource. Templates: {p} partition, {r} region, {a} account, {x} attribute x, {/x} the
// same with one slash before it; #n stands for n hex digits, @n upper case, ~n lower case, %n decimal digits.
const IDENTITY = JSON.parse(fs.readFileSync(new URL('identity.json', import.meta.url), 'utf8'));

const DB_PORTS = {
  mysql: 3306,
  mariadb: 3306,
  postgres: 5432,
  'aurora-mysql': 3306,
  'aurora-postgresql': 5432,
  oracle: 1521,
  sqlserver: 1433,
};
const MANAGED_POLICIES = {
  // published ids of CloudFront's managed policies
  'Managed-CachingOptimized': '658327ea-f89d-4fab-a63d-7e88639e58f6',
  'Managed-CachingDisabled': '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  'Managed-AllViewer': '216adef6-5c7f-47e4-b989-5492eafa07d3',
  'Managed-AllViewerExceptHostHeader': 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
  'Managed-CORS-S3Origin': '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf',
  'Managed-SecurityHeadersPolicy': '67f7725c-6f97-4210-82d7-5512b31e9d03',
};
const managed = (c) => ({
  id: MANAGED_POLICIES[c.name] ?? c.id,
  name: c.name ?? Object.keys(MANAGED_POLICIES).find((n) => MANAGED_POLICIES[n] === c.id),
});
const zones = ({ region }) => ['a', 'b', 'c'].map((z) => region + z);

const DATA = {
  aws_iam_policy_document: (c) => policyDocument(c),
  aws_availability_zones: (c, x) => ({
    id: x.region,
    names: zones(x),
    zone_ids: ['use1-az1', 'use1-az2', 'use1-az3'],
    group_names: [x.region],
  }),
  aws_caller_identity: (c, x) => ({
    id: x.account,
    account_id: x.account,
    arn: `arn:${x.partition}:iam::${x.account}:user/offline`,
    user_id: 'AIDAOFFLINEUSER000001',
  }),
  aws_region: (c, x) => {
    const name = c.region ?? c.name ?? x.region;
    return { id: name, name, region: name, description: name, endpoint: `ec2.${name}.amazonaws.com` };
  },
  aws_partition: (c, x) => {
    const dns = 'amazonaws.com' + (x.partition === 'aws-cn' ? '.cn' : '');
    return {
      id: x.partition,
      partition: x.partition,
      dns_suffix: dns,
      reverse_dns_prefix: dns.split('.').reverse().join('.'),
    };
  },
  aws_default_tags: (c, x) => ({ id: '{p}', tags: x.defaultTags }),
  aws_ami: (c, x) => ({
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
    owner_id: c.owners?.find((o) => /^\d+$/.test(o)) ?? '137112412989',
  }),
  aws_ssm_parameter: (c) => ({
    id: c.name,
    arn: 'arn:{p}:ssm:{r}:{a}:parameter{/name}',
    type: 'String',
    version: 1,
    value: /ami/.test(c.name) ? 'ami-#17' : `offline-value-of${c.name.replace(/^\/?/, '/')}`,
    insecure_value: '{value}',
  }),
  aws_vpc: () => ({
    id: 'vpc-#17',
    cidr_block: '10.0.0.0/16',
    enable_dns_support: true,
    enable_dns_hostnames: true,
    state: 'available',
  }),
  aws_subnet: (c, x) => ({
    id: 'subnet-#17',
    vpc_id: 'vpc-#17',
    cidr_block: '10.0.0.0/24',
    availability_zone: `${x.region}a`,
    state: 'available',
  }),
  aws_subnets: () => ({ id: '{r}', ids: ['subnet-#17', 'subnet-#17', 'subnet-#17'] }),
  aws_instances: () => ({ id: '{r}', ids: ['i-#17'], private_ips: ['10.0.0.10'], public_ips: [] }),
  aws_security_groups: () => ({ id: '{r}', ids: ['sg-#17'], vpc_ids: ['vpc-#17'] }),
  aws_secretsmanager_secret: (c) => ({
    arn: c.arn ?? 'arn:{p}:secretsmanager:{r}:{a}:secret:{name}-~6',
    id: '{arn}',
    name:
      c.name ??
      c.arn
        ?.split(':')
        .at(-1)
        .replace(/-\w{6}$/, ''),
  }),
  aws_secretsmanager_secret_version: (c) => ({
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
  aws_acm_certificate: (c) => ({ status: 'ISSUED', domain: c.domain }),
  aws_elb_service_account: () => ({ id: '127311923021', arn: 'arn:{p}:iam::127311923021:root' }),
  aws_db_instance: () => ({
    id: '{db_instance_identifier}',
    arn: 'arn:{p}:rds:{r}:{a}:db:{db_instance_identifier}',
    address: '{db_instance_identifier}.~12.{r}.rds.amazonaws.com',
    engine: 'postgres',
    engine_version: '16.4',
    port: 5432,
  }),
  aws_iam_role: (c) => ({ id: c.name, arn: 'arn:{p}:iam::{a}:role/{name}', path: '/', unique_id: 'AROA@17' }),
  aws_iam_policy: (c) => ({
    arn: c.arn ?? 'arn:{p}:iam::{a}:policy/{name}',
    id: '{arn}',
    path: '/',
    name: c.name ?? c.arn?.split('/').at(-1),
  }),
};

/** A stream of characters: fixed by `seed` where one is given, random otherwise. */
function characters(seed = crypto.randomBytes(16)) {
  let pool = [],
    turn = 0;
  return (n, alphabet) => {
    let out = '';
    while (out.length < n) {
      if (!pool.length) pool = [...crypto.createHash('sha256').update(seed).update(String(turn++)).digest()];
      out += alphabet[pool.pop() % alphabet.length];
    }
    return out;
  };
}

/** What a value of the given name and type would look like. */
function guess(name, type, optional, draw, x) {
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind === 'list' || kind === 'set' || kind === 'tuple') return [];
  if (kind === 'map') return {};
  if (kind === 'object')
    return Object.fromEntries(Object.entries(type[1]).map(([k, t]) => [k, guess(k, t, false, draw, x)]));
  if (kind === 'bool') return false;
  if (kind === 'number') return name === 'port' ? 443 : 0;
  if (kind === 'dynamic') return null;
  if (name === 'region') return x.region;
  if (/^(owner|owner_id|account_id|registry_id|caller_account)$/.test(name)) return x.account;
  if (name === 'private_ip')
    return `10.0.${parseInt(draw(2, HEX), 16)}.${10 + (parseInt(draw(2, HEX), 16) % 240)}`;
  if (name === 'ip_address_type') return 'ipv4';
  if (name === 'availability_zone') return `${x.region}a`;
  if (name === 'id') return draw(17, HEX);
  if (
    optional ||
    /outpost|^spot_|^password_data$|carrier|customer_owned|ipv6|capacity_reservation|replica/.test(name)
  )
    return '';
  if (/(^|_)arn$/.test(name))
    return `arn:${x.partition}:${x.service}:${x.region}:${x.account}:${name === 'arn' ? x.kind : name.slice(0, -4)}/${draw(12, HEX)}`;
  if (/_id$/.test(name)) return `${name.slice(0, -3).replaceAll('_', '-')}-${draw(17, HEX)}`;
  if (/(^|_)(public_ip|ip_address|ip)$/.test(name))
    return `203.0.113.${1 + (parseInt(draw(2, HEX), 16) % 250)}`;
  if (/dns|domain_name$|endpoint$/.test(name)) return `${draw(12, LOWER)}.${x.region}.amazonaws.com`;
  if (/(_date|_time|_at|^last_modified)$/.test(name)) return '2025-01-01T00:00:00Z';
  if (/secret|password|token/.test(name)) return draw(40, LOWER);
  if (/^(status|state)$/.test(name)) return 'ACTIVE';
  if (/version/.test(name)) return '1';
  return '';
}

function filler(type, values, attributes, settings, seed, table) {
  const draw = characters(seed);
  const x = { ...settings, region: typeof values.region === 'string' ? values.region : settings.region };
  [, x.service, x.kind] = type.match(/^aws_([a-z0-9]+)_?(.*)$/) ?? [];
  x.kind ||= x.service;
  const done = {};
  const known = (name) => values[name] !== UNKNOWN && values[name] != null && values[name] !== '';
  const expand = (text) =>
    typeof text !== 'string'
      ? text
      : text
          .replace(/\{(\/?)(\w+)\}/g, (whole, slash, name) => {
            const value = { p: x.partition, r: x.region, a: x.account }[name] ?? String(fill(name) ?? '');
            return slash ? '/' + value.replace(/^\//, '') : value;
          })
          .replace(/([#@~%])(\d+)/g, (whole, mark, n) =>
            draw(Number(n), { '#': HEX, '@': ALNUM, '~': LOWER, '%': DIGIT }[mark]),
          );
  function fill(name) {
    if (known(name)) return values[name];
    if (name in done) return done[name];
    const schema = attributes[name];
    done[name] = null; // a template that names itself ends here
    const prefix = values[`${name}_prefix`];
    if (table[name] !== undefined)
      done[name] = Array.isArray(table[name]) ? table[name].map(expand) : expand(table[name]);
    else if (attributes[`${name}_prefix`])
      done[name] = (typeof prefix === 'string' && prefix ? prefix : 'terraform-') + draw(26, DIGIT);
    else if (schema) done[name] = guess(name, schema.type, schema.optional, draw, x);
    return done[name];
  }
  return { fill, draw, x };
}

/** Fills what a created resource left unknown. `values` are the planned top-level values. */
export function resourceFiller(type, values, attributes, settings) {
  const table = { ...IDENTITY[type] };
  const f = filler(type, values, attributes, settings, undefined, table);
  const text = (name) => (typeof values[name] === 'string' ? values[name] : '');
  if (type === 'aws_db_instance') {
    table.port = DB_PORTS[text('engine')] ?? DB_PORTS[text('engine').split('-')[0]] ?? 3306;
    if (text('engine').includes('postgres')) table.license_model = 'postgresql-license';
    table.engine_version_actual = text('engine_version') || '16.4';
    if (!text('engine_version')) table.engine_version = '16.4';
    if (values.manage_master_user_password) {
      table.master_user_secret = [
        {
          kms_key_id:
            text('master_user_secret_kms_key_id') ||
            `arn:${f.x.partition}:kms:${f.x.region}:${f.x.account}:key/${f.draw(32, HEX)}`,
          secret_arn: `arn:${f.x.partition}:secretsmanager:${f.x.region}:${f.x.account}:secret:rds!db-${f.draw(32, HEX)}-${f.draw(6, LOWER)}`,
          secret_status: 'active',
        },
      ];
    }
  } else if (type === 'aws_lb') {
    const kind = { network: 'net', gateway: 'gwy' }[text('load_balancer_type')] ?? 'app';
    table.arn_suffix = `${kind}/{name}/#16`;
    table.arn = 'arn:{p}:elasticloadbalancing:{r}:{a}:loadbalancer/{arn_suffix}';
  } else if (type === 'aws_lb_listener')
    table.arn = text('load_balancer_arn').replace(':loadbalancer/', ':listener/') + '/#16';
  else if (type === 'aws_lb_listener_rule')
    table.arn = text('listener_arn').replace(':listener/', ':listener-rule/') + '/#16';
  else if (type === 'aws_instance') {
    const ip = f.fill('private_ip');
    table.private_dns = `ip-${ip.replaceAll('.', '-')}.ec2.internal`;
    if (values.associate_public_ip_address !== true) Object.assign(table, { public_ip: '', public_dns: '' });
  } else if (type === 'aws_eip')
    table.public_dns = `ec2-${f.fill('public_ip').replaceAll('.', '-')}.compute-1.amazonaws.com`;
  else if (type === 'aws_iam_openid_connect_provider')
    table.arn = `arn:{p}:iam::{a}:oidc-provider/${text('url').replace(/^https:\/\//, '')}`;
  else if (type === 'aws_ecs_task_definition') table.revision = 1 + Number(f.draw(4, DIGIT));
  else if (type === 'aws_cognito_user_pool_client' && values.generate_secret !== true)
    table.client_secret = '';
  else if (type === 'aws_ecs_service') table.cluster = text('cluster').split('/').at(-1) || 'default';
  else if (type === 'aws_vpc' && values.assign_generated_ipv6_cidr_block !== true)
    table.ipv6_association_id = '';
  else if (type === 'aws_acm_certificate')
    table.domain_validation_options = validationOptions(
      values,
      (domain) => ({
        resource_record_name: `_${f.draw(32, HEX)}.${domain.replace(/^\*\./, '')}.`,
        resource_record_type: 'CNAME',
        resource_record_value: `_${f.draw(32, HEX)}.acm-validations.aws.`,
      }),
      [],
    );
  return f.fill;
}

/** A look-up's results: the same question gives the same answer. */
export function dataFiller(type, config, attributes, settings) {
  const table = { ...IDENTITY[type], ...DATA[type]?.(config, settings) };
  return filler(type, config, attributes, settings, type + JSON.stringify(config), table).fill;
}

/** A certificate's validation records: their domain names are known before it is created. */
export function validationOptions(values, rest, undecided = UNKNOWN) {
  const names = values.subject_alternative_names;
  const domains = [...new Set([values.domain_name, ...(Array.isArray(names) ? names : [])])];
  if (domains.includes(UNKNOWN) || values.validation_method !== 'DNS') return undecided;
  return domains.map((domain_name) => ({ domain_name, ...rest(domain_name) }));
}
