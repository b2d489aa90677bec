import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { create } from 'tar';
import { bundle } from './bundle.mjs';

// Makes a release: what /opt/apps/backend-api/releases/<id> holds, bundled with the lockfile's dependencies: nothing to install.
const usage = `npm run package --workspace backend-api -- [--release <id>] [--out <folder>]

  --release  its name; the time and the commit when left out
  --out      where the tarball and its checksum go; backend-api/releases when left out`;

const backend = fileURLToPath(new URL('..', import.meta.url));
const root = join(backend, '..');
function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed:\n${error?.message ?? `${stdout}${stderr}`.trim()}`);
}

function readOptions() {
  const { values } = parseArgs({ options: { release: { type: 'string' }, out: { type: 'string' } } });
  const release = values.release ?? nameByNow();
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(release))
    throw new Error(
      `--release ${release}: letters, digits, . _ and -, 64 at most, the first a letter or a digit`,
    );
  // npm runs this in the workspace's folder; a path is meant from where npm was called.
  return { release, out: resolve(process.env.INIT_CWD ?? '.', values.out ?? join(backend, 'releases')) };
}

function nameByNow() {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const git = (...args) => run('git', args, root).trim();
  let commit;
  try {
    commit = git('rev-parse', '--short=10', 'HEAD');
  } catch {
    throw new Error('no commit to name it after: choose --release <id>');
  }
  const dirty = git('status', '--porcelain', '--', 'backend-api', 'package-lock.json') !== '';
  if (dirty)
    process.stderr.write('There are changes that no commit holds: the release is marked as dirty.\n');
  return `${time}-${commit}${dirty ? '-dirty' : ''}`;
}

const readLockfile = () => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

/** The folders of what is installed here to run; a tool that only builds may differ. */
const installedToRun = (packages) =>
  Object.entries(packages)
    .filter(
      ([path, { dev, devOptional, link }]) => /node_modules/.test(path) && !dev && !devOptional && !link,
    )
    .map(([path]) => join(root, path))
    .filter((folder) => existsSync(join(folder, 'package.json')));

/** Throws where what is installed in these folders is not what the lockfile has. */
function checkVersions(packages, folders) {
  const faults = folders.flatMap((folder) => {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const locked = packages[relative(root, folder).split(sep).join('/')]?.version;
    return version === locked
      ? []
      : [`${relative(root, folder)} is ${version}, and ${locked ?? 'missing'} in package-lock.json`];
  });
  if (faults.length > 0) throw new Error(`${faults.join('\n')}\nRun npm ci.`);
}

function filesIn(folder, below = folder) {
  return readdirSync(below)
    .flatMap((name) => {
      const path = join(below, name);
      return lstatSync(path).isDirectory()
        ? filesIn(folder, path)
        : [relative(folder, path).split(sep).join('/')];
    })
    .sort();
}

/** What a machine needs to know of the package; it installs and builds nothing. */
function writeManifest(release) {
  const { name, version, type, engines, scripts } = JSON.parse(
    readFileSync(join(backend, 'package.json'), 'utf8'),
  );
  const { start, migrate } = scripts;
  const manifest = { name, version, private: true, type, engines, scripts: { start, migrate } };
  writeFileSync(join(release, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function pack({ release: id, out }) {
  const file = join(out, `backend-api-${id}.tar.gz`);
  if (existsSync(file))
    throw new Error(`${file} is there already: a release is made once. Choose another --release.`);
  const packages = readLockfile();
  checkVersions(packages, installedToRun(packages));
  const stage = mkdtempSync(join(tmpdir(), 'backend-api-'));
  const clean = () => rmSync(stage, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      clean();
      process.exit(1);
    });
  try {
    const release = join(stage, 'release');
    mkdirSync(release);
    // Something that no lockfile knows may lie in the way of what it has.
    checkVersions(packages, await bundle(join(release, 'dist')));
    for (const part of ['ecosystem.config.cjs', '.env.example', 'database'])
      cpSync(join(backend, part), join(release, part), { recursive: true });
    writeManifest(release);
    mkdirSync(out, { recursive: true });
    const files = filesIn(release);
    for (const name of files) {
      const path = join(release, name);
      chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
    }
    // The same tree gives the same bytes: sorted, without owners and times.
    const options = {
      cwd: release,
      portable: true,
      mtime: new Date(0),
      gzip: { level: 6 },
      noDirRecurse: true,
    };
    await create({ ...options, file: join(stage, 'packed') }, files);
    const bytes = readFileSync(join(stage, 'packed'));
    const sum = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(file, bytes, { flag: 'wx' });
    writeFileSync(`${file}.sha256`, `${sum}  ${file.slice(dirname(file).length + 1)}\n`);
    return { file, sum };
  } finally {
    clean();
  }
}

try {
  const options = readOptions();
  const { file, sum } = await pack(options);
  process.stdout.write(`${file}  ${(statSync(file).size / 1024 / 1024).toFixed(1)} MB
sha256 ${sum}

Unpack it into /opt/apps/backend-api/releases/${options.release}, beside its .env, and point \`current\` there.
`);
} catch (error) {
  const usageFault = error instanceof TypeError && String(error.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`No release was made: ${error.message}\n${usageFault ? `\n${usage}\n` : ''}`);
  process.exitCode = 1;
}
