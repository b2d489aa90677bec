import { stripVTControlCharacters } from 'node:util';
import { openEnvelope } from './envelopes.ts';
import { parseLogfmt, parseObject } from './fields.ts';
import type { Format } from './format.ts';
import { formats } from './formats.ts';
import { levelNamed, levelNumbered, statusLevel } from './levels.ts';
import type { ParsedLine, Request } from './parsed-line.ts';
import { stripPrefixes } from './prefixes.ts';
import { readFields } from './read-fields.ts';
import { readTime } from './times.ts';

const longestHead = 2_000;

/** One line as its writer meant it: prefixes off, JSON or logfmt or a known text format read. An unknown line is its own text, without a level. */
export function parseLine(message: string): ParsedLine {
  return read(message, 0);
}

function read(message: string, depth: number): ParsedLine {
  const line = stripVTControlCharacters(message).trimEnd();
  const before = stripPrefixes(line);
  const { text, shown } = before;
  const found =
    readObject(text.trimStart(), depth) ??
    readText(text === line ? text : text.trimStart(), depth) ??
    plain(shown);
  return {
    ...found,
    at: found.at ?? before.at,
    level: found.level ?? before.level,
    fromErrors: found.fromErrors || before.fromErrors,
  };
}

function readObject(text: string, depth: number): ParsedLine | undefined {
  const object = parseObject(text) ?? parseLogfmt(text);
  if (!object) return undefined;
  const own = readFields(object, text);
  const envelope = own.fields && depth < 3 ? openEnvelope(own.fields) : undefined;
  if (!envelope) return { ...own, fromErrors: false };
  const inner = read(envelope.text, depth + 1);
  return {
    ...inner,
    at: inner.at ?? envelope.at,
    level: inner.level ?? own.level,
    fromErrors: inner.fromErrors || envelope.fromErrors,
  };
}

function readText(text: string, depth: number): ParsedLine | undefined {
  // Formats stand at a line's beginning, and patterns over a huge line would take their time.
  const head = text.slice(0, longestHead);
  for (const format of formats) {
    const groups = format.pattern.exec(head)?.groups;
    const found = groups && readGroups(format, groups, text, head, depth);
    if (found) return found;
  }
  return undefined;
}

function readGroups(
  { level: fixed }: Format,
  groups: Record<string, string | undefined>,
  whole: string,
  head: string,
  depth: number,
): ParsedLine | undefined {
  const request = requestOf(groups);
  const level =
    fixed ?? (request?.status !== undefined ? statusLevel(request.status) : levelNamed(groups.level ?? ''));
  if (level === undefined) return undefined;
  const said = groups.text ?? '';
  const rest = groups.text === undefined ? whole : said + whole.slice(head.length);
  const inner = depth < 3 && !fixed && !request ? readRest(rest.trimStart(), depth + 1) : undefined;
  return {
    ...(inner ?? plain(rest)),
    at: inner?.at ?? (groups.time === undefined ? undefined : readTime(groups.time)),
    level: inner?.fields !== undefined ? (inner.level ?? level) : level,
    context: groups.context ?? inner?.context,
    request: request ?? inner?.request,
  };
}

/** What stands after a level: JSON, logfmt, or a request. */
function readRest(text: string, depth: number): ParsedLine | undefined {
  const object = readObject(text, depth);
  if (object) return object;
  const [, method, path, status] = /^(?:\S+ - )?"([A-Z]{3,7}) (\S+) HTTP\/[\d.]+" (\d{3})/.exec(text) ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { ...plain(text), request: { method, path, status: Number(status), milliseconds: undefined } };
}

function requestOf({ method, path, status, ms }: Record<string, string | undefined>): Request | undefined {
  if (method === undefined || path === undefined || status === undefined) return undefined;
  return { method, path, status: Number(status), milliseconds: ms === undefined ? undefined : Number(ms) };
}

// JSON that was cut off, or that stands after words of an unknown writer.
const levelField =
  /(?:"(?:level|severity|lvl|levelname|log\.level)"|[{,] level)\s{0,3}:\s{0,3}(?:["'](\w{1,13})["']|(\d{1,3})\b)/;

function plain(text: string): ParsedLine {
  const [, name, number] = levelField.exec(text.slice(0, longestHead)) ?? [];
  return {
    at: undefined,
    level:
      name !== undefined
        ? levelNamed(name)
        : number !== undefined
          ? levelNumbered(Number(number))
          : undefined,
    text,
    fields: undefined,
    message: undefined,
    context: undefined,
    request: undefined,
    error: undefined,
    stack: [],
    fromErrors: false,
  };
}
