import { readFileSync, writeFileSync } from 'node:fs';
import { commandTable } from './command-table.ts';
import { place } from './place.ts';

// Writes the command table into README.md; with --check it only says whether it is up to date.
const path = 'README.md';
const before = readFileSync(path, 'utf8');
const after = place(before, 'commands', 'scripts/readme-table.ts', commandTable());
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error(
      `${path}: the command table is not what the declarations say; run npx tsx scripts/readme-table.ts`,
    );
    process.exitCode = 1;
  }
} else if (after !== before) writeFileSync(path, after);
