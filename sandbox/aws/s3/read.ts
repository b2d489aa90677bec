import type { S3Output } from '../protocol/s3.ts';
import { type Input, textOf } from '../service.ts';
import { S3Error } from './error.ts';
import type { Headers } from './request.ts';
import { type Bucket, findVersion, isModified } from './store.ts';

/** First and last byte of what is asked for; undefined when that is all, or no range that S3 knows. Throws InvalidRange. */
function partOf(range: string | undefined, length: number): [number, number] | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if ((from === '' && to === '') || (from !== '' && to !== '' && Number(to) < Number(from))) return undefined;
  const first = from === '' ? Math.max(length - Number(to), 0) : Number(from);
  if (first >= length)
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable', 416, {
      'content-range': `bytes */${length}`,
    });
  return [first, from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1)];
}

/** GetObject's and HeadObject's answer, whole or the range that was asked for. */
export function objectAnswer(bucket: Bucket, input: Input, headers: Headers): S3Output {
  const { id, at, content } = findVersion(bucket, textOf(input, 'Key'), textOf(input, 'versionId'));
  const common = {
    etag: content.etag,
    'last-modified': at.toUTCString(),
    ...(bucket.versioning && { 'x-amz-version-id': id }),
  };
  if (!isModified(content, { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] }))
    return { status: 304, headers: common };
  const whole = content.bytes;
  const part = partOf(headers.range, whole.length);
  return {
    status: part ? 206 : 200,
    bytes: part ? whole.subarray(part[0], part[1] + 1) : whole,
    headers: {
      ...common,
      'content-type': content.type,
      'accept-ranges': 'bytes',
      'x-amz-server-side-encryption': 'AES256',
      ...(part
        ? { 'content-range': `bytes ${part.join('-')}/${whole.length}` }
        : content.checksum && Object.fromEntries([content.checksum])),
      ...content.metadata,
    },
  };
}
