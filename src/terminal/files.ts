import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Answer } from '../core/reply/answer.ts';
import { bytesOf, type Part, text } from '../core/reply/parts.ts';
import { code } from '../core/reply/text.ts';

/** Puts an answer's files and pictures into a folder of their own, and says in their place where they are. */
export function saveFiles(answer: Answer, parent = tmpdir()): Answer {
  const { reply } = answer;
  let folder: string | undefined;
  const save = (part: Part): Part => {
    if (part.kind !== 'file' && !(part.kind === 'image' && 'png' in part)) return part;
    folder ??= mkdtempSync(join(parent, 'd2-'));
    const path = join(folder, fileName(part.name));
    writeFileSync(path, part.kind === 'file' ? part.content : part.png);
    const what = part.kind === 'image' ? `${part.alt}, ` : '';
    return text([`${what}${size(bytesOf(part))}, is saved as `, code(path)]);
  };
  return {
    ...answer,
    reply: {
      ...reply,
      parts: reply.parts.map(save),
      ...(reply.details && { details: reply.details.map(save) }),
    },
  };
}

/** A name from elsewhere must not lead out of the folder. */
const fileName = (name: string): string =>
  basename(name)
    .replace(/[^\w.-]/g, '_')
    .replace(/^\.+/, '_') || 'file';

/** `812 bytes`, `12 kB`. */
const size = (bytes: number): string =>
  bytes < 1_000 ? `${bytes} bytes` : `${Math.round(bytes / 1_000).toLocaleString('en')} kB`;
