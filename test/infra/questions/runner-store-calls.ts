import {
  account,
  arn,
  bringing,
  dev,
  none,
  type Question,
  questionsOf,
  states,
  tagged,
  trail,
} from './question.ts';
import { callsOf } from './runner-calls.ts';

const runner = questionsOf({ role: 'd2-chatops-terraform' });

const rds = (kind: string, name: string) => arn('rds', `${kind}:d2-ride-booking-dev-${name}`);
const database = rds('db', 'rds-mysql');
const subnets = rds('subgrp', 'rds-mysql');
const parameters = rds('pg', 'rds-mysql-20261123');
const snapshot = rds('snapshot', 'rds-mysql-final-0a1b2c');
const options = arn('rds', 'og:default:mysql-8-4');
/** Secrets Manager asks by the mere name while a secret is made. */
const name = arn('secretsmanager', 'secret:d2-ride-booking-dev-rds-master');
const master = `${name}-a1b2c3`;

const databases: Question[] = [
  ...callsOf('rds', [
    ['on', 'subnet group', 'rds:CreateDBSubnetGroup', subnets, bringing(dev)],
    ['on', 'parameter group', 'rds:CreateDBParameterGroup', parameters, bringing(dev)],
    ['on', 'parameters', 'rds:ModifyDBParameterGroup', parameters],
    ['on', 'database', 'rds:CreateDBInstance', [database, options, parameters, subnets], bringing(dev)],
    [
      'on',
      'database out of a snapshot',
      'rds:RestoreDBInstanceFromDBSnapshot',
      [database, options, parameters, subnets, snapshot],
      bringing(dev),
    ],
    ['on', "restored database's settings", 'rds:ModifyDBInstance', [database, options, parameters]],
    ['on', "parameter group's tags", 'rds:AddTagsToResource', parameters, bringing(dev)],
    ['off', 'parameter group', 'rds:DeleteDBParameterGroup', parameters],
    ['off', 'subnet group', 'rds:DeleteDBSubnetGroup', subnets],
  ]),
  ...runner.onlyHere('rds, plan: tags', 'rds:ListTagsForResource', database),
  ...callsOf('rds', [
    ['on', 'secret for the master password', 'secretsmanager:CreateSecret', name],
    ['on', "secret's tags", 'secretsmanager:TagResource', master],
    ['on', 'password', 'secretsmanager:PutSecretValue', master],
    ['plan', 'secret', 'secretsmanager:DescribeSecret', master],
    ['plan', "secret's policy", 'secretsmanager:GetResourcePolicy', master],
    ['plan', "secret's versions", 'secretsmanager:ListSecretVersionIds', master],
    ['off', "version's labels", 'secretsmanager:UpdateSecretVersionStage', master],
    ['off', 'secret', 'secretsmanager:DeleteSecret', master],
  ]),
];

const site = 'arn:aws:s3:::d2-ride-booking-dev-web-admin-000011112222';
const cloudfront = (kind: string) => `arn:aws:cloudfront::${account}:${kind}/E1A2B3`;
const sites: Question[] = callsOf('web_admin', [
  ['on', "bucket's tags, made with it", 's3:TagResource', site],
  ['on', "bucket's tags, set afterwards", 's3:PutBucketTagging', site],
  ['on', "bucket's owner", 's3:PutBucketOwnershipControls', site],
  ['on', "bucket's privacy", 's3:PutBucketPublicAccessBlock', site],
  ['on', "bucket's encryption", 's3:PutEncryptionConfiguration', site],
  ['on', "bucket's versions", 's3:PutBucketVersioning', site],
  ['on', "bucket's cleaning up", 's3:PutLifecycleConfiguration', site],
  ['plan', 'bucket, whether it is there', 's3:ListBucket', site],
  [
    'plan',
    "bucket's settings",
    [
      's3:GetAccelerateConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketTagging',
      's3:GetBucketVersioning',
      's3:GetEncryptionConfiguration',
      's3:GetLifecycleConfiguration',
      's3:GetReplicationConfiguration',
      's3:ListTagsForResource',
    ],
    site,
  ],
  ['off', "bucket's policy", 's3:DeleteBucketPolicy', site],
  ['off', "bucket's files, all their versions", 's3:ListBucketVersions', site],
  ['off', 'version of a file', 's3:DeleteObjectVersion', `${site}/index.html`],
  ['plan', 'distribution', 'cloudfront:GetDistribution', cloudfront('distribution'), tagged(dev)],
  ['plan', "distribution's tags", 'cloudfront:ListTagsForResource', cloudfront('distribution')],
  ['plan', 'cache policy of AWS’s own', 'cloudfront:GetCachePolicy', cloudfront('cache-policy')],
  ['plan', 'header policies', 'cloudfront:ListResponseHeadersPolicies', none],
  [
    'plan',
    'header policy of AWS’s own',
    'cloudfront:GetResponseHeadersPolicy',
    cloudfront('response-headers-policy'),
  ],
  ['plan', 'access control', 'cloudfront:GetOriginAccessControl', cloudfront('origin-access-control')],
  ['off', 'access control', 'cloudfront:DeleteOriginAccessControl', cloudfront('origin-access-control')],
]);

const run: Question[] = [
  ...runner.may('every toggle: who holds the lock', 's3:GetObject', `${states}/dev/terraform.tfstate.tflock`),
  ...runner.mayNot("not prod's lock", 's3:GetObject', `${states}/prod/terraform.tfstate.tflock`),
  ...runner.mayNever(
    'nothing of the trail is written, read or removed',
    ['logs:PutLogEvents', 'logs:GetLogEvents', 'logs:DeleteLogStream'],
    `${trail}:log-stream:task-1`,
  ),
];

export const runnerStoreCallQuestions: readonly Question[] = [...databases, ...sites, ...run];
