import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { createCatalog } from '../../src/core/command/catalog.ts';
import { parse } from '../../src/core/command/parser.ts';
import { aliasesOf, usage } from '../../src/core/command/usage.ts';
import { catalogOf, vocabulary } from './world.ts';

const catalog = catalogOf();

describe('the list of commands', () => {
  it('has no two with one name', () => {
    expect(() => createCatalog(commands, catalog)).not.toThrow();
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    '%s reads its own examples',
    (_, command) => {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) expect(parse(example, catalog).command.name).toBe(command.name);
    },
  );

  it.each(commands.map((command) => [command.name, command] as const))(
    '%s says its summary without a full stop, and its usage',
    (name, command) => {
      expect(command.summary).not.toMatch(/\.$/);
      expect(usage(command, vocabulary)).toMatch(new RegExp(`^${name}( |$)`));
    },
  );

  it('answers to the words that people type', () => {
    const said = Object.fromEntries(
      ['st', 'ls', 'log', 'errors', 'ps', 'ping', 'users'].map((word) => [
        word,
        catalog.find(word)?.command.name,
      ]),
    );
    expect(said).toEqual({
      st: 'status',
      ls: 'status',
      log: 'logs',
      errors: 'logs',
      ps: 'pm2 list',
      ping: 'health',
      users: 'cognito list',
    });
    expect(parse('errors', catalog).args).toMatchObject({ level: 'error' });
  });

  it('keeps aliases apart from names', () => {
    const names = new Set(commands.map(({ name }) => name));
    for (const command of commands)
      for (const alias of aliasesOf(command)) expect(names.has(alias)).toBe(false);
  });
});
