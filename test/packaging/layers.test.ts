import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './fresh-clone.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));

// File, what it imports, whether the layers let it.
const cases: [string, string, boolean][] = [
  ['src/bot/a.ts', 'zod', true],
  ['src/bot/b.ts', './a.ts', true],
  ['src/bot/c.ts', '../ports.ts', false],
  ['src/bot/d.ts', '@slack/bolt', false],
  ['src/bot/e.ts', '../aws/x.ts', false],
  ['src/ports.ts', './bot/caller.ts', true],
  ['src/commands/a.ts', '../bot/reply.ts', true],
  ['src/commands/b.ts', '../aws/x.ts', false],
  ['src/commands/c.ts', '../slack/x.ts', false],
  ['src/commands/pm2/d.ts', '../../ports.ts', true],
  ['src/commands/pm2/e.ts', '../inventory.ts', true],
  ['src/commands/pm2/f.ts', '../../aws/x.ts', false],
  ['src/commands/pm2/g.ts', '@aws-sdk/client-ec2', false],
  ['src/commands/h.ts', '../config.ts', false],
  ['src/aws/a.ts', '@aws-sdk/client-ec2', true],
  ['src/aws/b.ts', '../bot/errors.ts', true],
  ['src/aws/c.ts', '../bot/dispatch.ts', false],
  ['src/aws/d.ts', '../slack/x.ts', false],
  ['src/terraform/a.ts', '../commands/x.ts', false],
  ['src/slack/a.ts', '@slack/bolt', true],
  ['src/slack/b.ts', '../aws/x.ts', false],
  ['src/slack/c.ts', '../commands/index.ts', false],
  ['src/terminal/a.ts', '../bot/reply.ts', true],
  ['src/terminal/b.ts', '../config.ts', false],
  ['src/terminal/c.ts', '@slack/bolt', false],
  ['src/config/a.ts', 'yaml', true],
  ['src/config/b.ts', '../aws/x.ts', false],
  ['src/main.ts', './slack/app.ts', true],
  ['src/cli.ts', '../sandbox/demo.ts', false],
  ['src/compose.ts', '../test/a.ts', false],
  ['src/slack/d.ts', '../../sandbox/interfaces.ts', false],
  ['sandbox/slack/a.ts', '../../src/bot/reply.ts', false],
  ['sandbox/demo.ts', '../src/config.ts', true],
  ['backend-api/src/a.ts', '../../src/log.ts', false],
];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The files that the linter refuses by this rule. */
function refusedBy(rule: string): Set<string> {
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: folder, encoding: 'utf8' },
  );
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: unknown } }[];
  };
  return new Set(
    diagnostics
      .filter(({ category }) => category === `lint/style/${rule}`)
      .map(
        ({ location }) =>
          (/(src|sandbox|backend-api\/src)\/[\w/.-]+\.ts/.exec(JSON.stringify(location.path)) ?? [''])[0],
      ),
  );
}

// The patterns are relative to where the configuration lies.
copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));

describe('the layers', () => {
  for (const [file, from] of cases) write(file, `import { x } from '${from}';\n\nexport const y = x;\n`);
  const refused = refusedBy('noRestrictedImports');

  it.each(cases)('%s may import %s: %s', (file, _, allowed) => {
    expect(refused.has(file)).toBe(!allowed);
  });

  it('leave process.env to the configuration', () => {
    for (const file of ['src/aws/env.ts', 'src/main.ts', 'src/config.ts'])
      write(file, 'export const e = process.env.HOME;\n');
    expect([...refusedBy('noProcessEnv')].sort()).toEqual(['src/aws/env.ts', 'src/main.ts']);
  });
});
