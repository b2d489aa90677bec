import { writeFileSync } from 'node:fs';
import { editorSchema } from '../src/config/schema-findings.ts';

// docs/d2.schema.json, by which editors complete and check d2.yaml.
writeFileSync(
  new URL('../docs/d2.schema.json', import.meta.url),
  `${JSON.stringify(editorSchema(), null, 2)}\n`,
);
