import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd } from '../run-program.ts';
import { root } from './fresh-clone.ts';

const loader = join(root, 'bin/compile-cache.cjs');

describe('what V8 compiled of the terminal’s bundle', () => {
  let folder: string;
  let bundle: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'd2-compiled-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    bundle = join(folder, 'cli.cjs');
    mkdirSync(join(folder, 'cli'));
    writeFileSync(join(folder, 'd2.cjs'), `require('${loader}').load('${bundle}')`);
    writeFileSync(
      bundle,
      "const word = require('./cli/word.cjs'); const { argv } = require('node:process');\nif (argv[2] === 'fail') process.exitCode = 1; console.log(word.said(), __filename.endsWith('cli.cjs'));",
    );
    write('first');
  });

  const write = (word: string) =>
    writeFileSync(join(folder, 'cli/word.cjs'), `exports.said = () => '${word}';`);
  const run = (...words: string[]) => runToEnd(process.execPath, [join(folder, 'd2.cjs'), ...words]);
  const kept = () => {
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /compiled.*cjs-/.test(path),
    );
    return all.sort().map((path) => [path.split('/').at(-2), statSync(join(folder, path)).ino]);
  };

  it('is kept for each command, and used the next time', async () => {
    expect(await run('help')).toEqual({ status: 0, stdout: 'first true\n', stderr: '' });
    const first = kept();
    expect(first.map(([command]) => command)).toEqual(['help', 'help']);
    expect(await run('help')).toMatchObject({ status: 0, stdout: 'first true\n' });
    expect(kept()).toEqual(first);
    await run('--json', 'status', 'dev');
    expect(kept().map(([command]) => command)).toEqual(['help', 'help', 'status', 'status']);
  });

  it('is not kept of a command that failed', async () => {
    expect(await run('fail')).toMatchObject({ status: 1, stdout: 'first true\n' });
    expect(kept()).toEqual([]);
  });

  it('is not taken for that of another build, be it as long', async () => {
    await run('help');
    write('other');
    utimesSync(join(folder, 'cli/word.cjs'), new Date(0), new Date(0));
    expect((await run('help')).stdout).toBe('other true\n');
  });

  it('is compiled anew where it is spoilt', async () => {
    await run('help');
    const [path = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((one) =>
      one.includes('word.cjs-'),
    );
    writeFileSync(join(folder, path), readFileSync(join(folder, path)).fill(7));
    expect(await run('help')).toEqual({ status: 0, stdout: 'first true\n', stderr: '' });
  });

  it('finds what Node loaded beside it, as PM2 does to read a file anew', async () => {
    const beside = JSON.stringify(join(folder, 'beside.cjs'));
    writeFileSync(join(folder, 'beside.cjs'), "console.log('read');");
    writeFileSync(
      bundle,
      `require(${beside}); delete require.cache[require.resolve(${beside})]; require(${beside}); console.log(require.main.filename);`,
    );
    expect((await run('start')).stdout).toBe(`read\nread\n${join(folder, 'd2.cjs')}\n`);
  });

  it('is done without where nobody may write', async () => {
    writeFileSync(join(folder, 'compiled'), 'in the way of its folder');
    chmodSync(folder, 0o500);
    expect(await run('help')).toEqual({ status: 0, stdout: 'first true\n', stderr: '' });
  });
});
