import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMachine } from '../../sandbox/instance/machine.ts';
import type { Machine } from '../../sandbox/interfaces.ts';
import { sampled } from '../rounds.ts';
import { mustSucceed } from '../run-program.ts';
import { homesOf, listDocuments, readDocument, scriptOf, type Values } from './run-document.ts';

let folder: string;
let machine: Machine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd2-'));
  machine = await createMachine({ folder, backend: new URL('../../backend-api', import.meta.url).pathname });
  await machine.boot();
});
afterAll(() => machine.close());

/** Each would leave a file behind if anything took it for more than text. */
function payloads(fired: string): string[] {
  const act = `touch ${fired}`;
  const bare = `touch\${IFS}${fired}`;
  const node = `require("fs").writeFileSync("${fired}","")`;
  const loaded = `process.getBuiltinModule("fs").writeFileSync("${fired}","")`;
  const wraps = [
    (x: string) => `$(${x})`,
    (x: string) => `\`${x}\``,
    (x: string) => `;${x};`,
    (x: string) => `;${x} #`,
    (x: string) => `&& ${x}`,
    (x: string) => `|| ${x}`,
    (x: string) => `| ${x}`,
    (x: string) => `& ${x} &`,
    (x: string) => `\n${x}\n`,
    (x: string) => `\r\n${x}\r\n`,
    (x: string) => `";${x};"`,
    (x: string) => `';${x};'`,
    (x: string) => `"$(${x})"`,
    (x: string) => `'$(${x})'`,
    (x: string) => `\\";${x};\\"`,
    (x: string) => `a[$(${x})]`,
    (x: string) => `\${x:-$(${x})}`,
    (x: string) => `$((a[$(${x})]))`,
    (x: string) => `<(${x})`,
    (x: string) => `() { :; }; ${x}`,
    (x: string) => `\nPROGRAM\n${x}\n`,
    (x: string) => `{{ ${x} }}`,
    (x: string) => `@P\${x@P}$(${x})`,
  ];
  const scripts = [node, loaded].flatMap((code) => [
    code,
    `\`+${code}+\``,
    `"+${code}+"`,
    `'+${code}+'`,
    `\${${code}}`,
    `*/${code}/*`,
    `\n${code}//`,
    `"});${code};({"`,
  ]);
  return [...wraps.flatMap((wrap) => [wrap(act), wrap(bare)]), ...scripts, `-e ${node}`, `--eval=${node}`];
}

/** Runs the document once for each set of values, in one bash, and says which runs left the canary's file behind. */
async function listFired(fired: string, script: string, runs: readonly Values[]): Promise<string[]> {
  const file = `${fired}.sh`;
  await writeFile(file, script);
  const lines = runs.map((values, index) => {
    const assignments = Object.entries(values).map(([name, value]) => quote(`SSM_${name}=${value}`));
    const run = `env ${assignments.join(' ')} /bin/bash ${file} >/dev/null 2>&1 </dev/null || true`;
    return `${run}\n[ ! -e ${fired} ] || { echo ${index}; rm -f ${fired}; }`;
  });
  const { stdout } = mustSucceed(await machine.run({ commands: lines, env: {}, timeoutSeconds: 300 }));
  return stdout.split('\n').filter((line) => line !== '');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// The patterns are left out on purpose: this is what stands behind them.
it.concurrent.each(listDocuments())(
  '%s takes every payload in every parameter for text',
  async (document) => {
    const fired = join(folder, `fired-${document}`);
    const { parameters, ...rest } = readDocument(document);
    const names = Object.keys(parameters);
    const texts = payloads(fired);
    const everywhere = texts.map((_, index) => {
      const values = names.map((name, nth) => [name, texts[(index + nth) % texts.length] ?? '']);
      return Object.fromEntries(values);
    });
    // With real homes the service's name gets as far as PM2's list; each payload of the sample does so in some document.
    const documents = listDocuments().length;
    const nth = listDocuments().indexOf(document);
    const named = sampled(texts, 10)
      .filter((_, index) => index % documents === nth)
      .map((service) => {
        const homes = { homes: homesOf(machine), folder: join(machine.appRoot, 'backend-api') };
        const known: Values = { ...homes, service, save: service, stream: service, lines: service };
        return Object.fromEntries(names.map((name) => [name, known[name] ?? service]));
      });
    const script = scriptOf({ parameters, ...rest });
    expect(texts.length).toBeGreaterThanOrEqual(60);
    // Documents begin at different payloads: together the sample has each.
    const own = sampled([...everywhere.slice(nth), ...everywhere.slice(0, nth)], documents);
    expect(await listFired(fired, script, [...own, ...named])).toEqual([]);
  },
);

it('the payloads do fire where a script takes its parameters for code', async () => {
  const fired = join(folder, 'fired-careless');
  const tried = sampled(payloads(fired), 10);
  const shell =
    'eval "echo $SSM_service"; eval "echo \\"$SSM_service\\""; eval "echo \'$SSM_service\'"; node $SSM_service';
  const program = 'node -e "$SSM_service"; node -e "x = \\`$SSM_service\\`"';
  const found = await listFired(
    fired,
    `${shell}\n${program}`,
    tried.map((service) => ({ service })),
  );
  expect(found.length).toBeGreaterThan(tried.length / 2);
});
