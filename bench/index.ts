import { benchAcknowledgement } from './acknowledge.ts';
import { benchBackend } from './backend.ts';
import { benchStatus } from './status.ts';
import { benchTerraform } from './terraform.ts';

// Ratios within one run: what one machine says in milliseconds says little of another.
for (const bench of [benchAcknowledgement, benchStatus, benchBackend, benchTerraform]) {
  process.stdout.write(`${(await bench()).join('\n')}\n\n`);
}
process.exit(0);
