import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('d2.yaml names it for editors', () => {
  expect(readFileSync(join(root, 'd2.yaml'), 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=docs\/d2\.schema\.json/,
  );
});
