import type { Answer } from '../core/reply/answer.ts';
import type { Part } from '../core/reply/parts.ts';

/** What was typed, where it was a command at all. */
export interface Asked {
  command: string;
  environment?: string;
}

/** An answer for scripts: one line of JSON, as docs/json.md says. Nothing of the screen is in it. */
export function renderJson({ id, state, steps, reply }: Answer, asked?: Asked): string {
  const { summary: message, data, error } = reply;
  const files = [...reply.parts, ...(reply.details ?? [])].flatMap(fileOf);
  const line = {
    id,
    ...asked,
    state,
    message,
    ...(data !== undefined && { data }),
    ...(steps && { steps }),
    ...(files.length > 0 && { files }),
    ...(error && { error }),
  };
  return `${JSON.stringify(line)}\n`;
}

function fileOf(part: Part): { name: string; type: string; content?: string; base64?: string }[] {
  if (part.kind === 'image') {
    return 'png' in part ? [{ name: part.name, type: 'image/png', base64: base64(part.png) }] : [];
  }
  if (part.kind !== 'file') return [];
  const { name, type, content } = part;
  return [{ name, type, ...(typeof content === 'string' ? { content } : { base64: base64(content) }) }];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
