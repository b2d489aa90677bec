import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generatedPages } from '../scripts/docs/pages.ts';
import { has } from './needs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', 'docs/architecture.md', 'docs/adding-a-command.md', 'backend-api/README.md'];

const generated = await generatedPages();

describe('the docs', () => {
  for (const { path, render, lacks } of generated) {
    it.skipIf(lacks !== undefined && !has(lacks, false))(`${path} is as npm run docs writes it`, async () => {
      expect(await render(read(path))).toBe(read(path));
    });
  }

  it.each(pages)('%s points only to what is there', (page) => {
    const folder = join(root, page, '..');
    const links = [...read(page).matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    const files = [
      ...read(page).matchAll(/`((?:src|sandbox|test|scripts|docs|infra|bench)\/[\w./-]+)`/g),
    ].map(([, path = '']) => path);
    const isThere = (path: string) => [root, folder].some((beside) => existsSync(join(beside, path)));
    expect(files.filter((path) => !isThere(path))).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const scriptsOf = (path: string) =>
      (JSON.parse(read(path)) as { scripts: Record<string, string> }).scripts;
    const scripts = { ...scriptsOf('package.json'), ...scriptsOf('backend-api/package.json') };
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm (?:run )?([a-z]+)\b/g)].map(([, name = '']) => name),
    );
    const own = ['ci', 'install'];
    expect(named.filter((name) => !own.includes(name) && !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('the Slack manifest', () => {
  const manifest = parse(read('manifest.yml')) as {
    features: { slash_commands: { command: string; should_escape: boolean }[] };
    oauth_config: { scopes: { bot: string[] } };
    settings: { socket_mode_enabled: boolean };
  };

  it('asks for no more than the bot needs', () => {
    const { bot } = manifest.oauth_config.scopes;
    expect(bot.filter((scope) => scope.endsWith(':history') || scope === 'chat:write.public')).toEqual([]);
    expect(bot).toEqual(
      expect.arrayContaining([
        'commands',
        'chat:write',
        'app_mentions:read',
        'users:read',
        'channels:read',
        'groups:read',
        'im:write',
      ]),
    );
  });

  it('sends people and channels as ids, over Socket Mode', () => {
    expect(manifest.features.slash_commands).toMatchObject([{ command: '/d2', should_escape: true }]);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
  });
});
