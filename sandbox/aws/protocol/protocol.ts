import type { IncomingMessage } from 'node:http';
import type { AwsError } from '../errors.ts';
import type { Input } from '../service.ts';

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
