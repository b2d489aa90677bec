/** What each toggle of dev makes, as addresses: no more, no less, and the same ones it destroys. */
export const madeBy = {
  enable_ec2_backend: instance('backend'),
  enable_rds: [
    'module.rds[0].aws_db_instance.this',
    'module.rds[0].aws_db_parameter_group.this',
    'module.rds[0].aws_db_subnet_group.this',
    'module.rds[0].aws_secretsmanager_secret.master',
    'module.rds[0].aws_secretsmanager_secret_version.connection',
    'module.rds[0].aws_secretsmanager_secret_version.password',
    'module.rds[0].terraform_data.final_snapshot',
  ],
  enable_nat_gateway: [
    'module.network.aws_eip.nat["ap-southeast-1a"]',
    'module.network.aws_nat_gateway.this["ap-southeast-1a"]',
    'module.network.aws_route.nat["ap-southeast-1a"]',
    'module.network.aws_route.nat["ap-southeast-1b"]',
  ],
  enable_alb: [
    'module.alb[0].aws_lb.this',
    'module.alb[0].aws_lb_listener.http',
    'module.alb[0].aws_lb_listener_rule.this["backend-api"]',
    'module.alb[0].aws_lb_target_group.this["backend-api"]',
  ],
  enable_ssm_vpc_endpoints: [
    'module.ssm_vpc_endpoints[0].aws_vpc_endpoint.this["ec2messages"]',
    'module.ssm_vpc_endpoints[0].aws_vpc_endpoint.this["ssm"]',
    'module.ssm_vpc_endpoints[0].aws_vpc_endpoint.this["ssmmessages"]',
  ],
  enable_bastion: instance('bastion'),
  enable_web_admin: site('web_admin'),
  enable_web_passenger: site('web_passenger'),
  enable_web_driver: site('web_driver'),
};

function instance(module: string): string[] {
  return ['aws_instance.this', 'terraform_data.ami'].map((resource) => `module.${module}[0].${resource}`);
}

function site(module: string): string[] {
  return [
    'aws_cloudfront_distribution.this',
    'aws_cloudfront_origin_access_control.this',
    'aws_s3_bucket.this',
    'aws_s3_bucket_lifecycle_configuration.this',
    'module.private.aws_s3_bucket_ownership_controls.this',
    'module.private.aws_s3_bucket_policy.this',
    'module.private.aws_s3_bucket_public_access_block.this',
    'module.private.aws_s3_bucket_server_side_encryption_configuration.this',
    'module.private.aws_s3_bucket_versioning.this[0]',
  ].map((resource) => `module.${module}[0].${resource}`);
}

export type Toggle = keyof typeof madeBy;

const isToggle = (name: string): name is Toggle => name in madeBy;
export const toggles = Object.keys(madeBy).filter(isToggle);

/** What exists only while two toggles are on together. */
const madeByBoth: { of: [Toggle, Toggle]; addresses: string[] }[] = [
  {
    of: ['enable_alb', 'enable_ec2_backend'],
    addresses: ['module.alb[0].aws_lb_target_group_attachment.this["backend-api"]'],
  },
];

/** Everything that stands with exactly these toggles on, beside what stands always; sorted. */
export function madeWith(on: readonly Toggle[]): string[] {
  const both = madeByBoth.filter(({ of }) => of.every((toggle) => on.includes(toggle)));
  return [...on.flatMap((toggle) => madeBy[toggle]), ...both.flatMap(({ addresses }) => addresses)].sort();
}

/** What each `check` block says, and a word of what to do. */
export const warnings = {
  backend_can_be_reached: /backend .* Session Manager can't reach it: .*enable_ssm_vpc_endpoints/,
  bastion_can_be_reached: /bastion .* Session Manager can't reach it/,
  instances_can_install: /can't install itself.*Switch NAT on/,
  bastion_has_a_database: /no database to forward to: switch on enable_rds/,
  database_has_a_client: /nothing can connect to it: switch on enable_ec2_backend/,
  alb_has_a_target: /nothing to send requests to.*enable_ec2_backend/,
  nat_is_used: /no instance uses it: .*enable_nat_gateway off/,
  endpoints_are_used: /no instance to reach through them: .*enable_ssm_vpc_endpoints off/,
};

type Warning = keyof typeof warnings;

/** The `check` blocks that warn with exactly these toggles on. */
export function warningsOf(on: readonly Toggle[]): Warning[] {
  const has = (toggle: Toggle) => on.includes(toggle);
  const instance = has('enable_ec2_backend') || has('enable_bastion');
  const reachable = has('enable_nat_gateway') || has('enable_ssm_vpc_endpoints');
  const warns: Record<Warning, boolean> = {
    backend_can_be_reached: has('enable_ec2_backend') && !reachable,
    bastion_can_be_reached: has('enable_bastion') && !reachable,
    instances_can_install: instance && !has('enable_nat_gateway'),
    bastion_has_a_database: has('enable_bastion') && !has('enable_rds'),
    database_has_a_client: has('enable_rds') && !instance,
    alb_has_a_target: has('enable_alb') && !has('enable_ec2_backend'),
    nat_is_used: has('enable_nat_gateway') && !instance,
    endpoints_are_used: has('enable_ssm_vpc_endpoints') && !instance,
  };
  return Object.keys(warnings).filter((name): name is Warning => name in warns && warns[name as Warning]);
}
