import type { IncomingMessage } from 'node:http';
import type { AwsError } from '../errors.ts';
import type { Input } from '../service.ts';
import { cborProtocol } from './cbor.ts';
import { jsonProtocol } from './json.ts';
import { ec2Protocol, memberedProtocol, queryProtocol } from './query.ts';
import { s3Protocol } from './s3.ts';

export type ProtocolName = 'ec2' | 'query' | 'json' | 'cbor' | 's3';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

export interface Protocol {
  /** The action's name and its input. */
  decode(request: IncomingMessage, body: Buffer): { action: string; input: Input };
  encode(action: string, output: unknown): Answer;
  encodeError(error: AwsError): Answer;
}

const protocols: Record<ProtocolName, Protocol> = {
  ec2: ec2Protocol,
  query: queryProtocol,
  json: jsonProtocol,
  cbor: cborProtocol,
  s3: s3Protocol,
};

/** By what the request says; a service may be spoken to in more than one (CloudWatch: CBOR by the SDK, query or JSON by the CLI). */
export function protocolOf(request: IncomingMessage, usual: ProtocolName): Protocol {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return protocols.cbor;
  if (request.headers['x-amz-target'] !== undefined) return protocols.json;
  // Older AWS CLIs, to a service whose answers are not shaped for XML.
  if (usual === 'cbor') return memberedProtocol;
  return protocols[usual];
}
