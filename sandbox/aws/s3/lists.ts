import { AwsError } from '../errors.ts';
import { type Input, textOf } from '../service.ts';
import { unknownTo } from './error.ts';
import type { Bucket, Buckets, Version } from './store.ts';

const namespace = { '@_xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/' };
const owner = { ID: 'd2', DisplayName: 'd2' };

/** Keys may hold what XML can't: who asks for it gets them percent-encoded, and is told so. */
function encodingOf(input: Input): { key: (key: string) => string; element: object } {
  const isUrl = textOf(input, 'encoding-type') === 'url';
  return { key: isUrl ? encodeURIComponent : (key) => key, element: isUrl ? { EncodingType: 'url' } : {} };
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

/** How many entries a page may have. Throws InvalidArgument. */
function sizeAsked(input: Input): number {
  const text = textOf(input, 'max-keys') || '1000';
  if (!/^\d{1,10}$/.test(text))
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(Number(text), 1_000);
}

/** A token is the last entry of its page, in letters that any XML holds. */
const tokenOf = (entry: string) => Buffer.from(entry).toString('base64url');

function entryOf(token: string): string {
  const entry = Buffer.from(token, 'base64url').toString();
  if (tokenOf(entry) !== token)
    throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
  return entry;
}

/** ListObjectsV2: keys in order, common prefixes folded. */
export function objectsDocument(bucket: Bucket, input: Input): object {
  const prefix = textOf(input, 'prefix');
  const delimiter = textOf(input, 'delimiter');
  const after = entryOf(textOf(input, 'continuation-token'));
  const startAfter = textOf(input, 'start-after');
  const encoding = encodingOf(input);
  const size = sizeAsked(input);
  const entries = new Map<string, Version | undefined>();
  for (const [key, versions] of [...bucket.objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const newest = versions.at(-1);
    // Of the key, not of its folder: what is left of a folder that starts before is still listed.
    if (!newest?.content || !key.startsWith(prefix) || key <= startAfter) continue;
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (cut < 0) entries.set(key, newest);
    else entries.set(key.slice(0, cut + delimiter.length), undefined);
  }
  const left = [...entries].filter(([entry]) => entry > after);
  const page = left.slice(0, size);
  const last = page.at(-1);
  const next = last && left.length > size ? tokenOf(last[0]) : undefined;
  return {
    ListBucketResult: {
      ...namespace,
      ...encoding.element,
      Name: bucket.name,
      Prefix: encoding.key(prefix),
      ...(delimiter && { Delimiter: encoding.key(delimiter) }),
      MaxKeys: size,
      KeyCount: page.length,
      IsTruncated: next !== undefined,
      ...(next !== undefined && { NextContinuationToken: next }),
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
  const unknown = ['max-keys', 'delimiter', 'key-marker', 'version-id-marker'].find((name) =>
    textOf(input, name),
  );
  if (unknown) throw unknownTo(`${unknown} of ListObjectVersions`);
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
      ...encoding.element,
      Name: bucket.name,
      Prefix: encoding.key(prefix),
      MaxKeys: 1_000,
      IsTruncated: false,
      Version: all.filter(({ version }) => version.content).map(({ shown }) => shown),
      DeleteMarker: all.filter(({ version }) => !version.content).map(({ shown }) => shown),
    },
  };
}
