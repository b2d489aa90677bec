import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasAwsCli, runAws } from '../../aws-cli/aws-cli.ts';
import { region, startTestAccount, type TestAccount } from './test-account.ts';

const Bucket = 'd2-ride-booking-artifacts-000011112222';
const Key = 'backend-api/r 1+ü.tar.gz';
let s: TestAccount;
let s3: S3Client;
const clientOf = (more: object = {}) =>
  new S3Client({
    region,
    endpoint: s.endpoint,
    forcePathStyle: true,
    credentials: s.credentials,
    maxAttempts: 1,
    ...more,
  });
beforeAll(async () => {
  s = await startTestAccount();
  s3 = clientOf();
});
beforeEach(() => s.account.reset());
afterEach(() => s.account.setFaults([]));
afterAll(async () => {
  s3?.destroy();
  await s?.close();
});

const put = (Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const text = async (VersionId?: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return Body?.transformToString();
};
const named = (name: string) => expect.objectContaining({ name });

describe('an object', () => {
  it('is put, read, looked at and listed, by whatever key', async () => {
    const { ETag } = await put('release', { ContentType: 'application/gzip', Metadata: { commit: 'abc' } });
    expect(await text()).toBe('release');
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ETag,
      ContentLength: 7,
      ContentType: 'application/gzip',
      Metadata: { commit: 'abc' },
      ServerSideEncryption: 'AES256',
    });
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'backend-api/' }));
    expect(listed.Contents).toEqual([expect.objectContaining({ Key, ETag, Size: 7 })]);
    expect(s.account.ledger()).toEqual([
      expect.objectContaining({ service: 's3', action: 'PutObject', targets: [`${Bucket}/${Key}`] }),
    ]);
  });

  it('can be read in part', async () => {
    await put('0123456789');
    const read = async (Range: string) => {
      const { Body, ContentRange } = await s3.send(new GetObjectCommand({ Bucket, Key, Range }));
      return [await Body?.transformToString(), ContentRange];
    };
    expect(await read('bytes=2-4')).toEqual(['234', 'bytes 2-4/10']);
    expect(await read('bytes=8-20')).toEqual(['89', 'bytes 8-9/10']);
    expect(await read('bytes=7-')).toEqual(['789', 'bytes 7-9/10']);
    expect(await read('bytes=-3')).toEqual(['789', 'bytes 7-9/10']);
    expect(await read('bytes=-30')).toEqual(['0123456789', 'bytes 0-9/10']);
    expect(await read('bytes=4-2')).toEqual(['0123456789', undefined]);
    for (const range of ['bytes=20-30', 'bytes=10-', 'bytes=-0'])
      await expect(read(range)).rejects.toMatchObject({
        name: 'InvalidRange',
        $metadata: { httpStatusCode: 416 },
      });
  });

  it('is read only as the one that its reader knows, or only when it is another', async () => {
    const { ETag } = await put('one');
    const other = '"0123456789abcdef0123456789abcdef"';
    for (const Command of [GetObjectCommand, HeadObjectCommand]) {
      const status = (more: object) =>
        s3.send(new Command({ Bucket, Key, ...more }) as GetObjectCommand).then(
          (answer) => answer.$metadata.httpStatusCode,
          (error) => error.$metadata.httpStatusCode,
        );
      expect(await status({ IfMatch: ETag })).toBe(200);
      expect(await status({ IfMatch: other })).toBe(412);
      expect(await status({ IfNoneMatch: other })).toBe(200);
      expect(await status({ IfNoneMatch: ETag })).toBe(304);
      expect(await status({ IfNoneMatch: '*' })).toBe(304);
    }
  });

  it('keeps its former versions, and a deleted one comes back when its marker goes', async () => {
    const first = await put('one');
    await put('two');
    const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(text()).rejects.toEqual(named('NoSuchKey'));
    expect(await text(first.VersionId)).toBe('one');
    const versions = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(versions.Versions?.map(({ IsLatest }) => IsLatest)).toEqual([false, false]);
    expect(versions.DeleteMarkers).toEqual([expect.objectContaining({ IsLatest: true, VersionId: marker })]);
    const { $response } = await text(marker).catch((error) => error);
    expect($response).toMatchObject({ statusCode: 405, headers: { 'x-amz-delete-marker': 'true' } });
    const removed = await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marker }));
    expect(removed).toMatchObject({ DeleteMarker: true, VersionId: marker });
    expect(await text()).toBe('two');
    const VersionId = first.VersionId;
    const version = await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    expect(version.DeleteMarker).toBeUndefined();
    await expect(text('never-given')).rejects.toEqual(named('NoSuchVersion'));
  });

  it('is refused where it is already, or is another by now', async () => {
    const first = await put('one', { IfNoneMatch: '*' });
    await expect(put('two', { IfNoneMatch: '*' })).rejects.toEqual(named('PreconditionFailed'));
    const second = await put('two', { IfMatch: first.ETag });
    await expect(put('three', { IfMatch: first.ETag })).rejects.toEqual(named('PreconditionFailed'));
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: first.ETag }))).rejects.toEqual(
      named('PreconditionFailed'),
    );
    expect(await text()).toBe('two');
    await s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: second.ETag }));
    await expect(put('three', { IfMatch: second.ETag })).rejects.toEqual(named('NoSuchKey'));
    await put('again', { IfNoneMatch: '*' });
    expect(await text()).toBe('again');
  });

  it('is written by one of many who write only where nothing is', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => put(`${i}`, { IfNoneMatch: '*' })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused when its bytes are not those that were hashed', async () => {
    await expect(put('release', { ChecksumSHA256: 'AAAA' })).rejects.toEqual(named('BadDigest'));
    await expect(put('release', { ContentMD5: 'XrY7u+Ae7tCTyyK7j1rNww==' })).rejects.toEqual(
      named('BadDigest'),
    );
    await expect(text()).rejects.toEqual(named('NoSuchKey'));
  });

  it('may come in frames, as a stream does', async () => {
    const { Readable } = await import('node:stream');
    const Body = Readable.from([Buffer.from('a'.repeat(70_000)), Buffer.from('b')]);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: 70_001 }));
    expect((await text())?.length).toBe(70_001);
  });

  it('keeps its name as it was given, dots and all', async () => {
    const Keys = ['b/../c', './d', 'e//f', 'ä %41'];
    for (const one of Keys) await s3.send(new PutObjectCommand({ Bucket, Key: one, Body: one }));
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key: key }) => key).sort()).toEqual([...Keys].sort());
    const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'b/../c' }));
    expect(await found.Body?.transformToString()).toBe('b/../c');
  });

  it('is refused, and nothing is lost, when it is larger than the sandbox takes', async () => {
    await expect(put('x'.repeat(16_000_001))).rejects.toEqual(named('EntityTooLarge'));
    await put('small');
    expect(await text()).toBe('small');
  });
});

describe('a bucket', () => {
  it('is made, found and removed once it is empty', async () => {
    const mine = { Bucket: 'mine' };
    await expect(s3.send(new HeadBucketCommand(mine))).rejects.toMatchObject({ name: 'NotFound' });
    await s3.send(new CreateBucketCommand(mine));
    await expect(s3.send(new CreateBucketCommand(mine))).rejects.toEqual(named('BucketAlreadyOwnedByYou'));
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toContain('mine');
    await s3.send(new PutObjectCommand({ ...mine, Key: 'a', Body: '1' }));
    await s3.send(new PutObjectCommand({ ...mine, Key: 'a', Body: '2' }));
    expect((await s3.send(new ListObjectVersionsCommand(mine))).Versions).toHaveLength(1);
    await expect(s3.send(new DeleteBucketCommand(mine))).rejects.toEqual(named('BucketNotEmpty'));
    await s3.send(new DeleteObjectCommand({ ...mine, Key: 'a' }));
    await s3.send(new DeleteBucketCommand(mine));
    await expect(s3.send(new ListObjectsV2Command(mine))).rejects.toEqual(named('NoSuchBucket'));
  });

  it('keeps versions from when it is told to until it is told not to', async () => {
    const mine = { Bucket: 'mine' };
    const tell = (Status: 'Enabled' | 'Suspended') =>
      s3.send(new PutBucketVersioningCommand({ ...mine, VersioningConfiguration: { Status } }));
    const write = (Body: string) => s3.send(new PutObjectCommand({ ...mine, Key: 'a', Body }));
    const ids = async () =>
      (await s3.send(new ListObjectVersionsCommand(mine))).Versions?.map(({ VersionId }) => VersionId);
    await s3.send(new CreateBucketCommand(mine));
    expect((await s3.send(new GetBucketVersioningCommand(mine))).Status).toBeUndefined();
    await write('before');
    await tell('Enabled');
    expect((await s3.send(new GetBucketVersioningCommand(mine))).Status).toBe('Enabled');
    const { VersionId } = await write('kept');
    expect(await ids()).toEqual([VersionId, 'null']);
    await tell('Suspended');
    expect((await s3.send(new GetBucketVersioningCommand(mine))).Status).toBe('Suspended');
    await write('one');
    await write('two');
    expect(await ids()).toEqual(['null', VersionId]);
  });

  it('is listed with names that XML cannot hold, by who asks for them encoded', async () => {
    const keys = ['a\u0001/1', 'a\u0001/2', 'b\u0002'];
    for (const key of keys) await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: key }));
    const encoded = { Bucket, EncodingType: 'url' } as const;
    const first = await s3.send(new ListObjectsV2Command({ ...encoded, Delimiter: '/', MaxKeys: 1 }));
    expect(first.CommonPrefixes?.map(({ Prefix }) => decodeURIComponent(Prefix ?? ''))).toEqual(['a\u0001/']);
    const ContinuationToken = first.NextContinuationToken;
    expect(ContinuationToken).toMatch(/^[\w-]+$/);
    const rest = await s3.send(new ListObjectsV2Command({ ...encoded, Delimiter: '/', ContinuationToken }));
    expect(rest).toMatchObject({ EncodingType: 'url', Contents: [{ Key: 'b%02' }] });
    const inside = await s3.send(new ListObjectVersionsCommand({ ...encoded, Prefix: 'a\u0001' }));
    expect(inside.Prefix).toBe('a%01');
    expect(inside.Versions?.map((one) => decodeURIComponent(one.Key ?? ''))).toEqual(keys.slice(0, 2));
  });

  it('is listed by pages and by folders', async () => {
    for (const key of ['a/1', 'a/2', 'b', 'c/1'])
      await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: key }));
    const top = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(top.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/', 'c/']);
    expect(top.Contents?.map((one) => one.Key)).toEqual(['b']);
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3, ContinuationToken }));
      seen.push(...(page.Contents ?? []).map((one) => one.Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen).toEqual(['a/1', 'a/2', 'b', 'c/1']);
    const folders: (string | undefined)[] = [];
    do {
      const asked = { Bucket, Delimiter: '/', StartAfter: 'a/1', MaxKeys: 1, ContinuationToken };
      const page = await s3.send(new ListObjectsV2Command(asked));
      folders.push(page.CommonPrefixes?.[0]?.Prefix ?? page.Contents?.[0]?.Key);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(folders).toEqual(['a/', 'b', 'c/']);
    const past = new ListObjectsV2Command({ Bucket, Delimiter: '/', StartAfter: 'a/2' });
    expect((await s3.send(past)).CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
  });

  it('is listed by pages of a size that is one', async () => {
    await put('one');
    const list = (MaxKeys: number) => s3.send(new ListObjectsV2Command({ Bucket, MaxKeys }));
    expect(await list(0)).toMatchObject({ KeyCount: 0, IsTruncated: false });
    await expect(list(-1)).rejects.toEqual(named('InvalidArgument'));
    await expect(list('many' as never)).rejects.toEqual(named('InvalidArgument'));
    const wrong = new ListObjectsV2Command({ Bucket, ContinuationToken: 'one of mine' });
    await expect(s3.send(wrong)).rejects.toEqual(named('InvalidArgument'));
  });
});

describe('who asks', () => {
  it('needs keys of the account, and to have signed what is sent', async () => {
    const unknownKey = clientOf({
      credentials: { accessKeyId: 'AKIASTRANGER00000000', secretAccessKey: 'x' },
    });
    await expect(unknownKey.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    const wrongSecret = clientOf({ credentials: { ...s.credentials, secretAccessKey: 'guessed' } });
    await expect(wrongSecret.send(new ListBucketsCommand({}))).rejects.toEqual(
      named('SignatureDoesNotMatch'),
    );
    unknownKey.destroy();
    wrongSecret.destroy();
  });

  it('has no call done whose body is not the one that was signed', async () => {
    const [signed, sent] = ['<Status>Suspended</Status>', '<Status>Enabled</Status>  '];
    const between = clientOf();
    between.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string };
        request.body = request.body.replace(signed, sent);
        return next(args);
      },
      { step: 'deserialize', priority: 'low' },
    );
    const mine = { Bucket: 'mine' };
    await s3.send(new CreateBucketCommand(mine));
    const VersioningConfiguration = { Status: 'Suspended' } as const;
    const changed = between.send(new PutBucketVersioningCommand({ ...mine, VersioningConfiguration }));
    await expect(changed).rejects.toEqual(named('XAmzContentSHA256Mismatch'));
    expect((await s3.send(new GetBucketVersioningCommand(mine))).Status).toBeUndefined();
    between.destroy();
  });

  it('is told by name what the sandbox does not know', async () => {
    const part = new UploadPartCommand({ Bucket, Key, PartNumber: 1, UploadId: 'u', Body: 'x' });
    await expect(s3.send(part)).rejects.toEqual(named('NotImplemented'));
    const pages: [string, object][] = [
      ['max-keys', { MaxKeys: 1 }],
      ['delimiter', { Delimiter: '/' }],
      ['key-marker', { KeyMarker: 'a' }],
    ];
    for (const [name, asked] of pages)
      await expect(s3.send(new ListObjectVersionsCommand({ Bucket, ...asked }))).rejects.toMatchObject({
        name: 'NotImplemented',
        message: expect.stringContaining(name),
      });
    const one = new DeleteObjectCommand({ Bucket, Key, VersionId: 'v', IfMatch: 'e' });
    await expect(s3.send(one)).rejects.toEqual(named('NotImplemented'));
  });

  it.each<[string, object]>([
    ['x-amz-server-side-encryption: aws:kms', { ServerSideEncryption: 'aws:kms' }],
    ['x-amz-tagging', { Tagging: 'a=b' }],
    ['x-amz-storage-class', { StorageClass: 'GLACIER' }],
    ['x-amz-acl', { ACL: 'private' }],
    ['x-amz-object-lock-legal-hold', { ObjectLockLegalHoldStatus: 'ON' }],
    ['x-amz-website-redirect-location', { WebsiteRedirectLocation: '/' }],
    ['x-amz-expected-bucket-owner', { ExpectedBucketOwner: '000011112222' }],
    ['cache-control', { CacheControl: 'no-store' }],
    ['content-encoding: gzip', { ContentEncoding: 'gzip' }],
    ['x-amz-checksum-crc32c', { ChecksumCRC32C: 'AAAAAA==' }],
  ])('is told that an object is not put with %s', async (name, more) => {
    await expect(put('one', more)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining(name),
    });
    await expect(text()).rejects.toEqual(named('NoSuchKey'));
    await put('one', { ServerSideEncryption: 'AES256' });
  });

  it('is told of headers that no other call knows', async () => {
    await put('one');
    const since = new GetObjectCommand({ Bucket, Key, IfModifiedSince: new Date() });
    await expect(s3.send(since)).rejects.toEqual(named('NotImplemented'));
    const locked = new CreateBucketCommand({ Bucket: 'mine', ObjectLockEnabledForBucket: true });
    await expect(s3.send(locked)).rejects.toEqual(named('NotImplemented'));
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'mine' }))).rejects.toEqual(named('NotFound'));
    const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/a` });
    await expect(s3.send(copy)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('x-amz-copy-source'),
    });
  });

  it('meets faults here too', async () => {
    s.account.setFaults([{ action: 's3:PutObject', kind: 'reset', phase: 'after', times: 1 }]);
    await expect(put('one')).rejects.toThrow();
    expect(await text()).toBe('one');
  });
});

describe.skipIf(!hasAwsCli)('the AWS CLI', () => {
  it('copies there and back, and lists', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'd2-s3-'));
    const aws = (...args: string[]) =>
      runAws([...args, '--endpoint-url', s.endpoint], {
        HOME: folder,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: s.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s.credentials.secretAccessKey,
      });
    try {
      writeFileSync(join(folder, 'there'), 'release');
      await aws('s3', 'cp', join(folder, 'there'), `s3://${Bucket}/backend-api/r1.tar.gz`);
      expect(await aws('s3', 'ls', `s3://${Bucket}/backend-api/`)).toContain('r1.tar.gz');
      expect(await aws('s3', 'cp', `s3://${Bucket}/backend-api/r1.tar.gz`, '-')).toBe('release');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
