import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { s3Protocol } from '../../../sandbox/aws/protocol/s3.ts';
import { readUpload } from '../../../sandbox/aws/s3/body.ts';

const sumOf = (algorithm: string, text: string) => createHash(algorithm).update(text);
const framed = {
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'x-amz-decoded-content-length': '5',
};
const read = (headers: Record<string, string>, body: string) =>
  readUpload(headers, Buffer.from(body)).bytes.toString();

describe('frames', () => {
  const trailer = { ...framed, 'x-amz-trailer': 'x-amz-checksum-sha256' };
  const sum = sumOf('sha256', 'hello').digest('base64');

  test('are taken off, and the sum that follows them holds', () => {
    const body = (last: string) => `3;chunk-signature=ab\r\nhel\r\n2\r\nlo\r\n0\r\n${last}\r\n`;
    expect(read(framed, body(''))).toBe('hello');
    expect(read(trailer, body(`x-amz-checksum-sha256:${sum}\r\n`))).toBe('hello');
    expect(() => read(trailer, body('x-amz-checksum-sha256:AAAA\r\n'))).toThrow(/did not match/);
    expect(() => read(trailer, body(''))).toThrow(/did not match/);
  });

  test.each([
    ['a negative length, which would be read again for ever', '2\r\nab\r\n-6\r\n'],
    ['no length', 'zz\r\nhello\r\n0\r\n\r\n'],
    ['more after a frame than its end', '5\r\nhelloXX0\r\n\r\n'],
    ['a frame that is cut off', '9\r\nhello'],
    ['fewer bytes than were announced', '4\r\nhell\r\n0\r\n\r\n'],
    ['no end', '5\r\nhello\r\n'],
  ])('with %s are refused', (_, body) => {
    expect(() => read(framed, body)).toThrow(/did not provide the number of bytes/);
  });
});

test('a body is held to the SHA-256 that its request claims', () => {
  const claimed = { 'x-amz-content-sha256': sumOf('sha256', 'hello').digest('hex') };
  expect(read(claimed, 'hello')).toBe('hello');
  expect(() => read(claimed, 'hellO')).toThrow(/does not match what was computed/);
  for (const claim of ['', 'hello'])
    expect(() => read({ 'x-amz-content-sha256': claim }, 'hello')).toThrow(/must be UNSIGNED-PAYLOAD/);
  expect(read({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, 'hello')).toBe('hello');
});

test('a name that is no text is refused, and is no fault of the sandbox', () => {
  const request = Object.assign(new IncomingMessage(new Socket()), { url: '/aws/bucket/%zz', method: 'GET' });
  expect(() => s3Protocol.decode(request, Buffer.of())).toThrow(
    expect.objectContaining({ code: 'InvalidURI' }),
  );
});
