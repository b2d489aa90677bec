import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { editorSchema } from '../../src/config/faults.ts';

const root = join(import.meta.dirname, '../..');

it('the editors’ schema is current (else: npm run schema)', () => {
  const written: unknown = JSON.parse(readFileSync(join(root, 'docs/d2.schema.json'), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(editorSchema())));
});

it('d2.yaml names it for editors', () => {
  expect(readFileSync(join(root, 'd2.yaml'), 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=docs\/d2\.schema\.json/,
  );
});
