import { settle } from './apply.ts';
import { identityOf } from './identities.ts';
import { createFiller } from './invented-values.ts';
import { lookups } from './lookups.ts';
import { plannedBlock } from './plan.ts';
import type { BlockSchema } from './schema.ts';
import type { Settings } from './settings.ts';
import type { Named } from './value.ts';

/** A look-up's answer: the same question always gets the same one, whatever the state contains. */
export function readData(type: string, block: BlockSchema, config: Named, settings: Settings): Named {
  const { fill } = createFiller({
    type,
    values: config,
    attributes: block.attributes ?? {},
    settings,
    table: { ...identityOf(type), ...lookups[type]?.(config, settings) },
    seed: type + JSON.stringify(config),
  });
  return settle(block, plannedBlock(block, {}, null, config), fill);
}
