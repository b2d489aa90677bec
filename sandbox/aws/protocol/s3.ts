import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../errors.ts';
import { S3Error } from '../s3/error.ts';
import type { Answer, Protocol } from './protocol.ts';

const builder = new XMLBuilder({ processEntities: true, suppressEmptyNode: false, ignoreAttributes: false });
const xml = (value: object): string => `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(value)}`;

// What S3 tells apart by a word in the query: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
const bucketActions: Record<string, string> = {
  'GET location': 'GetBucketLocation',
  'GET versioning': 'GetBucketVersioning',
  'PUT versioning': 'PutBucketVersioning',
  'GET versions': 'ListObjectVersions',
  'GET list-type': 'ListObjectsV2',
  PUT: 'CreateBucket',
  HEAD: 'HeadBucket',
  DELETE: 'DeleteBucket',
};
const objectActions: Record<string, string> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};
// Words in the query that choose no operation.
const parameters = new Set([
  'x-id',
  'versionId',
  'prefix',
  'delimiter',
  'max-keys',
  'encoding-type',
  'start-after',
]);
for (const name of ['continuation-token', 'fetch-owner', 'key-marker', 'version-id-marker'])
  parameters.add(name);

function decode(request: IncomingMessage, body: Buffer) {
  // As it was sent: a key may have `..` in it, which a URL would resolve.
  const [path = '', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const [, , bucket = '', ...rest] = path.split('/');
  const key = decoded(rest.join('/'));
  const words = new URLSearchParams(query);
  const method = request.method ?? '';
  const word = [...words.keys()].find((name) => !parameters.has(name));
  const name = word === undefined ? method : `${method} ${word}`;
  const known = key ? objectActions[name] : bucket ? bucketActions[name] : undefined;
  const action =
    known ??
    (bucket === '' && name === 'GET' ? 'ListBuckets' : `${name} of ${key ? 'an object' : 'a bucket'}`);
  return {
    action,
    input: { ...Object.fromEntries(words), Bucket: bucket, Key: key, Headers: request.headers, Body: body },
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** REST with XML, path-style: actions answer with `{ document }`, or with headers and bytes. */
export const s3Protocol: Protocol = {
  decode,
  encode(_, output): Answer {
    const { status = 200, headers = {}, bytes, document } = Object(output) as S3Output;
    const common = { 'x-amz-request-id': randomUUID() };
    if (!document) return { status, headers: { ...common, ...headers }, body: bytes ?? '' };
    const type = { 'content-type': 'application/xml' };
    return { status, headers: { ...common, ...type, ...headers }, body: xml(document) };
  },
  encodeError(error: AwsError): Answer {
    // What the route calls an action that it does not know.
    const isUnknown = error.code === 'UnknownOperationException';
    const Code = isUnknown ? 'NotImplemented' : error.code;
    return {
      status: isUnknown ? 501 : error.status,
      headers: { 'content-type': 'application/xml', ...(error instanceof S3Error && error.headers) },
      body: xml({ Error: { Code, Message: error.message, RequestId: randomUUID() } }),
    };
  },
};

export interface S3Output {
  status?: number;
  headers?: Record<string, string>;
  bytes?: Uint8Array;
  document?: object;
}
