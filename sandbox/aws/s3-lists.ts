import { type Bucket, type Buckets, findVersion, type Version } from './s3-store.ts';
import { type Input, numberOf, textOf } from './service.ts';

const namespace = { '@_xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/' };
const owner = { ID: 'd2', DisplayName: 'd2' };

/** Keys may hold what XML can't: who asks for it gets them percent-encoded, and is told so. */
function encodingOf(input: Input): { key: (key: string) => string; told: object } {
  const isUrl = textOf(input, 'encoding-type') === 'url';
  return { key: isUrl ? encodeURIComponent : (key) => key, told: isUrl ? { EncodingType: 'url' } : {} };
}

const sizeOf = ({ content }: Version) => content?.bytes.length ?? 0;

export const bucketsDocument = (buckets: Buckets): object => ({
  ListAllMyBucketsResult: {
    ...namespace,
    Owner: owner,
    Buckets: {
      Bucket: buckets
        .all()
        .map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt.toISOString() })),
    },
  },
});

/** ListObjectsV2: keys in order, common prefixes folded; the token is the last key of the page. */
export function objectsDocument(bucket: Bucket, input: Input): object {
  const prefix = textOf(input, 'prefix');
  const delimiter = textOf(input, 'delimiter');
  const after = textOf(input, 'continuation-token') || textOf(input, 'start-after');
  const encoding = encodingOf(input);
  const size = Math.min(numberOf(input, 'max-keys') ?? 1_000, 1_000);
  const entries = new Map<string, Version | undefined>();
  for (const [key, versions] of [...bucket.objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const newest = versions.at(-1);
    if (!newest?.content || !key.startsWith(prefix)) continue;
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (cut < 0) entries.set(key, newest);
    else entries.set(key.slice(0, cut + delimiter.length), undefined);
  }
  const left = [...entries].filter(([key]) => key > after);
  const page = left.slice(0, size);
  const isTruncated = left.length > size;
  return {
    ListBucketResult: {
      ...namespace,
      ...encoding.told,
      Name: bucket.name,
      Prefix: encoding.key(prefix),
      ...(delimiter && { Delimiter: encoding.key(delimiter) }),
      MaxKeys: size,
      KeyCount: page.length,
      IsTruncated: isTruncated,
      ...(isTruncated && { NextContinuationToken: page.at(-1)?.[0] }),
      Contents: page.flatMap(([key, version]) =>
        version
          ? [
              {
                Key: encoding.key(key),
                LastModified: version.at.toISOString(),
                ETag: version.content?.etag,
                Size: sizeOf(version),
                StorageClass: 'STANDARD',
              },
            ]
          : [],
      ),
      CommonPrefixes: page.flatMap(([key, version]) => (version ? [] : [{ Prefix: encoding.key(key) }])),
    },
  };
}

/** Every version and delete marker, newest first; the sandbox gives them on one page. */
export function versionsDocument(bucket: Bucket, input: Input): object {
  const prefix = textOf(input, 'prefix');
  const encoding = encodingOf(input);
  const all = [...bucket.objects]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, versions]) =>
      versions.toReversed().map((version, index) => ({
        version,
        shown: {
          Key: encoding.key(key),
          VersionId: version.id,
          IsLatest: index === 0,
          LastModified: version.at.toISOString(),
          ...(version.content && {
            ETag: version.content.etag,
            Size: sizeOf(version),
            StorageClass: 'STANDARD',
          }),
          Owner: owner,
        },
      })),
    );
  return {
    ListVersionsResult: {
      ...namespace,
      ...encoding.told,
      Name: bucket.name,
      Prefix: encoding.key(prefix),
      MaxKeys: 1_000,
      IsTruncated: false,
      Version: all.filter(({ version }) => version.content).map(({ shown }) => shown),
      DeleteMarker: all.filter(({ version }) => !version.content).map(({ shown }) => shown),
    },
  };
}

/** GetObject's and HeadObject's answer, whole or the range that was asked for. */
export function objectAnswer(bucket: Bucket, key: string, input: Input, range: string | undefined) {
  const { id, at, content } = findVersion(bucket, key, textOf(input, 'versionId'));
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const whole = content.bytes;
  const last = Math.min(to ? Number(to) : whole.length - 1, whole.length - 1);
  const isPart = from !== undefined && Number(from) <= last;
  return {
    status: isPart ? 206 : 200,
    bytes: isPart ? whole.subarray(Number(from), last + 1) : whole,
    headers: {
      'content-type': content.type,
      etag: content.etag,
      'last-modified': at.toUTCString(),
      'accept-ranges': 'bytes',
      'x-amz-server-side-encryption': 'AES256',
      ...(bucket.versioning && { 'x-amz-version-id': id }),
      ...(isPart
        ? { 'content-range': `bytes ${from}-${last}/${whole.length}` }
        : content.checksum && Object.fromEntries([content.checksum])),
      ...content.metadata,
    },
  };
}
