import { benchAcknowledgement } from './acknowledge.ts';
import { benchAnswers } from './answers.ts';
import { benchBackend } from './backend.ts';
import { benchStart } from './start.ts';
import { benchTerminal } from './terminal.ts';
import { benchTerraform } from './terraform.ts';

// Ratios within one run: what one machine says in milliseconds says little of another. First what people feel.
const benches = {
  answers: benchAnswers,
  terminal: benchTerminal,
  acknowledgement: benchAcknowledgement,
  start: benchStart,
  backend: benchBackend,
  terraform: benchTerraform,
};
const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`${(await bench()).join('\n')}\n\n`);
}
process.exit(0);
