import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ulid } from 'ulid';
import type { Aws } from './aws/aws.ts';
import { commands } from './commands/index.ts';
import { zoneName } from './commands/shared/format.ts';
import { compose } from './compose.ts';
import { awsOptions, type Config, promptOf, readConfig, wantsColor } from './config/config.ts';
import { ConfigError } from './config/faults.ts';
import { createCatalog } from './core/command/catalog.ts';
import { createMeaningOf } from './core/command/meaning.ts';
import { type Parsed, parse } from './core/command/parser.ts';
import { createDispatcher } from './core/dispatcher.ts';
import { errorReply } from './core/reply/error-reply.ts';
import { UserError } from './core/reply/errors.ts';
import { plain } from './core/reply/text.ts';
import { createLazyLog } from './lazy-log.ts';
import type { Platform } from './platform/platform.ts';
import { lineOf } from './terminal/command-line.ts';
import { anonymous, createTerminalRoles, findCaller } from './terminal/identity.ts';
import { completeLine } from './terminal/missing.ts';
import { type Options, optionsHelp, parseOptions } from './terminal/options.ts';
import { createOutput } from './terminal/output.ts';
import { runSession } from './terminal/session.ts';

const { stdin, stdout, stderr } = process;

/** `d2 …`: answers with the exit code. 0 done, 1 not done, 2 wrong words or configuration. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options.version) {
      stdout.write(`${versionOf()}\n`);
      return 0;
    }
    const line = lineOf(options.words);
    const { config: path } = options;
    const config = readConfig({
      mode: 'terminal',
      meaningOf: createMeaningOf(commands),
      ...(path !== undefined && { path }),
    });
    return await run(config, options, line);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UserError)) throw error;
    const hint = error instanceof UserError && error.hint !== undefined ? `\n${plain(error.hint)}` : '';
    stderr.write(`${error.message}${hint}\n`);
    return 2;
  }
}

async function run(config: Config, { json, yes, color }: Options, typed: string): Promise<number> {
  const prompt = promptOf();
  const catalog = createCatalog(commands, { vocabulary: config.vocabulary, prompt });
  const terminal = { input: stdin, output: json ? stderr : stdout };
  const line = await completeLine(typed, catalog, terminal);
  const asked = understand(() => parse(line, catalog));
  const { responder, progress, say } = createOutput({
    stdout,
    stderr,
    json,
    color: color && wantsColor(),
    timezone: config.timezone,
    prompt,
    asked: asked && describe(asked),
  });
  const aws = needsAws(asked) ? await connect(config) : undefined;
  try {
    const isOpen = asked === undefined || isOpenRead(asked);
    const finding = aws && findCaller(aws.findIdentity, isOpen ? openMs : changeMs);
    void aws?.prepare().then(() => zoneName(config.timezone, new Date()));
    const found = finding ? await finding : anonymous;
    if (found.absent !== undefined && !isOpen) {
      const id = ulid();
      const { state, reply } = errorReply(found.absent, id);
      await responder.answer({ id, state, reply });
      return 1;
    }
    const composition = compose(config, aws ?? withoutAws, {
      progress,
      roleDirectory: createTerminalRoles(config.grants, found),
      log: createLazyLog(config.logLevel),
      catalog,
      newId: () => ulid(),
      owner: `terminal/${hostname()}/${process.pid}/${ulid()}`,
      selfInstance: config.self,
    });
    const last = await runSession(
      {
        dispatcher: createDispatcher(composition),
        caller: found.caller,
        responder,
        progress,
        terminal,
        yes,
        newId: () => ulid(),
        say,
        onInterrupt(listener) {
          process.on('SIGINT', listener);
          return () => process.off('SIGINT', listener);
        },
        leave: (code) => process.exit(code),
      },
      line,
    );
    if (asked?.command.purpose === 'explain' && Object.keys(asked.args).length === 0 && !json)
      stdout.write(`\n${optionsHelp}`);
    if (last === undefined)
      stderr.write(`Another process has it now; ${prompt} status shows how it stands.\n`);
    if (asked === undefined) return 2;
    return last?.state === 'done' ? 0 : 1;
  } finally {
    aws?.close();
  }
}

// Who asks only what everybody may must not wait for credentials that aren't there.
const openMs = 3_000;
const changeMs = 15_000;

type Asked = Parsed<Platform>;

const describe = ({ command, args: { env } }: Asked) => ({
  command: command.name,
  ...(typeof env === 'string' && { environment: env }),
});

const isOpenRead = ({ command }: Asked): boolean => command.kind === 'read' && command.open === true;

/** `undefined` for what isn't a command: the dispatcher says why. */
function understand<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError && error.code === 'usage') return undefined;
    throw error;
  }
}

/** What isn't a command, and what answers anybody, is answered without AWS. */
const needsAws = (asked: Asked | undefined): boolean =>
  asked !== undefined && !(asked.command.kind === 'read' && asked.command.anonymous === true);

/** AWS's SDK is loaded here, not at the top: help must not wait for it. */
async function connect(config: Config): Promise<Aws> {
  const { createAws } = await import('./aws/aws.ts');
  return createAws(awsOptions(config));
}

const withoutAws: Parameters<typeof compose>[1] = {
  clock: { now: () => new Date(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  stores: undefined,
  audit: undefined,
  environment: () => {
    throw new Error('a command that is declared anonymous asks something of AWS');
  },
};

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

// Who reads may stop reading (`d2 status | head -1`): what was begun is still carried to its end.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Not awaited: its bundle is CommonJS.
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  // Everything is written by then; Node would go on to tidy up its heap.
  process.once('beforeExit', () => process.exit());
});
