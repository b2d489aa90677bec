import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Layer {
  /** A folder (ends with `/`) or a file; the first rule that fits a file is its rule. */
  place: string;
  /** Folders and files of the project that it may import. */
  may: readonly string[];
  /** Of these it may import types only. */
  types?: readonly string[];
  /** Packages, without `node:` ones, which all may use. */
  packages: readonly string[];
}

/** Who may import whom. */
const layers: readonly Layer[] = [
  { place: 'src/core/', may: ['src/core/'], types: ['src/stores/'], packages: ['zod'] },
  { place: 'src/stores/', may: ['src/stores/', 'src/core/'], packages: ['zod'] },
  {
    place: 'src/platform/',
    may: ['src/platform/'],
    types: ['src/core/', 'src/stores/'],
    packages: ['temporal-polyfill'],
  },
  {
    place: 'src/commands/',
    may: ['src/commands/', 'src/core/', 'src/platform/'],
    types: ['src/stores/'],
    packages: ['zod', 'temporal-polyfill'],
  },
  {
    place: 'src/aws/',
    may: [
      'src/aws/',
      'src/stores/',
      'src/core/reply/errors.ts',
      'src/core/event-loop.ts',
      'src/core/reply/text.ts',
      'src/platform/log-filter.ts',
      'src/platform/logs.ts',
      'src/platform/log-lines/',
    ],
    types: ['src/core/', 'src/platform/', 'src/stores/'],
    packages: ['@aws-sdk/*', '@smithy/*', 'zod'],
  },
  { place: 'src/slack/', may: ['src/slack/', 'src/core/'], types: ['src/stores/'], packages: ['@slack/*'] },
  { place: 'src/terminal/', may: ['src/terminal/', 'src/core/'], packages: ['string-width'] },
  {
    place: 'src/config/',
    may: ['src/config/', 'src/core/'],
    types: ['src/platform/'],
    packages: ['yaml', 'zod'],
  },
  { place: 'src/watch/', may: ['src/watch/', 'src/core/'], types: ['src/stores/'], packages: [] },
  { place: 'src/', may: ['src/'], packages: ['@slack/*', 'pino', 'ulid', 'undici'] },
  { place: 'sandbox/demo.ts', may: ['sandbox/', 'src/'], packages: ['*'] },
  { place: 'sandbox/', may: ['sandbox/'], packages: ['*'] },
  { place: 'backend-api/src/', may: ['backend-api/src/'], packages: ['*'] },
];

const roots = ['src', 'sandbox', 'backend-api/src'];
const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

/** Every import under `root` that its folder's rule does not allow, a sentence each. */
export function brokenLayers(root: string): string[] {
  const files = roots.flatMap((folder) => list(join(root, folder)));
  return files.flatMap((path) => brokenIn(root, relative(root, path), readFileSync(path, 'utf8')));
}

function brokenIn(root: string, file: string, text: string): string[] {
  const layer = layers.find(({ place }) => matches(place, file));
  if (!layer) return [`${file} belongs to no layer`];
  return [...text.matchAll(statement)].flatMap(([, type, named, lazy]) => {
    const from = named ?? lazy ?? '';
    if (from.startsWith('node:')) return [];
    const target = from.startsWith('.') ? relative(root, resolve(root, dirname(file), from)) : undefined;
    const allowed =
      target === undefined
        ? layer.packages.some((name) => matches(name.replace('*', ''), from) || name === from)
        : [...layer.may, ...(type ? (layer.types ?? []) : [])].some((place) => matches(place, target));
    const kind = type ? 'types of ' : '';
    return allowed ? [] : [`${file} may not import ${kind}${target ?? from} (rule of ${layer.place})`];
  });
}

/** `''` fits all; a folder what is in it. */
const matches = (place: string, path: string): boolean =>
  place === '' || (place.endsWith('/') ? path.startsWith(place) : path === place);

const list = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const broken = brokenLayers(join(import.meta.dirname, '..'));
  for (const line of broken) process.stderr.write(`${line}\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}
