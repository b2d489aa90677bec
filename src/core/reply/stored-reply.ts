import type { LogLine, Part } from './parts.ts';
import type { Reply } from './reply.ts';
import type { Span, Text } from './text.ts';

/** A reply that was kept as JSON, in which a date is a string. Its times are dates again, and only they: what is somebody's data stays as it was. */
export const reviveReply = (json: string): Reply => revived(JSON.parse(json) as Reply);

/** The same, of a reply that was parsed with what stood around it. */
export function revived(reply: Reply): Reply {
  const { title, parts, details } = reply;
  return {
    ...reply,
    title: textOf(title),
    parts: parts.map(partOf),
    ...(details && { details: details.map(partOf) }),
  };
}

function partOf(part: Part): Part {
  switch (part.kind) {
    case 'text':
    case 'note':
      return { ...part, text: textOf(part.text) };
    case 'facts':
      return { ...part, facts: part.facts.map((fact) => ({ ...fact, value: textOf(fact.value) })) };
    case 'checklist':
      return {
        ...part,
        checks: part.checks.map((check) =>
          check.note === undefined ? check : { ...check, note: textOf(check.note) },
        ),
      };
    case 'log':
      return { ...part, lines: part.lines.map(lineOf) };
    default:
      return part;
  }
}

const lineOf = (line: LogLine): LogLine =>
  line.at === undefined ? line : { ...line, at: new Date(line.at) };

const textOf = (text: Text): Text => (typeof text === 'string' ? text : text.map(spanOf));

const spanOf = (span: Span): Span =>
  typeof span === 'object' && span.kind === 'time' ? { ...span, at: new Date(span.at) } : span;
