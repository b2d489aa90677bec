import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

interface Step {
  instruction: string;
  rest: string;
}

/** A Dockerfile's steps, its continued lines joined. */
export function stepsOf(dockerfile: string): Step[] {
  return dockerfile
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => /^([A-Z]+)\s+(.*)$/.exec(line.trim()))
    .flatMap((match) => (match?.[1] && match[2] ? [{ instruction: match[1], rest: match[2] }] : []));
}

export interface Image {
  /** Where /app of the last stage is. */
  app: string;
  env: Record<string, string>;
  user: string | undefined;
}

/**
 * Does what `docker build` would: each stage in a folder of its own, with this machine's node and npm. Throws what a step says when it fails.
 * With `installed`, `npm ci` is spared: the context's packages are linked.
 */
export function replay(
  context: string,
  into: string,
  { clean, installed }: { clean: NodeJS.ProcessEnv; installed: boolean },
): Image {
  const allowed = readFileSync(join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const stages = new Map<string, string>();
  let stage = '';
  let workdir = '/';
  let image: Image = { app: '', env: {}, user: undefined };
  for (const { instruction, rest } of stepsOf(readFileSync(join(context, 'Dockerfile'), 'utf8'))) {
    if (instruction === 'FROM') {
      const name = / AS (\w+)$/.exec(rest)?.[1] ?? 'final';
      stage = join(into, name);
      stages.set(name, stage);
      mkdirSync(stage);
      image = { app: join(stage, 'app'), env: {}, user: undefined };
    } else if (instruction === 'WORKDIR') {
      workdir = rest;
      mkdirSync(join(stage, workdir), { recursive: true });
    } else if (instruction === 'ENV') {
      const [name = '', value = ''] = rest.split('=');
      image.env[name] = value.startsWith('/app') ? join(stage, value) : value;
    } else if (instruction === 'USER') image.user = rest;
    else if (instruction === 'COPY') {
      const [, from, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? [];
      const sources = paths.split(' ');
      const target = sources.pop() ?? '';
      for (const source of sources) {
        const origin = from === undefined ? context : (stages.get(from) ?? '');
        if (from === undefined && !allowed.includes(source))
          throw new Error(`.dockerignore leaves ${source} out`);
        cpSync(join(origin, source), join(stage, workdir, target, target === './' ? source : ''), {
          recursive: true,
        });
      }
    } else if (installed && instruction === 'RUN' && rest.startsWith('npm ci ')) {
      symlinkSync(join(context, 'node_modules'), join(stage, workdir, 'node_modules'));
    } else if (instruction === 'RUN') {
      const { status, stdout, stderr } = spawnSync(
        'sh',
        ['-ec', rest.replace('npm cache clean --force', 'true')],
        {
          cwd: join(stage, workdir),
          env: { ...clean, ...image.env },
          encoding: 'utf8',
        },
      );
      if (status !== 0) throw new Error(`RUN ${rest} → ${status}\n${stdout}${stderr}`);
    }
  }
  if (!existsSync(image.app)) throw new Error('the last stage has no /app');
  return image;
}
