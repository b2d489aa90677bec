import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { infraScripts } from './script-runs.ts';

/** What differs between two languages that say the same. */
interface Language {
  extension: 'sh' | 'ps1';
  /** At a line's end: it goes on. */
  continued: RegExp;
  definition: RegExp;
}

const languages: Readonly<Record<'bash' | 'powershell', Language>> = {
  bash: { extension: 'sh', continued: /\\\n\s*/g, definition: /^([a-z_]+)\(\) \{\n([\s\S]*?)^\}/gm },
  powershell: {
    extension: 'ps1',
    continued: /`\n\s*/g,
    definition: /^function ([A-Za-z-]+)(?:\([^\n]*\))? \{\n([\s\S]*?)^\}/gm,
  },
};

/**
 * The AWS calls of a script, in the order of its text, those of the functions it takes from dev-environment put where
 * it uses them: `ec2 describe-instances --filters Name=tag:Project,Values=$project …`.
 */
export function callsOf(script: string, of: keyof typeof languages): string[] {
  const language = languages[of];
  const read = (name: string) =>
    readFileSync(join(infraScripts, `${name}.${language.extension}`), 'utf8')
      .replace(/^\s*#.*\n/gm, '')
      .replace(language.continued, ' ');
  const shared = new Map<string, string>();
  for (const [, name = '', body = ''] of read('dev-environment').matchAll(language.definition))
    shared.set(name, body);

  shared.delete('aws');
  const names = [...shared.keys()].sort((a, b) => b.length - a.length).join('|');
  const mention = new RegExp(
    `(?<![\\w-])(?:(${names})(?![\\w-])|aws ((?:sts|ec2|rds|ssm|elbv2) [^\\n]*))`,
    'g',
  );
  // A function's name may also be a word of its own text.
  const expand = (text: string, within: readonly string[] = []): string[] =>
    [...text.matchAll(mention)].flatMap(([, name, call]) => {
      if (call !== undefined) return [normalise(call)];
      if (name === undefined || within.includes(name)) return [];
      return expand(shared.get(name) ?? '', [...within, name]);
    });
  return expand(read(script));
}

/** Service, operation, options and their values; the names of variables that each language has its own of left out. */
function normalise(call: string): string {
  const words: string[] = [];
  const token = /\s*(?:"([^"]*)"|(\$?[\w./:=,-]+))/y;
  for (let match = token.exec(call); match; match = token.exec(call)) words.push(match[1] ?? match[2] ?? '');
  return words
    .join(' ')
    .replace(/\$\{?(\w+)\}?/g, (_, name: string) =>
      /^(project|environment)$/i.test(name) ? `$${name.toLowerCase()}` : '$',
    );
}
