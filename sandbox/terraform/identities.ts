import { readFileSync } from 'node:fs';
import { validationOptions } from './certificate.ts';
import { createFiller, type Filler, type Table } from './invented-values.ts';
import type { Attribute } from './schema.ts';
import type { Settings } from './settings.ts';
import { type Named, textOf, type Value } from './value.ts';
import { zoneId } from './zones.ts';

// What identifies each type of resource, as templates of invented-values.ts.
const identities: Readonly<Record<string, Table>> = JSON.parse(
  readFileSync(new URL('identity.json', import.meta.url), 'utf8'),
);

export const identityOf = (type: string): Table => identities[type] ?? {};

/** Says what AWS would have decided of a resource that is created, by attribute. */
export function resourceFiller(
  type: string,
  values: Named,
  attributes: Readonly<Record<string, Attribute>>,
  settings: Settings,
): (name: string) => Value {
  const table: Table = { ...identityOf(type) };
  const filler = createFiller({ type, values, attributes, settings, table });
  Object.assign(table, particulars[type]?.(values, filler));
  return filler.fill;
}

const text = (values: Named, name: string): string => textOf(values[name]);

const databasePorts: Readonly<Record<string, number>> = {
  mysql: 3306,
  mariadb: 3306,
  postgres: 5432,
  'aurora-mysql': 3306,
  'aurora-postgresql': 5432,
  oracle: 1521,
  sqlserver: 1433,
};
// ARNs of load balancers call their types so.
const balancerKinds: Readonly<Record<string, string>> = { network: 'net', gateway: 'gwy' };

// AWS's oldest region has names of its own.
const first = 'us-east-1';

/** What depends on the resource's own arguments. */
const particulars: Readonly<Record<string, (values: Named, filler: Filler) => Table>> = {
  aws_db_instance: database,
  aws_lb: (values) => ({
    arn_suffix: `${balancerKinds[text(values, 'load_balancer_type')] ?? 'app'}/{name}/#16`,
    arn: 'arn:{p}:elasticloadbalancing:{r}:{a}:loadbalancer/{arn_suffix}',
  }),
  aws_lb_listener: (values) => ({
    arn: `${text(values, 'load_balancer_arn').replace(':loadbalancer/', ':listener/')}/#16`,
  }),
  aws_lb_listener_rule: (values) => ({
    arn: `${text(values, 'listener_arn').replace(':listener/', ':listener-rule/')}/#16`,
  }),
  aws_instance: (values, { fill, context: { region } }) => ({
    private_dns: `ip-${textOf(fill('private_ip')).replaceAll('.', '-')}.${region === first ? 'ec2' : `${region}.compute`}.internal`,
    ...(values.associate_public_ip_address !== true && { public_ip: '', public_dns: '' }),
  }),
  aws_eip: (_values, { fill, context: { region } }) => ({
    public_dns: `ec2-${textOf(fill('public_ip')).replaceAll('.', '-')}.${region === first ? 'compute-1' : `${region}.compute`}.amazonaws.com`,
  }),
  aws_iam_openid_connect_provider: (values) => ({
    arn: `arn:{p}:iam::{a}:oidc-provider/${text(values, 'url').replace(/^https:\/\//, '')}`,
  }),
  aws_ecs_task_definition: (_values, { draw }) => ({ revision: 1 + Number(draw('%', 4)) }),
  aws_cognito_user_pool_client: (values) => (values.generate_secret === true ? {} : { client_secret: '' }),
  aws_ecs_service: (values) => ({ cluster: text(values, 'cluster').split('/').at(-1) || 'default' }),
  aws_subnet: (_values, { fill }) => ({ availability_zone_id: zoneId(textOf(fill('availability_zone'))) }),
  aws_vpc: (values) => (values.assign_generated_ipv6_cidr_block === true ? {} : { ipv6_association_id: '' }),
  aws_acm_certificate: (values, { draw }) => ({
    domain_validation_options: validationOptions(
      values,
      (domain) => ({
        resource_record_name: `_${draw('#', 32)}.${domain.replace(/^\*\./, '')}.`,
        resource_record_type: 'CNAME',
        resource_record_value: `_${draw('#', 32)}.acm-validations.aws.`,
      }),
      [],
    ),
  }),
};

function database(values: Named, { draw, context: { partition, region, account } }: Filler): Table {
  const engine = text(values, 'engine');
  const version = text(values, 'engine_version') || '16.4';
  const arn = (service: string, what: string) => `arn:${partition}:${service}:${region}:${account}:${what}`;
  return {
    port: databasePorts[engine] ?? databasePorts[engine.split('-')[0] ?? ''] ?? 3306,
    engine_version: version,
    engine_version_actual: version,
    ...(engine.includes('postgres') && { license_model: 'postgresql-license' }),
    ...(values.manage_master_user_password === true && {
      master_user_secret: [
        {
          kms_key_id: text(values, 'master_user_secret_kms_key_id') || arn('kms', `key/${draw('#', 32)}`),
          secret_arn: arn('secretsmanager', `secret:rds!db-${draw('#', 32)}-${draw('~', 6)}`),
          secret_status: 'active',
        },
      ],
    }),
  };
}
