import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, RDSClient, StopDBInstanceCommand } from '@aws-sdk/client-rds';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetDocumentCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
  StartSessionCommand,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasAwsCli, runAws } from '../../aws-cli/aws-cli.ts';
import { backend, bastion, database, region, startTestAccount, type TestAccount } from './test-account.ts';

let s: TestAccount;
beforeAll(async () => {
  s = await startTestAccount();
});
afterAll(() => s?.close());
afterEach(() => s.account.setFaults([]));

const named = (name: string) => expect.objectContaining({ name });
const aws = (...args: string[]) =>
  runAws([...args, '--endpoint-url', s.endpoint], {
    AWS_ACCESS_KEY_ID: s.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
const optionsIn = (where: string, secretAccessKey = s.credentials.secretAccessKey) => ({
  region: where,
  endpoint: s.endpoint,
  maxAttempts: 1,
  credentials: { accessKeyId: s.credentials.accessKeyId, secretAccessKey },
});

describe('a dry run', () => {
  const ec2 = () => s.clients.ec2.changing;
  const dry = (id: string) => ({ InstanceIds: [id], DryRun: true });
  const states = async () =>
    (await ec2().send(new DescribeInstancesCommand({}))).Reservations?.map(
      ({ Instances }) => Instances?.[0]?.State?.Name,
    );

  test('changes nothing, and says that it would have succeeded', async () => {
    for (const command of [new StopInstancesCommand(dry(bastion)), new StartInstancesCommand(dry(bastion))])
      await expect(ec2().send(command)).rejects.toMatchObject({
        name: 'DryRunOperation',
        $metadata: { httpStatusCode: 412 },
      });
    for (const command of [
      new DescribeInstancesCommand({ DryRun: true }),
      new DescribeNatGatewaysCommand({ DryRun: true }),
    ])
      await expect(ec2().send(command)).rejects.toEqual(named('DryRunOperation'));
    expect(await states()).toEqual(['running', 'running']);
    expect(s.account.ledger()).toEqual([]);
  });

  test('says what is not allowed, and what is not there', async () => {
    s.account.setFaults([{ action: 'ec2:StopInstances', kind: 'deny', times: 1 }]);
    const stop = (id: string) => ec2().send(new StopInstancesCommand(dry(id)));
    await expect(stop(bastion)).rejects.toEqual(named('UnauthorizedOperation'));
    await expect(stop('i-00000000000000000')).rejects.toEqual(named('InvalidInstanceID.NotFound'));
    await expect(stop('nonsense')).rejects.toEqual(named('InvalidInstanceID.Malformed'));
  });

  test.skipIf(!hasAwsCli)('is the AWS CLI’s --dry-run', async () => {
    await expect(aws('ec2', 'stop-instances', '--dry-run', '--instance-ids', bastion)).rejects.toThrow(
      /\(DryRunOperation\)[\s\S]*Request would have succeeded/,
    );
    expect(await states()).toEqual(['running', 'running']);
  });
});

describe('another region', () => {
  const there = () => optionsIn('eu-west-1');

  test('is empty', async () => {
    const ec2 = new EC2Client(there());
    expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations ?? []).toEqual([]);
    expect((await ec2.send(new DescribeNatGatewaysCommand({}))).NatGateways ?? []).toEqual([]);
    const lists = await Promise.all([
      new RDSClient(there()).send(new DescribeDBInstancesCommand({})).then((one) => one.DBInstances),
      new ElasticLoadBalancingV2Client(there())
        .send(new DescribeLoadBalancersCommand({}))
        .then((one) => one.LoadBalancers),
      new SSMClient(there())
        .send(new DescribeInstanceInformationCommand({}))
        .then((one) => one.InstanceInformationList),
      new CloudWatchLogsClient(there()).send(new DescribeLogGroupsCommand({})).then((one) => one.logGroups),
      new CloudWatchClient(there()).send(new DescribeAlarmsCommand({})).then((one) => one.MetricAlarms),
      new CognitoIdentityProviderClient(there())
        .send(new ListUserPoolsCommand({ MaxResults: 60 }))
        .then((one) => one.UserPools),
      new SecretsManagerClient(there()).send(new ListSecretsCommand({})).then((one) => one.SecretList),
      new DynamoDBClient(there()).send(new ListTablesCommand({})).then((one) => one.TableNames),
    ]);
    for (const list of lists) expect(list ?? []).toEqual([]);
  });

  test('knows nothing of this one by its id', async () => {
    await expect(
      new EC2Client(there()).send(new StopInstancesCommand({ InstanceIds: [backend] })),
    ).rejects.toEqual(named('InvalidInstanceID.NotFound'));
    await expect(
      new RDSClient(there()).send(new StopDBInstanceCommand({ DBInstanceIdentifier: database })),
    ).rejects.toEqual(named('DBInstanceNotFoundFault'));
    const user = { UserPoolId: 'ap-southeast-1_D2SandBox', Username: 'siti@example.com' };
    await expect(
      new CognitoIdentityProviderClient(there()).send(new AdminGetUserCommand(user)),
    ).rejects.toEqual(named('ResourceNotFoundException'));
    const item = { TableName: 'd2-chatops', Key: { pk: { S: 'ENV#dev' } } };
    await expect(new DynamoDBClient(there()).send(new GetItemCommand(item))).rejects.toEqual(
      named('ResourceNotFoundException'),
    );
    expect(s.account.ledger()).toEqual([]);
  });

  test('takes nothing that would be made in it', async () => {
    const secret = new CreateSecretCommand({ Name: 'd2/dev/x', SecretString: 'x' });
    await expect(new SecretsManagerClient(there()).send(secret)).rejects.toThrow(
      'lets nothing be made outside ap-southeast-1',
    );
    const parameter = new PutParameterCommand({ Name: '/x', Value: 'x', Type: 'String' });
    await expect(new SSMClient(there()).send(parameter)).rejects.toEqual(named('UnsupportedOperation'));
  });

  test('is the same account, with the same buckets', async () => {
    const { Account } = await new STSClient(there()).send(new GetCallerIdentityCommand({}));
    expect(Account).toBe('000011112222');
    const { Buckets } = await new S3Client({ ...there(), forcePathStyle: true }).send(
      new ListBucketsCommand({}),
    );
    expect(Buckets?.length).toBeGreaterThan(0);
  });
});

describe('a wrong secret', () => {
  const wrong = () => optionsIn(region, 'not-the-secret');

  test.each<[string, string, number, () => Promise<unknown>]>([
    ['ec2', 'AuthFailure', 401, () => new EC2Client(wrong()).send(new DescribeInstancesCommand({}))],
    [
      'rds',
      'SignatureDoesNotMatch',
      403,
      () => new RDSClient(wrong()).send(new DescribeDBInstancesCommand({})),
    ],
    [
      'sts',
      'SignatureDoesNotMatch',
      403,
      () => new STSClient(wrong()).send(new GetCallerIdentityCommand({})),
    ],
    [
      'elasticloadbalancing',
      'SignatureDoesNotMatch',
      403,
      () => new ElasticLoadBalancingV2Client(wrong()).send(new DescribeLoadBalancersCommand({})),
    ],
    [
      's3',
      'SignatureDoesNotMatch',
      403,
      () => new S3Client({ ...wrong(), forcePathStyle: true }).send(new ListBucketsCommand({})),
    ],
    [
      'ssm',
      'InvalidSignatureException',
      400,
      () => new SSMClient(wrong()).send(new DescribeInstanceInformationCommand({})),
    ],
    [
      'logs',
      'InvalidSignatureException',
      400,
      () => new CloudWatchLogsClient(wrong()).send(new DescribeLogGroupsCommand({})),
    ],
    [
      'cognito-idp',
      'InvalidSignatureException',
      400,
      () => new CognitoIdentityProviderClient(wrong()).send(new ListUserPoolsCommand({ MaxResults: 1 })),
    ],
    [
      'dynamodb',
      'InvalidSignatureException',
      400,
      () => new DynamoDBClient(wrong()).send(new ListTablesCommand({})),
    ],
    [
      'secretsmanager',
      'InvalidSignatureException',
      400,
      () => new SecretsManagerClient(wrong()).send(new ListSecretsCommand({})),
    ],
  ])('is refused by %s as %s', async (_, name, status, ask) => {
    await expect(ask()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });
});

describe('AWS’s own documents', () => {
  const ssm = () => s.clients.ssm.changing;

  test.each([
    'AWS-RunShellScript',
    'AWS-RunPatchBaseline',
    'AWSSupport-TroubleshootSSH',
    'AmazonCloudWatch-ManageAgent',
    'arn:aws:ssm:ap-southeast-1::document/AWS-RunShellScript',
  ])('%s is there, and nobody here may use it', async (name) => {
    const send = new SendCommandCommand({
      InstanceIds: [backend],
      DocumentName: name,
      Parameters: { commands: ['id'] },
    });
    const resource = `arn:aws:ssm:ap-southeast-1::document/${name.split('/').at(-1)}`;
    await expect(ssm().send(send)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: ssm:SendCommand on resource: ${resource}`),
    });
    for (const look of [new GetDocumentCommand({ Name: name }), new DescribeDocumentCommand({ Name: name })])
      await expect(ssm().send(look)).rejects.toEqual(named('AccessDeniedException'));
  });

  test('what nobody wrote is missing', async () => {
    const send = new SendCommandCommand({ InstanceIds: [backend], DocumentName: 'd2-none' });
    await expect(ssm().send(send)).rejects.toEqual(named('InvalidDocument'));
  });
});

describe('what is described', () => {
  test('has what people query of it', async () => {
    const { Reservations } = await s.clients.ec2.reading.send(new DescribeInstancesCommand({}));
    for (const { Instances } of Reservations ?? [])
      expect(Instances?.[0]).toMatchObject({
        ImageId: expect.stringMatching(/^ami-[0-9a-f]{17}$/),
        SecurityGroups: [{ GroupId: expect.stringMatching(/^sg-[0-9a-f]+$/), GroupName: expect.any(String) }],
        PrivateDnsName: expect.stringMatching(/^ip-10-/),
        BlockDeviceMappings: [{ Ebs: { VolumeId: expect.stringMatching(/^vol-/) } }],
      });
    const [group] = Reservations?.[0]?.Instances?.[0]?.SecurityGroups ?? [];
    const Filters = [{ Name: 'instance.group-id', Values: [group?.GroupId ?? ''] }];
    const found = await s.clients.ec2.reading.send(new DescribeInstancesCommand({ Filters }));
    expect(found.Reservations).toHaveLength(1);
    const { DBInstances } = await s.clients.rds.reading.send(new DescribeDBInstancesCommand({}));
    expect(DBInstances?.[0]).toMatchObject({
      DbiResourceId: expect.stringMatching(/^db-[A-Z0-9]{26}$/),
      VpcSecurityGroups: [{ Status: 'active' }],
      DBSubnetGroup: { VpcId: expect.stringMatching(/^vpc-/) },
    });
  });

  test.skipIf(!hasAwsCli)('has the guide’s $ALB_DNS, whose /health can be asked for', async () => {
    const query = "LoadBalancers[?contains(LoadBalancerName,'d2-ride-booking-dev')].DNSName";
    const dns = (await aws('elbv2', 'describe-load-balancers', '--query', query, '--output', 'text')).trim();
    await expect.poll(async () => (await fetch(`http://${dns}/health`)).status).toBe(200);
  });
});

describe('a session', () => {
  const start = (Target: string, DocumentName?: string) =>
    s.clients.ssm.changing.send(new StartSessionCommand({ Target, DocumentName }));

  test('says in a sentence what can’t be tried, why, and what can', async () => {
    await expect(start(backend)).rejects.toThrow(
      /^A session can’t be tried in the sandbox, whose instance is a folder of this machine.*\/d2 pm2 list.*\.$/,
    );
    await expect(start(bastion, 'AWS-StartPortForwardingSessionToRemoteHost')).rejects.toThrow(
      /^A tunnel can’t be tried in the sandbox.*the database listens here already.*\.$/,
    );
    await expect(start('i-00000000000000000')).rejects.toThrow('i-00000000000000000 is not connected.');
  });

  test.skipIf(!hasAwsCli)('of the AWS CLI is told so too', async () => {
    await expect(aws('ssm', 'start-session', '--target', backend)).rejects.toThrow(
      /\(TargetNotConnected\)[\s\S]*can’t be tried in the sandbox/,
    );
  });
});
