import type { Fields } from './fields.ts';
import { readTime } from './times.ts';

/** JSON in which whoever passed a line on has put it. */
interface Envelope {
  name: string;
  /** A whole line, with `boom` for what is in it. */
  example: string;
  text: string;
  time: string;
  /** These keys tell it from a logger's own JSON. */
  has: readonly string[];
  stream?: { key: string; errors: string };
}

export const envelopes: readonly Envelope[] = [
  {
    name: 'docker’s json-file',
    example: '{"log":"boom\\n","stream":"stderr","time":"2026-01-21T01:00:00.123456789Z"}',
    text: 'log',
    time: 'time',
    has: ['stream'],
    stream: { key: 'stream', errors: 'stderr' },
  },
  {
    name: 'PM2’s log_type json',
    example:
      '{"message":"boom\\n","timestamp":"2026-01-21T09:00:00","type":"err","process_id":0,"app_name":"backend-api"}',
    text: 'message',
    time: 'timestamp',
    has: ['processid', 'appname', 'type'],
    stream: { key: 'type', errors: 'err' },
  },
  {
    name: 'journalctl -o json',
    example: '{"MESSAGE":"boom","PRIORITY":"6","__REALTIME_TIMESTAMP":"1768957200000000","_PID":"812"}',
    text: 'message',
    time: 'realtimetimestamp',
    has: ['realtimetimestamp'],
  },
];

/** What is in an envelope; `undefined` where the JSON is none. */
export function openEnvelope(
  fields: Fields,
): { text: string; at: Date | undefined; fromErrors: boolean } | undefined {
  for (const { text, time, has, stream } of envelopes) {
    const inner = fields.get(text);
    if (typeof inner !== 'string' || !has.every((key) => fields.has(key))) continue;
    return {
      text: inner.replace(/\r?\n$/, ''),
      at: readTime(fields.get(time)),
      fromErrors: stream !== undefined && fields.get(stream.key) === stream.errors,
    };
  }
  return undefined;
}
