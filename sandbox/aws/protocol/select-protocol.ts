import type { IncomingMessage } from 'node:http';
import type { ProtocolName } from '../service.ts';
import { cborProtocol } from './cbor.ts';
import { jsonProtocol } from './json.ts';
import type { Protocol } from './protocol.ts';
import { ec2Protocol, memberedProtocol, queryProtocol } from './query.ts';
import { s3Protocol } from './s3.ts';

const protocols: Record<ProtocolName, Protocol> = {
  ec2: ec2Protocol,
  query: queryProtocol,
  json: jsonProtocol,
  cbor: cborProtocol,
  s3: s3Protocol,
};

/** By what the request says; a service may be spoken to in more than one (CloudWatch: CBOR by the SDK, query or JSON by the CLI). */
export function selectProtocol(request: IncomingMessage, usual: ProtocolName): Protocol {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return protocols.cbor;
  if (request.headers['x-amz-target'] !== undefined) return protocols.json;
  // Older AWS CLIs, to a service whose answers are not shaped for XML.
  if (usual === 'cbor') return memberedProtocol;
  return protocols[usual];
}
