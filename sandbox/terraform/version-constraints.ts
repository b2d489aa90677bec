import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** Where `init` has put each module; folders are as seen from the root module. */
const manifest = z.looseObject({ Modules: z.array(z.looseObject({ Dir: z.string() })) });

/** What `init` writes of a backend: with it, terraform takes the local one for ready. */
const ready = {
  version: 3,
  backend: { type: 'local', config: { path: null, workspace_dir: null }, hash: 0 },
};

/**
 * The version constraints on hashicorp/aws, of each module that has one. Throws where terraform can't tell. Asked in a
 * temporary copy with a local backend, since `terraform providers` wants a backend that is ready, which
 * `init -backend=false` leaves out.
 */
export function versionConstraints(program: string, folder: string, env: NodeJS.ProcessEnv): string[] {
  const temporary = mkdtempSync(join(tmpdir(), 'd2-providers-'));
  try {
    for (const name of readdirSync(folder))
      if (!/^\.terraform|\.tfstate/.test(name)) symlinkSync(join(folder, name), join(temporary, name));
    // Named to come last, since of several overrides the last by name holds.
    writeFileSync(join(temporary, 'zzzz_offline_override.tf'), 'terraform {\n  backend "local" {}\n}\n');
    mkdirSync(join(temporary, '.terraform', 'modules'), { recursive: true });
    writeFileSync(join(temporary, '.terraform', 'terraform.tfstate'), JSON.stringify(ready));
    const installed = join('modules', 'modules.json');
    const known = join(resolve(folder, env.TF_DATA_DIR || '.terraform'), installed);
    if (existsSync(known)) {
      const { Modules } = manifest.parse(JSON.parse(readFileSync(known, 'utf8')));
      const moved = Modules.map((one) => ({ ...one, Dir: one.Dir === '.' ? '.' : resolve(folder, one.Dir) }));
      writeFileSync(join(temporary, '.terraform', installed), JSON.stringify({ Modules: moved }));
    }
    const { status, stdout, stderr } = spawnSync(program, ['providers'], {
      cwd: temporary,
      env: { ...env, TF_DATA_DIR: undefined },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`terraform providers does not say which version is wanted:\n${stderr}`);
    const asked = stdout.matchAll(/provider\[registry\.terraform\.io\/hashicorp\/aws\] +([^\n]+)/g);
    return [...new Set([...asked].map(([, constraints = '']) => constraints))];
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
