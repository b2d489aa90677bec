import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { z } from 'zod';

const operationSchema = z.looseObject({
  summary: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional() }),
  ),
});
const documentSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});
export type Operation = z.output<typeof operationSchema> & { method: string; path: string };

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined without one. */
  json: unknown;
}

export interface AskOptions {
  token?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** A client that holds every answer to the service's own OpenAPI document: status, content type and body. */
export async function createApi(url: string) {
  const document = documentSchema.parse(await (await fetch(`${url}/api/docs-json`)).json());
  const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ components: document.components }, 'api');
  const compiled = new Map<unknown, ValidateFunction>();
  const validatorOf = (schema: unknown): ValidateFunction => {
    const known = compiled.get(schema);
    if (known) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/');
    const made = ajv.compile(JSON.parse(text));
    compiled.set(schema, made);
    return made;
  };

  function findOperation(method: string, path: string): Operation | undefined {
    const matches = operations.filter(
      (operation) =>
        operation.method === (method === 'HEAD' ? 'GET' : method) &&
        new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i').test(path),
    );
    return matches.find((operation) => !operation.path.includes('{')) ?? matches[0];
  }

  /** What is wrong with an answer, in a sentence; undefined when it is as the document says. */
  function faultOf(method: string, target: string, answer: Answer): string | undefined {
    const { pathname } = new URL(target, url);
    const what = `${method} ${pathname} → ${answer.status}`;
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const operation = findOperation(method, pathname);
    // Where there is nothing the document can say nothing, but a problem it is.
    const response = operation
      ? operation.responses[answer.status]
      : [400, 404].includes(answer.status) && {
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        };
    if (!response) return `${what} is not documented: ${answer.text.slice(0, 300)}`;
    if (!answer.headers.get('x-request-id')) return `${what} has no request id`;
    if (method === 'HEAD') return undefined;
    if (!response.content) return answer.text === '' ? undefined : `${what} has a body, and should not`;
    const media = response.content[type];
    if (!media) return `${what} is of the undocumented type ${type}`;
    const validate = validatorOf(media.schema);
    return validate(answer.json)
      ? undefined
      : `${what} is not as documented: ${ajv.errorsText(validate.errors)} in ${answer.text.slice(0, 300)}`;
  }

  /** Asks, and throws when the answer is not as documented. */
  async function ask(method: string, target: string, options: AskOptions = {}): Promise<Answer> {
    const { token, body, raw, headers } = options;
    const response = await fetch(new URL(target, url), {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(raw !== undefined ? { body: raw } : body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json =
      text !== '' && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
    const answer = { status: response.status, headers: response.headers, text, json };
    const fault = faultOf(method, target, answer);
    if (fault) throw new Error(fault);
    return answer;
  }

  return { url, document, operations, ask, faultOf };
}

export type Api = Awaited<ReturnType<typeof createApi>>;
