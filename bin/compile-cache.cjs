// What Node does by itself from version 22 on: keeps what V8 compiled from one start to the next, here of the bundle alone.
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { basename, dirname, join, resolve } = require('node:path');
const { cachedDataVersionTag } = require('node:v8');
const { Script } = require('node:vm');

/** Runs a CommonJS bundle, whose chunks lie below its folder; returns what it exports. */
exports.load = (bundle) => {
  // A command compiles what it needs, and finds that the next time.
  const command = process.argv.slice(2).find((word) => /^[a-z][a-z0-9-]{0,20}$/.test(word)) ?? 'none';
  const folder = join(dirname(bundle), `compiled/${cachedDataVersionTag()}/${command}`);
  const loaded = new Map();
  const fresh = new Map();

  function load(file) {
    const before = loaded.get(file);
    if (before) return before.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    // V8 takes another text of the same length for the same: a bundle is known by its time too.
    const cache = join(folder, `${basename(file)}-${statSync(file).mtimeMs}`);
    const cachedData = readIfThere(cache);
    const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
    const script = new Script(text, { filename: file, cachedData });
    if (!cachedData || script.cachedDataRejected) fresh.set(cache, script);
    const find = (name) => (name.startsWith('.') ? load(resolve(dirname(file), name)) : require(name));
    // As of the file that Node was started with: what was loaded, and where things are.
    Object.assign(find, require);
    script.runInThisContext()(module.exports, find, module, file, dirname(file));
    return module.exports;
  }

  process.once('exit', (code) => {
    if (code === 0) keep(folder, fresh);
  });
  return load(bundle);
};

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function keep(folder, scripts) {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [path, script] of scripts) {
      writeFileSync(`${path}.${process.pid}`, script.createCachedData());
      renameSync(`${path}.${process.pid}`, path);
    }
  } catch {
    // Installed where nobody may write: then it is compiled each time.
  }
}
