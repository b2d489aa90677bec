import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** The repository's files as a clone has them, with no build and nothing else; node_modules by a link when asked. */
export function cloneTo(name: string, { installed }: { installed: boolean }): string {
  const folder = mkdtempSync(join(tmpdir(), `d2-${name}-`));
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((path) => path !== '')) {
    cpSync(join(root, file), join(folder, file), {
      recursive: true,
      filter: (from) => dirname(from) !== folder,
    });
  }
  if (installed) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}

/** The environment of somebody who never configured npm. Certificates are left out: Node reads them at every start, and no registry is asked. */
export function cleanEnv(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|NODE_OPTIONS|VITEST|NO_COLOR|FORCE_COLOR|AWS_|SLACK_|D2_|NODE_EXTRA_CA_CERTS)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    npm_config_userconfig: join(folder, 'no-npmrc'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
