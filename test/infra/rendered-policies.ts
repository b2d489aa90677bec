import { type Policy, readPolicy } from '../../sandbox/aws/iam/policy.ts';
import { appliedChatops } from './applied-chatops.ts';
import { appliedProd } from './applied-prod.ts';
import { appliedBootstrap } from './bootstrapped.ts';
import { devRounds } from './dev-rounds.ts';
import type { Resource } from './terraform.ts';

/** A document in force, and where Terraform has it from. */
export interface Document {
  /** `d2-chatops-bot: d2-chatops-fence`. */
  name: string;
  policy: Policy;
}

interface Role {
  arn: string;
  trust: Document;
  identity: Document[];
}

/** What AWS's own policies say that are attached here, as its Managed Policy Reference has them. */
const managedByAws: Readonly<Record<string, unknown>> = {
  'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore': {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'ssm:DescribeAssociation',
          'ssm:GetDeployablePatchSnapshotForInstance',
          'ssm:GetDocument',
          'ssm:DescribeDocument',
          'ssm:GetManifest',
          'ssm:GetParameter',
          'ssm:GetParameters',
          'ssm:ListAssociations',
          'ssm:ListInstanceAssociations',
          'ssm:PutInventory',
          'ssm:PutComplianceItems',
          'ssm:PutConfigurePackageResult',
          'ssm:UpdateAssociationStatus',
          'ssm:UpdateInstanceAssociationStatus',
          'ssm:UpdateInstanceInformation',
        ],
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: [
          'ec2messages:AcknowledgeMessage',
          'ec2messages:DeleteMessage',
          'ec2messages:FailMessage',
          'ec2messages:GetEndpoint',
          'ec2messages:GetMessages',
          'ec2messages:SendReply',
        ],
        Resource: '*',
      },
    ],
  },
};

/** Every policy that Terraform renders for an account with bootstrap, dev, prod and the bot in it. */
export async function renderPolicies() {
  const rounds = await devRounds();
  const applied = await Promise.all([appliedBootstrap(), appliedProd(), appliedChatops()]);
  const resources = [...applied.flatMap((one) => one.resources), ...(rounds.get('on')?.resources ?? [])];
  return read(resources.filter(({ mode }) => mode === 'managed'));
}

export type Rendered = Awaited<ReturnType<typeof renderPolicies>>;

function read(resources: readonly Resource[]) {
  const all = (type: string) =>
    resources
      .filter((one) => one.type === type)
      .map(
        ({ values }) =>
          (name: string) =>
            String(values[name] ?? ''),
      );
  const documentOf = (name: string, text: unknown): Document => ({ name, policy: readPolicy(text) });

  const attachable = new Map(
    all('aws_iam_policy').map((of) => [of('arn'), documentOf(of('name'), of('policy'))]),
  );
  const attached = (arn: string): Document => {
    const found = attachable.get(arn);
    if (found) return found;
    if (!Object.hasOwn(managedByAws, arn))
      throw new Error(`${arn} is attached, and nobody here knows what it says.`);
    return documentOf(arn, managedByAws[arn]);
  };
  const roles = new Map<string, Role>();
  for (const of of all('aws_iam_role')) {
    const name = of('name');
    roles.set(name, {
      arn: of('arn'),
      trust: documentOf(`${name}: trust`, of('assume_role_policy')),
      identity: [
        ...all('aws_iam_role_policy')
          .filter((own) => own('role') === name)
          .map((own) => documentOf(`${name}: ${own('name')}`, own('policy'))),
        ...all('aws_iam_role_policy_attachment')
          .filter((attachment) => attachment('role') === name)
          .map((attachment) => attached(attachment('policy_arn'))),
      ],
    });
  }
  const byName = (type: string, key: string) =>
    new Map(all(type).map((of) => [of(key), documentOf(of(key), of('policy'))]));
  return {
    roles,
    buckets: byName('aws_s3_bucket_policy', 'bucket'),
    topics: byName('aws_sns_topic_policy', 'arn'),
    keys: byName('aws_kms_key', 'arn'),
    /** Buckets that a distribution shows, and its ARN. */
    sites: resources
      .filter(({ type }) => type === 'aws_cloudfront_distribution')
      .flatMap(({ values }) =>
        all('aws_s3_bucket_policy')
          .map((of) => of('bucket'))
          .filter((bucket) => JSON.stringify(values.origin).includes(`"${bucket}.s3`))
          .map((bucket) => ({ bucket, distribution: String(values.arn) })),
      ),
    /** As IAM names a database in rds-db:connect. */
    databaseIds: all('aws_db_instance').map((of) => of('resource_id')),
    /** What only an apply gives its ARN. */
    arnsOf: (type: string): string[] => all(type).map((of) => of('arn')),
  };
}
