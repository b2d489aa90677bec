import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../src/commands/index.ts';
import { type BotConfig, type Config, type ConfigSource, readConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/faults.ts';
import { createMeaningOf } from '../../src/core/command/meaning.ts';

export const folder = mkdtempSync(join(tmpdir(), 'd2-config-'));
// Files of the quick tests share this module: whichever ends first must not take the folder from the others.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

export const tokens = { SLACK_BOT_TOKEN: 'xoxb-sandbox-bot', SLACK_APP_TOKEN: 'xapp-sandbox-app' };

const meaningOf = createMeaningOf(commands);
type Source = Omit<ConfigSource, 'meaningOf'>;

export const readBot = (source: Source): BotConfig => readConfig({ ...source, mode: 'bot', meaningOf });
export const readTerminal = (source: Source): Config =>
  readConfig({ ...source, mode: 'terminal', meaningOf });

/** Writes it as `d2.yaml` into a folder, which it answers. */
export function write(yaml: string): string {
  writeFileSync(join(folder, 'd2.yaml'), yaml);
  return folder;
}

export const read = (yaml: string, env: Record<string, string> = tokens): BotConfig =>
  readBot({ cwd: write(yaml), env });

/** What a reading finds wrong, a line each. */
export function faultsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

export const faults = (yaml: string, env: Record<string, string> = tokens): string[] =>
  faultsOf(() => read(yaml, env));
