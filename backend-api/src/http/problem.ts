import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import * as z from 'zod';
import { DatabaseUnavailable } from '../database/failure.ts';

/** One fault of what was sent: where, and what is wrong with it. */
export interface Fault {
  /** A field by its path, `pickup.latitude`. */
  field: string;
  detail: string;
}

/** RFC 9457's problem details, as every error of this service is answered. */
export const problemSchema = z
  .strictObject({
    type: z.literal('about:blank').meta({ description: 'The status says what kind of problem it is.' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string().meta({ description: 'The path that was asked for.' }),
    requestId: z.string().meta({ description: 'Also in the x-request-id header and in our logs.' }),
    errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** An expected failure: a status, a sentence that names the next step, perhaps the faults and headers. */
export class ProblemException extends HttpException {
  readonly faults: readonly Fault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    { faults, headers = {} }: { faults?: readonly Fault[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail, status);
    this.faults = faults;
    this.headers = headers;
  }
}

export const badRequest = (detail: string, faults?: readonly Fault[]) =>
  new ProblemException(400, detail, faults && { faults });
export const unauthorized = (detail: string, error?: string) =>
  new ProblemException(401, detail, {
    headers: { 'www-authenticate': error ? `Bearer error="${error}"` : 'Bearer' },
  });
export const forbidden = (detail: string) => new ProblemException(403, detail);
export const notFound = (detail: string) => new ProblemException(404, detail);
export const conflict = (detail: string) => new ProblemException(409, detail);
export const unavailable = (detail: string) =>
  new ProblemException(503, detail, { headers: { 'retry-after': '5' } });

/** What an error means for the one who asked; undefined for a bug. */
export function problemOf(error: unknown): ProblemException | undefined {
  if (error instanceof ProblemException) return error;
  if (error instanceof DatabaseUnavailable)
    return unavailable(
      `${error.message} If you changed something, look whether it happened before you ask again.`,
    );
  if (error instanceof HttpException) return new ProblemException(error.getStatus(), error.message);
  return fromParser(error);
}

export const titleOf = (status: number): string => STATUS_CODES[status] ?? 'Error';

/** Express's body parser and router throw errors of their own: malformed JSON, a body too large, a path that can't be decoded. */
function fromParser(error: unknown): ProblemException | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.parse.failed') return badRequest('The body is not JSON.');
  if (type === 'entity.too.large') return new ProblemException(413, 'The body is too large: 64 kB at most.');
  return new ProblemException(status, `${titleOf(status)}.`);
}
