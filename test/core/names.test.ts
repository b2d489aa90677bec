import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';

const core = fileURLToPath(new URL('../../src/core/', import.meta.url));
const files = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

/** What a click does to an operation, and a list of actions, happen to be called like commands. */
const ownWords = new Set(['cancel', 'menu']);
const names = new Set(commands.map(({ name }) => name));

/** The string literals of a file that are a command's name, comments aside. */
const named = (path: string): string[] => {
  const text = readFileSync(join(core, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  return [...text.matchAll(/'([^'\n]+)'|`([^`$\n]+)`/g)]
    .map(([, quoted, template]) => quoted ?? template ?? '')
    .filter((word) => names.has(word) && !ownWords.has(word));
};

describe('core', () => {
  it.each(files)('%s knows no command by name', (path) => {
    expect(named(path)).toEqual([]);
  });

  it.each(files)('%s knows no service and no tag by name', (path) => {
    const text = readFileSync(join(core, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(text.match(/chatops|bastion|backend-api|'rds'|'ec2'/gi) ?? []).toEqual([]);
  });
});
