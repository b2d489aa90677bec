import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { completeLine } from '../../src/terminal/missing.ts';
import { catalogOf } from '../commands/world.ts';

/** A terminal at which these lines are typed in turn, and the input's end after them. */
function typing(lines: readonly string[], isTTY = true) {
  const output = Object.assign(new PassThrough(), { isTTY });
  let shown = '';
  const left = [...lines];
  const input = Object.assign(new PassThrough(), { isTTY });
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (!shown.endsWith('? ')) return;
    const next = left.shift();
    if (next === undefined) input.end();
    else input.write(`${next}\n`);
  });
  return { terminal: { input, output }, shown: () => shown };
}

describe('a line that lacks an argument', () => {
  it('is asked for it at a terminal, and goes on with all that was said', async () => {
    const { terminal, shown } = typing(['ana@example.com']);
    const line = await completeLine('cognito add-user --role admin', catalogOf(), terminal);
    expect(line).toContain('cognito add-user ana@example.com');
    expect(line).toContain('--role admin');
    expect(shown()).toContain('email (an email address such as ana@example.com)?');
  });

  it('stays as it was where nobody answers', async () => {
    for (const lines of [[''], []])
      expect(await completeLine('cognito add-user', catalogOf(), typing(lines).terminal)).toBe(
        'cognito add-user',
      );
  });

  it('is asked nothing where nobody could answer, or where nothing is missing', async () => {
    for (const [line, isTTY] of [
      ['cognito add-user', false],
      ['status', true],
      ['statsu', true],
    ] as const) {
      const { terminal, shown } = typing([], isTTY);
      expect(await completeLine(line, catalogOf(), terminal)).toBe(line);
      expect(shown()).toBe('');
    }
  });
});
