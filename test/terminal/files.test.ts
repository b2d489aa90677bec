import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/core/reply/answer.ts';
import type { Part } from '../../src/core/reply/parts.ts';
import { createReply } from '../../src/core/reply/reply.ts';
import { saveFiles } from '../../src/terminal/files.ts';
import { render } from '../../src/terminal/render.ts';

const answered = (parts: Part[]): Answer => ({
  id: 'x',
  state: 'done',
  reply: createReply({ title: 'x', tone: 'info', parts }),
});

describe('the files of an answer in a terminal', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'd2-files-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('are saved, and said by their size and path', () => {
    const png = new Uint8Array(2_048).fill(7);
    const text = render(
      saveFiles(
        answered([
          { kind: 'file', name: 'backend-api.log', type: 'text/plain', content: 'eins\nzwei' },
          { kind: 'image', alt: 'CPU of backend-api', name: 'cpu.png', width: 1, height: 1, png },
        ]),
        parent,
      ),
      { timezone: 'UTC' },
    );
    const [, log = ''] = /^9 bytes, is saved as (.*)$/m.exec(text) ?? [];
    const [, picture = ''] = /^CPU of backend-api, 2 kB, is saved as (.*)$/m.exec(text) ?? [];
    expect(readFileSync(log, 'utf8')).toBe('eins\nzwei');
    expect(new Uint8Array(readFileSync(picture))).toEqual(png);
    expect(dirname(log)).toBe(dirname(picture));
  });

  it('stay in their folder, whatever their names say', () => {
    for (const name of ['../../etc/passwd', '..', '/etc/passwd', '.bashrc', 'a\u001b[2J', ''])
      saveFiles(answered([{ kind: 'file', name, type: 'text/plain', content: 'x' }]), parent);
    const saved = readdirSync(parent).flatMap((folder) => readdirSync(join(parent, folder)));
    expect(saved.sort()).toEqual(['_', '_bashrc', 'a__2J', 'file', 'passwd', 'passwd']);
  });

  it('leave no folder where there are none', () => {
    saveFiles(answered([{ kind: 'text', text: 'x' }]), parent);
    expect(readdirSync(parent)).toEqual([]);
  });
});
