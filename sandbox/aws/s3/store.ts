import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../errors.ts';
import { preconditionFailed, S3Error, unknownTo } from './error.ts';

export interface Version {
  /** `null`, as S3 says, in a bucket without versioning. */
  id: string;
  /** Absent in a delete marker. */
  content?: Content;
  at: Date;
}

export interface Content {
  bytes: Buffer;
  etag: string;
  type: string;
  metadata: Readonly<Record<string, string>>;
  /** Its checksum header and value, as the writer sent it. */
  checksum: readonly [string, string] | undefined;
}

export interface Bucket {
  name: string;
  createdAt: Date;
  versioning: '' | 'Enabled' | 'Suspended';
  /** Newest last; never empty. */
  objects: Map<string, Version[]>;
}

/** What must be so for it to be done: RFC 9110 as S3 takes it, by entity tag or `*`. */
export interface Condition {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
}

/** Buckets and their objects, in memory. */
export function createBuckets(now: () => Date) {
  const buckets = new Map<string, Bucket>();

  function create(name: string, versioning: Bucket['versioning'] = ''): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
    if (buckets.has(name))
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
      );
    buckets.set(name, { name, createdAt: now(), versioning, objects: new Map() });
  }

  function find(name: string): Bucket {
    const found = buckets.get(name);
    if (!found) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return found;
  }

  function remove(name: string): void {
    if (find(name).objects.size > 0)
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    buckets.delete(name);
  }

  /** Adds a version, or takes the place of the only one. */
  function add(bucket: Bucket, key: string, content: Content | undefined): Version {
    const keepsOld = bucket.versioning === 'Enabled';
    const version: Version = {
      id: keepsOld ? randomBytes(16).toString('base64url') : 'null',
      at: now(),
      ...(content && { content }),
    };
    const old = bucket.objects.get(key) ?? [];
    bucket.objects.set(key, [...(keepsOld ? old : old.filter(({ id }) => id !== 'null')), version]);
    return version;
  }

  return { create, find, remove, all: () => [...buckets.values()], add };
}

export type Buckets = ReturnType<typeof createBuckets>;

export const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

/** The newest version, or the one asked for. Throws NoSuchKey, NoSuchVersion, and MethodNotAllowed for a marker by its id. */
export function findVersion({ objects }: Bucket, key: string, id: string): Version & { content: Content } {
  const versions = objects.get(key) ?? [];
  const found = id ? versions.find((version) => version.id === id) : versions.at(-1);
  if (id && !found) throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404);
  if (!found) throw noSuchKey();
  const { content } = found;
  if (content) return { ...found, content };
  const marker = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.id };
  if (!id) throw noSuchKey(marker);
  const message = 'The specified method is not allowed against this resource.';
  throw new S3Error('MethodNotAllowed', message, 405, { ...marker, allow: 'DELETE' });
}

const noSuchKey = (headers = {}) =>
  new S3Error('NoSuchKey', 'The specified key does not exist.', 404, headers);

/** Whether a condition names this entity tag, with its quotes or without. */
const names = (condition: string, etag: string): boolean =>
  condition === '*' ||
  condition.split(',').some((one) => one.trim().replaceAll('"', '') === etag.replaceAll('"', ''));

/** Holds a write to its condition. Throws PreconditionFailed. */
export function checkCondition({ objects }: Bucket, key: string, { ifMatch, ifNoneMatch }: Condition): void {
  const current = objects.get(key)?.at(-1)?.content?.etag;
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw unknownTo('If-None-Match of a write with more than *');
  if (ifNoneMatch === '*' && current !== undefined) throw preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return;
  if (current === undefined) throw noSuchKey();
  if (!names(ifMatch, current)) throw preconditionFailed('If-Match');
}

/** Holds a read to its condition: false when the reader has it already. Throws PreconditionFailed. */
export function isModified({ etag }: Content, { ifMatch, ifNoneMatch }: Condition): boolean {
  if (ifMatch !== undefined && !names(ifMatch, etag)) throw preconditionFailed('If-Match');
  return ifNoneMatch === undefined || !names(ifNoneMatch, etag);
}
