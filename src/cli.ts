import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ulid } from 'ulid';
import { type Aws, createAws } from './aws/aws.ts';
import { commands } from './commands/index.ts';
import { compose } from './compose.ts';
import { awsOptions, type Config, promptOf, readConfig, wantsColor } from './config/config.ts';
import { ConfigError } from './config/faults.ts';
import type { Caller } from './core/access/caller.ts';
import { createRoleDirectory } from './core/access/role-directory.ts';
import { createMeaningOf } from './core/command/meaning.ts';
import { parse } from './core/command/parser.ts';
import { createDispatcher } from './core/dispatcher.ts';
import { errorReply } from './core/reply/error-reply.ts';
import { UserError } from './core/reply/errors.ts';
import { type Answer, plain } from './core/reply/reply.ts';
import { createLog } from './logging.ts';
import type { Platform } from './platform/platform.ts';
import { callerOf } from './terminal/caller.ts';
import { lineOf } from './terminal/command-line.ts';
import { saveFiles } from './terminal/files.ts';
import { type Asked, renderJson } from './terminal/json.ts';
import { completeLine } from './terminal/missing.ts';
import { type Options, optionsHelp, parseOptions } from './terminal/options.ts';
import { createProgressPublisher } from './terminal/progress-publisher.ts';
import { render, renderCheck, renderNext } from './terminal/render.ts';
import { createResponder } from './terminal/responder.ts';
import { createScreen } from './terminal/screen.ts';
import { runSession } from './terminal/session.ts';
import { colorStyle, plainStyle } from './terminal/style.ts';

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
  const aws = createAws(awsOptions(config));
  const log = createLog({ level: config.logLevel, to: 'stderr' });
  // For scripts nothing is drawn over, wherever they run.
  const out = createScreen(json ? { write: (text) => stdout.write(text) } : stdout);
  const notes = json ? createScreen(stderr) : out;
  const prompt = promptOf();

  const style = (stream: NodeJS.WriteStream) =>
    color && wantsColor() && stream.isTTY ? colorStyle : plainStyle;
  const look = (stream: NodeJS.WriteStream) => ({
    timezone: config.timezone,
    prompt,
    style: style(stream),
    ...(stream.isTTY && { width: stream.columns }),
  });
  const beside = json ? stderr : stdout;
  let asked: Parsed | undefined;
  const final = (answer: Answer) => {
    if (!json) return render(saveFiles(answer), look(stdout));
    // Scripts read what happened; what to do about it is for whoever reads their log.
    if (answer.reply.error) notes.print(renderNext(answer, look(stderr)));
    return renderJson(answer, asked && describe(asked));
  };
  const progress = createProgressPublisher({
    screen: notes,
    outcome: out,
    render: (answer) => render(answer, look(beside)),
    renderOutcome: final,
    renderCheck: (check) => renderCheck(check, look(beside)),
  });
  const responder = createResponder({
    screen: out,
    render: final,
    showCard: (answer) => notes.print(render(answer, look(beside))),
  });

  let absent: unknown;
  const listed = createRoleDirectory(config.grants, {
    members: async () => [],
    assertMember: async () => undefined,
  });
  const roleDirectory: typeof listed = {
    ...listed,
    async resolveRole(caller, env, freshness) {
      if (absent !== undefined) throw absent;
      return listed.resolveRole(caller, env, freshness);
    },
  };
  const { bot, ...bare } = compose(config, aws, {
    progress,
    roleDirectory,
    log,
    prompt,
    newId: () => ulid(),
    owner: `terminal/${hostname()}/${process.pid}/${ulid()}`,
    selfInstance: config.self,
  });

  try {
    const terminal = { input: stdin, output: json ? stderr : stdout };
    const line = await completeLine(typed, bot.catalog, terminal);
    asked = understand(() => parse(line, bot.catalog));
    let caller: Caller = { id: 'nobody', name: 'you', surface: 'terminal' };
    try {
      if (asked !== undefined) caller = await findCaller(aws, asked.command);
    } catch (error) {
      absent = error;
      if (asked?.command.kind !== 'read' || !asked.command.open) {
        const id = bot.newId();
        const { state, reply } = errorReply(error, id);
        await responder.answer({ id, state, reply });
        return 1;
      }
    }
    const last = await runSession(
      {
        dispatcher: createDispatcher({ bot, ...bare }),
        caller,
        responder,
        progress,
        terminal,
        yes,
        newId: bot.newId,
        say: (sentence) => notes.print(`${sentence}\n`),
        onInterrupt(listener) {
          process.on('SIGINT', listener);
          return () => process.off('SIGINT', listener);
        },
        leave: (code) => process.exit(code),
      },
      line,
    );
    if (asked?.command.name === 'help' && Object.keys(asked.args).length === 0 && !json)
      stdout.write(`\n${optionsHelp}`);
    if (last === undefined)
      stderr.write(`Another process has it now; ${prompt} status shows how it stands.\n`);
    if (asked === undefined) return 2;
    return last?.state === 'done' ? 0 : 1;
  } finally {
    aws.close();
  }
}

type Parsed = ReturnType<typeof parse<Platform>>;

const describe = ({ command, args: { env } }: Parsed): Asked => ({
  command: command.name,
  ...(typeof env === 'string' && { environment: env }),
});

/** `undefined` for what isn't a command: the dispatcher says why. */
function understand<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError && error.code === 'usage') return undefined;
    throw error;
  }
}

/** Help must not wait for somebody who isn't there. */
async function findCaller(aws: Aws, command: { kind: string; open?: true }): Promise<Caller> {
  const { arn } = await aws.findIdentity({ signal: AbortSignal.timeout(command.open ? 3_000 : 15_000) });
  return callerOf(arn);
}

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

process.exitCode = await main(process.argv.slice(2));
