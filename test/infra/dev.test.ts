import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devRounds } from './dev-rounds.ts';
import { createWorkspace, hasTerraform, type Resource, type Workspace } from './terraform.ts';
import { type Run, runTests } from './terraform-test.ts';

const dev = 'envs/dev';
const world = '0.0.0.0/0';

describe.skipIf(!hasTerraform)('dev with everything on', () => {
  let workspace: Workspace;
  let sources: Map<string, Run>;
  let rounds: Map<string, Run>;

  beforeAll(async () => {
    workspace = createWorkspace();
    await workspace.init(dev, ['-backend=false']);
    [sources, rounds] = await Promise.all([runTests(workspace, dev, 'toggles'), devRounds()]);
  });
  afterAll(() => workspace?.close());

  const managed = (run = 'on') => (rounds.get(run)?.resources ?? []).filter(({ mode }) => mode === 'managed');
  const all = (type: string, run = 'on') => managed(run).filter((resource) => resource.type === type);
  const at = (address: string, run = 'on'): Record<string, unknown> => {
    const found = managed(run).find((resource) => resource.address === address);
    if (!found) throw new Error(`No ${address} among ${managed(run).map((one) => one.address)}`);
    return found.values;
  };
  const id = (address: string) => String(at(address).id);
  const tag = ({ values }: Resource, name: string): unknown => {
    const tags = values.tags_all;
    return typeof tags === 'object' && tags !== null ? Reflect.get(tags, name) : undefined;
  };

  it('passes its own terraform tests', () => {
    const runs = [...sources, ...rounds].map(([name, { status, complaints }]) => ({
      name,
      status,
      complaints,
    }));
    expect(runs).toHaveLength(7);
    expect(runs.filter(({ status }) => status !== 'pass')).toEqual([]);
  });

  it('tags everything that can be tagged with project, environment, service and origin', () => {
    const taggable = managed().filter(({ values }) => 'tags_all' in values);
    expect(taggable.length).toBeGreaterThan(40);
    const bare = taggable.filter(
      (resource) =>
        tag(resource, 'Project') !== 'd2-ride-booking' ||
        tag(resource, 'Environment') !== 'dev' ||
        tag(resource, 'ManagedBy') !== 'terraform' ||
        !tag(resource, 'Service'),
    );
    expect(bare.map(({ address }) => address)).toEqual([]);
  });

  it.each([
    { type: 'aws_instance', services: ['backend-api', 'bastion'] },
    { type: 'aws_db_instance', services: ['rds'] },
    { type: 'aws_lb', services: ['alb'] },
    { type: 'aws_nat_gateway', services: ['nat'] },
    {
      type: 'aws_vpc_endpoint',
      services: ['platform', 'ssm-endpoints', 'ssm-endpoints', 'ssm-endpoints'],
    },
    { type: 'aws_cognito_user_pool', services: ['cognito'] },
    { type: 'aws_cloudfront_distribution', services: ['web-admin', 'web-driver', 'web-passenger'] },
  ])('lets $type be found by its service', ({ type, services }) => {
    expect(
      all(type)
        .map((resource) => tag(resource, 'Service'))
        .sort(),
    ).toEqual(services);
  });

  it('keeps its instances private, encrypted and behind IMDSv2', () => {
    const instances = all('aws_instance');
    expect(instances.map((resource) => tag(resource, 'Name')).sort()).toEqual([
      'd2-ride-booking-dev-backend',
      'd2-ride-booking-dev-bastion',
    ]);
    const privateSubnets = ['a', 'b'].map((zone) =>
      id(`module.network.aws_subnet.private["ap-southeast-1${zone}"]`),
    );
    for (const { values } of instances) {
      expect(privateSubnets).toContain(values.subnet_id);
      expect(values).toMatchObject({
        associate_public_ip_address: false,
        metadata_options: [{ http_endpoint: 'enabled', http_tokens: 'required' }],
        root_block_device: [{ encrypted: true, volume_type: 'gp3' }],
      });
      expect(values.key_name ?? '').toBe('');
    }
  });

  const ruleOf = ({ values }: Resource) => ({
    group: values.security_group_id,
    from: values.cidr_ipv4 ?? values.referenced_security_group_id,
    ports: `${values.ip_protocol} ${values.from_port}-${values.to_port}`,
  });

  it('opens nothing to the world but the ports of the load balancer', () => {
    const inbound = all('aws_vpc_security_group_ingress_rule');
    const anybody = inbound.filter(
      ({ values }) => !values.referenced_security_group_id || values.cidr_ipv6 || values.prefix_list_id,
    );
    const alb = id('module.security_groups.aws_security_group.alb');
    expect(anybody.map(ruleOf)).toHaveLength(2);
    expect(anybody.map(ruleOf)).toEqual(
      expect.arrayContaining([
        { group: alb, from: world, ports: 'tcp 80-80' },
        { group: alb, from: world, ports: 'tcp 443-443' },
      ]),
    );
  });

  it('lets in to the backend the load balancer alone, and to the bastion nobody', () => {
    const inbound = all('aws_vpc_security_group_ingress_rule').map(ruleOf);
    const backend = id('module.security_groups.aws_security_group.service["backend-api"]');
    const bastion = id('module.security_groups.aws_security_group.bastion');
    const alb = id('module.security_groups.aws_security_group.alb');
    expect(inbound.filter(({ group }) => group === backend)).toEqual([
      { group: backend, from: alb, ports: 'tcp 3000-3000' },
    ]);
    expect(inbound.filter(({ group }) => group === bastion)).toEqual([]);
    const database = id('module.security_groups.aws_security_group.database');
    const clients = inbound.filter(({ group }) => group === database);
    expect(clients.map(({ from, ports }) => `${from} ${ports}`).sort()).toEqual(
      [`${backend} tcp 3306-3306`, `${bastion} tcp 3306-3306`].sort(),
    );
  });

  it('lets out to the world HTTPS alone, and from the database nothing', () => {
    const outbound = all('aws_vpc_security_group_egress_rule').map(ruleOf);
    expect(new Set(outbound.filter(({ from }) => from === world).map(({ ports }) => ports))).toEqual(
      new Set(['tcp 443-443']),
    );
    const database = id('module.security_groups.aws_security_group.database');
    expect(outbound.filter(({ group }) => group === database)).toEqual([]);
  });

  it('describes groups and rules in characters that EC2 takes', () => {
    const described = managed().filter(({ type }) => /^aws_(vpc_)?security_group/.test(type));
    expect(described.length).toBeGreaterThan(15);
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    for (const { values } of described)
      expect(values.description).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
  });

  it('leaves no rule in the group that AWS gives to whatever names none', () => {
    const groups = [...all('aws_default_security_group'), ...all('aws_security_group')];
    expect(groups).toHaveLength(6);
    for (const { values } of groups) expect([values.ingress, values.egress]).toEqual([[], []]);
  });

  it('isolates the database’s subnets and gives nothing a public address by itself', () => {
    const table = id('module.network.aws_route_table.database');
    expect(all('aws_route').filter(({ values }) => values.route_table_id === table)).toEqual([]);
    expect(at('module.network.aws_route_table.database').route).toEqual([]);
    for (const { values } of all('aws_subnet')) expect(values.map_public_ip_on_launch).toBe(false);
    const group = all('aws_db_subnet_group')[0]?.values.subnet_ids;
    expect(Array.isArray(group) ? [...group].sort() : group).toEqual(
      ['a', 'b'].map((zone) => id(`module.network.aws_subnet.database["ap-southeast-1${zone}"]`)).sort(),
    );
  });

  it('has the database that the guide describes', () => {
    expect(at('module.rds[0].aws_db_instance.this')).toMatchObject({
      identifier: 'd2-ride-booking-dev-rds-mysql',
      engine: 'mysql',
      engine_version: '8.4',
      instance_class: 'db.t3.micro',
      db_name: 'ridebooking',
      username: 'admin',
      storage_type: 'gp3',
      storage_encrypted: true,
      iam_database_authentication_enabled: true,
      publicly_accessible: false,
      multi_az: false,
      auto_minor_version_upgrade: true,
      copy_tags_to_snapshot: true,
      skip_final_snapshot: false,
      deletion_protection: false,
      backup_retention_period: 1,
      enabled_cloudwatch_logs_exports: ['error', 'slowquery'],
      performance_insights_enabled: false,
      monitoring_interval: 0,
    });
    expect(at('module.rds[0].aws_db_parameter_group.this')).toMatchObject({
      family: 'mysql8.4',
      parameter: expect.arrayContaining([
        expect.objectContaining({ name: 'require_secure_transport', value: '1' }),
        expect.objectContaining({ name: 'character_set_server', value: 'utf8mb4' }),
      ]),
    });
    for (const log of ['error', 'slowquery']) {
      expect(at(`aws_cloudwatch_log_group.rds["${log}"]`)).toMatchObject({
        name: `/aws/rds/instance/d2-ride-booking-dev-rds-mysql/${log}`,
        retention_in_days: 14,
      });
    }
  });

  it('keeps the master password out of the state', () => {
    expect(at('module.rds[0].aws_db_instance.this')).toMatchObject({ password: null, password_wo: null });
    for (const version of ['password', 'connection']) {
      const values = at(`module.rds[0].aws_secretsmanager_secret_version.${version}`);
      expect([values.secret_string, values.secret_string_wo]).toEqual([expect.toBeOneOf(['', null]), null]);
    }
  });

  it('can be switched off and on again: no name stands in the way', () => {
    const [before, after] = ['on', 'on_again'].map((run) => ({
      snapshot: at('module.rds[0].aws_db_instance.this', run).final_snapshot_identifier,
      secret: at('module.rds[0].aws_secretsmanager_secret.master', run),
    }));
    expect(before?.snapshot).toMatch(/^d2-ride-booking-dev-rds-mysql-final-[0-9a-f-]{36}$/);
    expect(after?.snapshot).not.toBe(before?.snapshot);
    expect(after?.secret).toMatchObject({ name: before?.secret.name, recovery_window_in_days: 0 });
  });

  it('leaves behind what stood before when all is off', () => {
    expect(
      managed('off').filter(({ type }) => /^aws_(instance|db_|lb|nat|eip|cloudfront|s3)/.test(type)),
    ).toEqual([]);
  });
});
