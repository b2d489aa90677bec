import { UserError } from '../core/reply/errors.ts';

export interface Options {
  json: boolean;
  yes: boolean;
  color: boolean;
  version: boolean;
  config: string | undefined;
  /** All that isn't ours: the command's own words. */
  words: string[];
}

/** Takes the terminal's own flags from wherever they stand; after `--` everything is the command's. */
export function parseOptions(argv: readonly string[]): Options {
  const options: Options = {
    json: false,
    yes: false,
    color: true,
    version: false,
    config: undefined,
    words: [],
  };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') {
      options.words.push(...argv.slice(i + 1));
      break;
    }
    if (word === '--json') options.json = true;
    else if (word === '--yes' || word === '-y') options.yes = true;
    else if (word === '--no-color') options.color = false;
    else if (word === '--version' || word === '-V') options.version = true;
    else if (word.startsWith('--config=')) options.config = filled(word.slice('--config='.length));
    else if (word === '--config') options.config = filled(argv[++i]);
    else options.words.push(word);
  }
  return options;
}

function filled(path: string | undefined): string {
  if (path) return path;
  throw new UserError('usage', '--config needs the path of a d2.yaml.', {
    hint: 'For example: d2 --config /etc/d2/d2.yaml status',
  });
}

/** The terminal's own flags, under the help that the commands give. */
export const optionsHelp = `In a terminal also: --json (for scripts), --yes (no question before a change),
--config <d2.yaml>, --no-color, --version. Exit codes: 0 done, 1 not done, 2 wrong words or configuration.
`;
