import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editorSchema } from '../../src/config/schema-findings.ts';

const root = join(import.meta.dirname, '../..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const schema: object = JSON.parse(text('docs/d2.schema.json'));

it('the editors’ schema is current (else: npm run docs)', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(editorSchema())));
});

describe.each([
  ['d2.yaml', 'docs/d2.schema.json'],
  ['docs/examples/existing.d2.yaml', '../d2.schema.json'],
])('%s', (path, named) => {
  it('names the schema for editors', () => {
    expect(text(path).split('\n')[0]).toBe(`# yaml-language-server: $schema=${named}`);
  });

  it('is what the schema describes', () => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    validate(parse(text(path)));
    expect(validate.errors ?? []).toEqual([]);
  });
});
