import { describe, expect, it } from 'vitest';
import { commandTable } from '../../scripts/docs/command-table.ts';
import { place } from '../../scripts/docs/place.ts';
import { commands } from '../../src/commands/index.ts';

describe('the command table', () => {
  it('has a row for every command, with three cells', () => {
    const rows = commandTable().split('\n').slice(2);
    expect(rows).toHaveLength(commands.length);
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(5);
    expect(rows.join('\n')).toContain('| `status [env]` | viewer | Is it well');
  });

  it('takes the place of the old one, between the marks', () => {
    const document = 'before\n<!-- commands: written by npm run docs -->\nold\n<!-- /commands -->\nafter\n';
    const placeTable = (text: string) => place(text, 'commands', 'new');
    const placed = placeTable(document);
    expect(placed).toBe(document.replace('old', 'new'));
    expect(placeTable(placed)).toBe(placed);
    expect(() => placeTable('no marks')).toThrow('lacks the lines');
  });
});
