import { createHash, createHmac } from 'node:crypto';

export const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

interface Signing {
  secretAccessKey: string;
  /** ISO 8601 basic, as X-Amz-Date has it. */
  stamp: string;
  /** Day, region, service and `aws4_request`. */
  scope: readonly string[];
  canonicalRequest: string;
}

/** Signature Version 4 of a canonical request, in hex: AWS General Reference, "Create a signed AWS API request". */
export function signatureV4({ secretAccessKey, stamp, scope, canonicalRequest }: Signing): string {
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), sha256(canonicalRequest)].join('\n');
  const key = scope.reduce<Buffer | string>((by, part) => hmac(by, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}
