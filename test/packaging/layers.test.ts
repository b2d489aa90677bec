import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { brokenLayers } from '../../scripts/layers.ts';
import { runToEnd } from '../run-program.ts';
import { root } from './fresh-clone.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));

// File, what it imports, whether its folder's rule lets it.
const cases: [string, string, boolean][] = [
  ['src/core/command/a.ts', "import { x } from 'zod';", true],
  ['src/core/command/b.ts', "import { x } from '../reply/a.ts';", true],
  ['src/core/c.ts', "import { x } from '../platform/compute.ts';", false],
  ['src/core/d.ts', "import { x } from '@slack/bolt';", false],
  ['src/core/operation/e.ts', "import { x } from '../../aws/x.ts';", false],
  ['src/core/operation/f.ts', "import type { x } from '../../stores/x.ts';", true],
  ['src/core/operation/g.ts', "import { x } from '../../stores/x.ts';", false],
  ['src/platform/a.ts', "import type { x } from '../core/clock.ts';", true],
  ['src/platform/b.ts', "import { x } from '../core/clock.ts';", false],
  ['src/commands/a.ts', "import { x } from '../core/reply/reply.ts';", true],
  ['src/commands/b.ts', "import { x } from '../aws/x.ts';", false],
  ['src/commands/c.ts', "import {\n  x,\n} from '../slack/x.ts';", false],
  ['src/commands/pm2/d.ts', "import type { x } from '../../platform/platform.ts';", true],
  ['src/commands/pm2/e.ts', "import { x } from '@aws-sdk/client-ec2';", false],
  ['src/commands/f.ts', "export const y = await import('../config/config.ts');", false],
  ['src/aws/a.ts', "import { x } from '@aws-sdk/client-ec2';", true],
  ['src/aws/client/b.ts', "import { x } from '../../core/reply/errors.ts';", true],
  ['src/aws/client/c.ts', "import { x } from '../../core/reply/text.ts';", true],
  ['src/aws/c.ts', "import { x } from '../core/dispatcher.ts';", false],
  ['src/aws/d.ts', "import { x } from '../slack/x.ts';", false],
  ['src/slack/a.ts', "import { x } from '@slack/bolt';", true],
  ['src/slack/b.ts', "export { x } from '../aws/x.ts';", false],
  ['src/terminal/a.ts', "import { x } from '../core/reply/reply.ts';", true],
  ['src/terminal/b.ts', "import { x } from '../config/config.ts';", false],
  ['src/terminal/c.ts', "import { x } from '@slack/bolt';", false],
  ['src/config/a.ts', "import { x } from 'yaml';", true],
  ['src/config/b.ts', "import { x } from '../aws/x.ts';", false],
  ['src/main.ts', "import { x } from './slack/a.ts';", true],
  ['src/cli.ts', "import { x } from '../sandbox/demo.ts';", false],
  ['src/compose.ts', "import { x } from '../test/a.ts';", false],
  ['sandbox/slack/a.ts', "import { x } from '../../src/core/reply/reply.ts';", false],
  ['sandbox/demo.ts', "import { x } from '../src/config/config.ts';", true],
  ['backend-api/src/a.ts', "import { x } from '../../src/logging.ts';", false],
];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe('the layers', () => {
  for (const [file, text] of cases) write(file, `${text}\n`);
  const broken = brokenLayers(folder);

  it.each(cases)('%s with %s: %s', (file, _, allowed) => {
    expect(broken.some((line) => line.startsWith(`${file} `))).toBe(!allowed);
  });

  it('are kept by every file there is', () => {
    expect(brokenLayers(root)).toEqual([]);
  });

  it('leave process.env to the configuration', async () => {
    // The patterns are relative to where the linter's configuration lies.
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    const files = ['src/aws/env.ts', 'src/main.ts', 'src/config/env.ts'];
    for (const file of files) write(file, 'export const e = process.env.HOME;\n');
    const { stdout, ...ended } = await runToEnd(
      join(root, 'node_modules/.bin/biome'),
      ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
      { cwd: folder },
    );
    expect(ended).toEqual({ status: 1, stderr: expect.any(String) });
    const refused = files.filter((file) =>
      (JSON.parse(stdout) as { diagnostics: { category: string; location: unknown }[] }).diagnostics.some(
        ({ category, location }) =>
          category === 'lint/style/noProcessEnv' && JSON.stringify(location).includes(file),
      ),
    );
    expect(refused).toEqual(['src/aws/env.ts', 'src/main.ts']);
  });
});
