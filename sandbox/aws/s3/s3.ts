import type { Clock } from '../../clock.ts';
import { accountId, region } from '../constants.ts';
import { AwsError } from '../errors.ts';
import type { S3Output } from '../protocol/s3.ts';
import { type Action, type Input, type Service, textOf } from '../service.ts';
import { unknownTo } from './error.ts';
import { bucketsDocument, objectsDocument, versionsDocument } from './lists.ts';
import { objectAnswer } from './read.ts';
import { requestOf, type S3Request } from './request.ts';
import { checkCondition, createBuckets, etagOf } from './store.ts';

/** The buckets of infra's bootstrap: Terraform's states, versioned, and the artifacts. */
const stateBucket = `d2-ride-booking-terraform-${accountId}`;
export const artifactBucket = `d2-ride-booking-artifacts-${accountId}`;

/** S3, path-style: what Terraform's backend, releases and people with the CLI ask of it. What it doesn't know it refuses by name. */
export function createS3(clock: Clock): { service: Service } {
  const buckets = createBuckets(() => clock.now());
  for (const name of [stateBucket, artifactBucket]) buckets.create(name, 'Enabled');
  const bucketOf = (input: Input) => buckets.find(textOf(input, 'Bucket'));
  const isBucket = { changes: (input: Input) => [textOf(input, 'Bucket')] };
  const isObject = { changes: (input: Input) => [`${textOf(input, 'Bucket')}/${textOf(input, 'Key')}`] };

  function put({ input, headers, upload: { bytes, checksum } }: S3Request): S3Output {
    const bucket = bucketOf(input);
    const key = textOf(input, 'Key');
    checkCondition(bucket, key, { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] });
    const metadata = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
    const { id } = buckets.add(bucket, key, {
      bytes,
      etag: etagOf(bytes),
      type: headers['content-type'] ?? 'binary/octet-stream',
      metadata: Object.fromEntries(metadata.map(([name, value]) => [name, value ?? ''])),
      checksum,
    });
    return {
      headers: {
        etag: etagOf(bytes),
        'x-amz-server-side-encryption': 'AES256',
        ...(bucket.versioning && { 'x-amz-version-id': id }),
        ...(checksum && Object.fromEntries([checksum])),
      },
    };
  }

  function remove({ input, headers }: S3Request): S3Output {
    const bucket = bucketOf(input);
    const key = textOf(input, 'Key');
    const id = textOf(input, 'versionId');
    const ifMatch = headers['if-match'];
    if (id) {
      if (ifMatch !== undefined) throw unknownTo('If-Match with a version of DeleteObject');
      const versions = bucket.objects.get(key) ?? [];
      const gone = versions.find((version) => version.id === id);
      const left = versions.filter((version) => version !== gone);
      if (left.length > 0) bucket.objects.set(key, left);
      else bucket.objects.delete(key);
      const marker = gone && !gone.content && { 'x-amz-delete-marker': 'true' };
      return { status: 204, headers: { 'x-amz-version-id': id, ...marker } };
    }
    checkCondition(bucket, key, { ifMatch, ifNoneMatch: undefined });
    if (!bucket.versioning) bucket.objects.delete(key);
    else {
      const marker = buckets.add(bucket, key, undefined);
      return { status: 204, headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.id } };
    }
    return { status: 204 };
  }

  const get = ({ input, headers }: S3Request) => objectAnswer(bucketOf(input), input, headers);

  const actions: Record<string, S3Action> = {
    ListBuckets: { run: () => ({ document: bucketsDocument(buckets) }) },
    CreateBucket: {
      ...isBucket,
      run({ input }) {
        buckets.create(textOf(input, 'Bucket'));
        return { headers: { location: `/${textOf(input, 'Bucket')}` } };
      },
    },
    DeleteBucket: {
      ...isBucket,
      run({ input }) {
        buckets.remove(textOf(input, 'Bucket'));
        return { status: 204 };
      },
    },
    HeadBucket: {
      run({ input }) {
        bucketOf(input);
        return { headers: { 'x-amz-bucket-region': region } };
      },
    },
    GetBucketLocation: {
      run({ input }) {
        bucketOf(input);
        return { document: { LocationConstraint: region } };
      },
    },
    GetBucketVersioning: {
      run({ input }) {
        const { versioning } = bucketOf(input);
        return { document: { VersioningConfiguration: versioning ? { Status: versioning } : {} } };
      },
    },
    PutBucketVersioning: {
      ...isBucket,
      run({ input, upload }) {
        const status = /<Status>(Enabled|Suspended)<\/Status>/.exec(upload.bytes.toString('utf8'))?.[1];
        if (status !== 'Enabled' && status !== 'Suspended')
          throw new AwsError('IllegalVersioningConfigurationException', 'Enabled or Suspended.');
        bucketOf(input).versioning = status;
        return {};
      },
    },
    ListObjectsV2: { run: ({ input }) => ({ document: objectsDocument(bucketOf(input), input) }) },
    ListObjectVersions: { run: ({ input }) => ({ document: versionsDocument(bucketOf(input), input) }) },
    PutObject: { ...isObject, run: put },
    GetObject: { run: get },
    HeadObject: { run: get },
    DeleteObject: { ...isObject, run: remove },
  };
  return { service: { name: 's3', protocol: 's3', actions: withParsedRequests(actions) } };
}

type S3Action = Pick<Action, 'changes'> & { run(request: S3Request): S3Output };

/** The actions, each of whose requests is read and held to what it says of itself first. */
const withParsedRequests = (actions: Record<string, S3Action>): Service['actions'] =>
  Object.fromEntries(
    Object.entries(actions).map(([name, { run, ...rest }]) => [
      name,
      { ...rest, run: (input: Input) => run(requestOf(input)) },
    ]),
  );
