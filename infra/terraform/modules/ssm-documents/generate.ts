import { writeFileSync } from 'node:fs';
import { renderDocuments } from './render.ts';

for (const [name, text] of await renderDocuments()) {
  writeFileSync(new URL(`./documents/${name}`, import.meta.url), text);
}
