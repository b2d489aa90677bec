import { afterAll, beforeAll } from 'vitest';
import { createStores } from '../../../src/aws/stores/stores.ts';
import { type Answer, clientsOf, startWire } from '../wire.ts';
import { startTable } from './table.ts';

/** The stores of one test file over a table of its own, on a clock that it turns. */
export function useStores() {
  let table: Awaited<ReturnType<typeof startTable>> | undefined;
  const endings: (() => void)[] = [];
  const started = () => {
    if (!table) throw new Error('the table starts before the tests do');
    return table;
  };

  beforeAll(async () => {
    table = await startTable();
  });

  afterAll(async () => {
    for (const end of endings) end();
    await table?.close();
  });

  const time = { at: Date.UTC(2026, 10, 23, 2, 0) };
  const clock = { now: () => new Date(time.at), sleep: async () => {} };
  let count = 0;

  return {
    time,
    table: started,
    anyId: () => `01JD2Q4B8Z${String(++count).padStart(16, '0')}`,

    open({ endpoint = started().url, name = started().name } = {}) {
      const clients = clientsOf(endpoint);
      endings.push(clients.close);
      return createStores({ clients, table: name, clock });
    },

    /** A way to the table on which the answer of the nth write is lost after it was applied. */
    async openLossy(lost: readonly number[], meanwhile: () => Promise<unknown> = async () => {}) {
      let writes = 0;
      const wire = await startWire(async ({ action }): Promise<Answer> => {
        if (action === 'UpdateItem') writes++;
        if (lost.includes(writes - 1)) await meanwhile();
        return { behind: started().url, lose: action === 'UpdateItem' && lost.includes(writes) };
      });
      endings.push(wire.close);
      return { ...this.open({ endpoint: wire.url }), wire };
    },

    /** A table that answers nothing. */
    async openDead() {
      const wire = await startWire(() => 'reset');
      endings.push(wire.close);
      return this.open({ endpoint: wire.url });
    },
  };
}

export const omar = { id: 'U0OMAR', name: 'omar', surface: 'slack' } as const;
