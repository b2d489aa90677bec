import { envelopes } from '../../src/platform/log-lines/envelopes.ts';
import { formats } from '../../src/platform/log-lines/formats.ts';
import { jsonLoggers } from '../../src/platform/log-lines/json-loggers.ts';
import { prefixes } from '../../src/platform/log-lines/prefixes.ts';

const head = `# Log formats

What \`logs\` and \`errors\` read, in CloudWatch and in PM2's files alike. A line of no known format is shown as it is and has no level, unless it stands in an error stream and is an error for that. A level that the writer says counts; where none is said of a request, its HTTP status is its level: from 500 on an error, from 400 on a warning.

A stack is folded under the line that says what happened, in one event or in many, and stands behind Details: Node's, Python's, Java's, Go's, and what looks like them.

Each row is tried by \`test/commands/log-lines.test.ts\`. A new format is one entry more, with a line of it, in \`src/platform/log-lines/\`; a JSON logger needs one only to be on record, unless its keys are new to \`fields.ts\`.
`;

/** docs/log-formats.md: the formats that the reader of log lines knows, each with its example. */
export function logFormatsPage(): string {
  const lines = [...jsonLoggers, ...formats].map(
    ({ name, example, reads }) =>
      `| ${name} | ${code(example)} | ${reads.level ?? ''} | ${code(reads.text)} |`,
  );
  const outer = [...prefixes, ...envelopes].map(({ name, example }) => `| ${name} | ${code(example)} |`);
  return [
    head,
    '## Lines\n',
    '| of | a line | level | shown as |\n|---|---|---|---|',
    ...lines,
    '\n## What stands around a line and is left out\n',
    '| of | with `boom` for the line |\n|---|---|',
    ...outer,
    '',
  ].join('\n');
}

// In a table even code must not hold a bare bar, and a tab would be one space.
const code = (text: string): string => `\`${text.replaceAll('|', '\\|').replaceAll('\t', '\\t')}\``;
