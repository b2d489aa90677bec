import { nearest } from '../core/command/nearest.ts';

export type Path = readonly PropertyKey[];

/** What is wrong at a place of the file; its line is found afterwards. */
export interface Finding {
  path: Path;
  message: string;
}

export const finding = (path: Path, message: string): Finding => ({ path, message });

/** `environments.dev.roles.viewer.slack[0]` */
export const pathText = (path: Path) =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');

/** `unknown, did you mean "channel"? Known here: …` */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key.toLowerCase(), known);
  return `unknown${near ? `, did you mean ${near}?` : ''}${near ? ' ' : ', '}${near ? 'Known' : 'known'} here: ${known.join(', ')}`;
}
