import { type Fields, fieldsOf, firstOf, keys, wordOf } from './fields.ts';
import { type Level, levelNamed, levelNumbered, otelLevel, pythonLevel, statusLevel } from './levels.ts';
import type { ParsedLine, Request } from './parsed-line.ts';
import { readTime } from './times.ts';

/** What a JSON or logfmt line says, by the meanings of its keys. */
export function readFields(value: object, text: string): Omit<ParsedLine, 'fromErrors'> {
  const fields = fieldsOf(value);
  const request = requestOf(fields);
  const status = request?.status;
  const stack = firstOf(fields, keys.stack, stackOf) ?? [];
  const [firstOfStack] = stack;
  return {
    at: firstOf(fields, keys.time, readTime),
    // Serilog leaves the level of an information out.
    level:
      levelOf(fields) ??
      ('@t' in value ? 'info' : undefined) ??
      (status === undefined ? undefined : statusLevel(status)),
    text,
    fields,
    message: firstOf(fields, keys.message, wordOf),
    context: firstOf(fields, keys.context, wordOf),
    request,
    error: firstOf(fields, keys.error, wordOf) ?? firstOfStack,
    stack,
  };
}

/** By its word, else by its number on the scale of whoever writes that key. */
function levelOf(fields: Fields): Level | undefined {
  const said = firstOf(fields, keys.level, (value) => {
    const number = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
    if (number) return levelNumbered(Number(value));
    return typeof value === 'string' ? levelNamed(value) : undefined;
  });
  // Monolog's name and Python's say what their numbers mean.
  const name = firstOf(fields, ['levelname'], (value) => levelNamed(String(value)));
  return (
    name ??
    said ??
    numberIn(fields, 'levelno', pythonLevel) ??
    numberIn(fields, 'recordlevelno', pythonLevel) ??
    numberIn(fields, 'severitynumber', otelLevel)
  );
}

function numberIn(fields: Fields, key: string, level: (value: number) => Level): Level | undefined {
  const value = fields.get(key);
  return typeof value === 'number' && value > 0 ? level(value) : undefined;
}

const methods = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)$/i;
const line = /^([A-Z]{3,7}) (\S+)(?: HTTP\/[\d.]+)?$/;

/** What was asked and what was answered; Fastify says the two in two lines. */
function requestOf(fields: Fields): Request | undefined {
  // nginx's `$request`, or a route with its method.
  const [, named, target] = firstOf(fields, ['request', 'route'], lineOf) ?? [];
  const method = named ?? firstOf(fields, keys.method, (value) => wordOf(value)?.match(methods)?.[0]);
  const path = target ?? firstOf(fields, keys.path, pathOf);
  const status = firstOf(fields, keys.status, statusOf);
  const isAnswer = status !== undefined && fields.has('resstatuscode');
  // A URL alone is what the service listens on, and a status alone may be any.
  if (
    !isAnswer &&
    (method === undefined || path === undefined) &&
    !(status !== undefined && path !== undefined)
  )
    return undefined;
  return {
    method: method?.toUpperCase(),
    path,
    status,
    milliseconds: firstOf(fields, keys.milliseconds, millisecondsOf),
  };
}

const lineOf = (value: unknown) => (typeof value === 'string' ? (line.exec(value) ?? undefined) : undefined);

/** A path as it was asked, its host left off. */
const pathOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? /^(?:https?:\/\/[^/?#]+)?([/*].*)$/.exec(value)?.[1] : undefined;

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && status >= 100 && status < 600 ? status : undefined;
}

/** `12`, `"12.5ms"`, `"0.3s"`; a bare `duration` is in seconds with one server, in ns with another, and says nothing. */
function millisecondsOf(value: unknown, name: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|µs|us)?$/.exec(String(value)) ?? [];
  if (number === undefined) return undefined;
  if (unit !== undefined) return Number(number) * (unit === 's' ? 1000 : unit === 'ms' ? 1 : 0.001);
  return /ms$|millis$|responsetime$/.test(name) ? Number(number) : undefined;
}

function stackOf(value: unknown): string[] | undefined {
  if (Array.isArray(value)) {
    const lines = value.filter((one) => typeof one === 'string');
    return lines.length > 1
      ? lines.flatMap((one) => one.split(/\r?\n/))
      : lines.flatMap((one) => stackOf(one) ?? []);
  }
  return typeof value === 'string' && value.includes('\n') ? value.trimEnd().split(/\r?\n/) : undefined;
}
