import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { mustSucceed } from '../run-program.ts';
import { cleanEnv, root } from './fresh-clone.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2-install-'));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = { name: 'empty', version: '1.0.0' };
const lock = (packages: object) => JSON.stringify({ ...entry, lockfileVersion: 3, requires: true, packages });
const installed = join(folder, 'node_modules/.package-lock.json');

beforeEach(() => {
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  cpSync(join(root, 'scripts/install.mjs'), join(folder, 'scripts/install.mjs'));
  mkdirSync(join(folder, 'there'), { recursive: true });
  writeFileSync(join(folder, 'there/package.json'), JSON.stringify({ name: 'there', version: '1.0.0' }));
  const dependencies = { there: 'file:there' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...entry, dependencies }));
  const packages = {
    '': { ...entry, dependencies },
    there: { version: '1.0.0' },
    'node_modules/there': { resolved: 'there', link: true },
  };
  writeFileSync(join(folder, 'package-lock.json'), lock(packages));
});

function install(...before: string[]) {
  return spawnSync(process.execPath, [...before, 'scripts/install.mjs'], {
    cwd: folder,
    env: cleanEnv(folder),
    encoding: 'utf8',
  });
}

describe('the script before demo and tests', () => {
  it('installs when nothing is installed, and is quiet afterwards', () => {
    expect(mustSucceed(install()).stdout).toContain('npm ci');
    expect(existsSync(installed)).toBe(true);
    expect(install()).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('installs again when the lockfile names another version, but not when it was only touched', () => {
    mustSucceed(install());
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(folder, 'package-lock.json'), later, later);
    expect(mustSucceed(install()).stdout).toBe('');
    const read = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    writeFileSync(
      join(folder, 'package-lock.json'),
      lock({ ...read.packages, 'node_modules/new': { version: '2.0.0' } }),
    );
    utimesSync(join(folder, 'package-lock.json'), later, later);
    expect(mustSucceed(install()).stdout).toContain('npm ci');
  });

  it('says which Node it needs, in one sentence', () => {
    const old = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.4'})`;
    expect(install('--import', old)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^D2 needs Node 20.19 or newer; .*\n$/),
    });
  });
});
