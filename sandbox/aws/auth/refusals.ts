import { AwsError } from '../errors.ts';

/** Why a call's credentials are not taken. */
export type Refusal = 'unknown key' | 'wrong signature' | 'expired token';

type Words = Readonly<Record<Refusal, readonly [code: string, message: string, status: number]>>;

const invalidToken = 'The security token included in the request is invalid.';
const expiredToken = 'The security token included in the request is expired';
const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
const unable = 'AWS was not able to validate the provided access credentials';

const ec2: Words = {
  'unknown key': ['AuthFailure', unable, 401],
  'wrong signature': ['AuthFailure', unable, 401],
  'expired token': ['RequestExpired', expiredToken, 400],
};
const s3: Words = {
  'unknown key': [
    'InvalidAccessKeyId',
    'The AWS Access Key Id you provided does not exist in our records.',
    403,
  ],
  'wrong signature': ['SignatureDoesNotMatch', mismatch, 403],
  'expired token': ['ExpiredToken', 'The provided token has expired.', 400],
};
const query: Words = {
  'unknown key': ['InvalidClientTokenId', invalidToken, 403],
  'wrong signature': ['SignatureDoesNotMatch', mismatch, 403],
  'expired token': ['ExpiredToken', expiredToken, 403],
};
const json: Words = {
  'unknown key': ['UnrecognizedClientException', invalidToken, 400],
  'wrong signature': ['InvalidSignatureException', mismatch, 400],
  'expired token': ['ExpiredTokenException', expiredToken, 400],
};

const services = new Map<string, Words>([
  ['ec2', ec2],
  ['s3', s3],
  ['rds', query],
  ['sts', query],
  ['elasticloadbalancing', query],
]);

/** In the service's own words; services that are spoken to in JSON or CBOR share theirs. */
export function refusalOf(service: string, why: Refusal): AwsError {
  const [code, message, status] = (services.get(service) ?? json)[why];
  return new AwsError(code, message, status);
}
