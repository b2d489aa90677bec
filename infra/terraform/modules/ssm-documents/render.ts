import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { stringify } from 'yaml';
import { type Verb, verbs } from './verbs.ts';

/** Every document's text by its file name, as `documents/` holds it. */
export async function renderDocuments(): Promise<Map<string, string>> {
  const texts = await Promise.all(
    verbs.map(async (verb) => [`d2-${verb.name}.yaml`, await render(verb)] as const),
  );
  return new Map(texts);
}

async function render(verb: Verb): Promise<string> {
  const document = {
    schemaVersion: '2.2',
    description: verb.description,
    parameters: Object.fromEntries(
      Object.entries(verb.parameters).map(([name, parameter]) => [
        name,
        { type: 'String', ...parameter, interpolationType: 'ENV_VAR' },
      ]),
    ),
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'run',
        inputs: { timeoutSeconds: String(verb.timeoutSeconds), runCommand: [await script(verb)] },
      },
    ],
  };
  const head = ` Generated from source/${verb.name}.ts and verbs.ts by npm run docs: change those.`;
  const text = stringify(document, { lineWidth: 0, singleQuote: true });
  return `#${head}\n${text}`;
}

/** An agent too old for ENV_VAR sets no SSM_ variables, and the script ends at once. */
async function script(verb: Verb): Promise<string> {
  const required = Object.keys(verb.parameters).map((name) => `: "\${SSM_${name}:?}"`);
  return [
    '#!/bin/bash',
    'set -euo pipefail',
    ...required,
    readFileSync(new URL('./source/find-node.sh', import.meta.url), 'utf8').trimEnd(),
    `exec "\${run[@]}" node --input-type=module - <<'PROGRAM'`,
    (await program(verb)).trimEnd(),
    'PROGRAM',
    '',
  ].join('\n');
}

async function program(verb: Verb): Promise<string> {
  const result = await build({
    entryPoints: [new URL(`./source/${verb.name}.ts`, import.meta.url).pathname],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    supported: { 'template-literal': false },
    charset: 'utf8',
  });
  // esbuild names each file by its path from wherever it was called.
  return (result.outputFiles[0]?.text ?? '').replace(/^\/\/ .*\/(source|src)\//gm, '// $1/');
}
