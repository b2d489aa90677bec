import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type SandboxWithBot, startSandboxWithBot } from './sandbox-with-bot.ts';
import { isWorldName, type WorldName, worlds } from './worlds/worlds.ts';

const usage = `npm run demo -- [--world own] [--port 8137] [--no-open] [--speed 12]

  --world    what the account holds: "own", as our Terraform makes it, or "existing", as another team's made it
  --port     where the page is; any free port when left out
  --no-open  do not open a browser
  --speed    how many times faster than AWS its states pass`;

interface Options {
  world: WorldName;
  port: number;
  open: boolean;
  speed: number;
}

function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        world: { type: 'string' },
        port: { type: 'string' },
        'no-open': { type: 'boolean' },
        speed: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return usage;
    const { world = 'own' } = values;
    if (!isWorldName(world)) return `--world ${world}: one of ${Object.keys(worlds).join(', ')}.\n\n${usage}`;
    const port = Number(values.port ?? 0);
    const speed = Number(values.speed ?? 12);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return `--port ${values.port}: a port is a number from 1 to 65535.\n\n${usage}`;
    if (!(speed >= 1 && speed <= 1_000))
      return `--speed ${values.speed}: a number from 1 to 1000.\n\n${usage}`;
    return { world, port, open: !values['no-open'], speed };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n\n${usage}`;
  }
}

/** Where the platform's own service is. */
function platform({ machine, database }: SandboxWithBot): string {
  if (!database)
    return 'MariaDB is not installed (mariadb-server): RDS only changes its states, and backend-api runs without a database.';
  return `The service that it looks after, on a real MariaDB, which stops and starts with RDS (README, "The platform"):
  http://127.0.0.1:${machine.port}/api/docs
  127.0.0.1:${database.tunnel.port} takes IAM tokens, as RDS does
  ${database.unchecked}`;
}

function welcome(whole: SandboxWithBot): string {
  const { url, terminal } = whole;
  const settings = Object.entries(terminal).map(([name, value]) => `  export ${name}=${value}`);
  return `
D2 ChatOps is running in its sandbox: nothing here reaches AWS or Slack.

  ${url}

Type there first:  /d2 status
Then perhaps:      /d2 stop dev    /d2 start dev    /d2 restart    /d2 logs    /d2 help

In a second terminal, the same account, as Omar:
${settings.join('\n')}
  npx d2 status
  aws ec2 describe-instances      (AWS CLI 2.13 or newer; older ones: --endpoint-url $AWS_ENDPOINT_URL)

${platform(whole)}

Ctrl-C ends all of it and leaves nothing behind.
`;
}

function openBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  // Without a browser the printed address is enough.
  child.on('error', () => undefined);
  child.unref();
}

async function run({ world, port, open, speed }: Options): Promise<void> {
  let ending = false;
  const starting = startSandboxWithBot({
    world,
    port,
    speed,
    onBotLine(line) {
      if (!ending && /"level":"?(?:50|60|error|fatal)/.test(line)) process.stderr.write(`bot: ${line}\n`);
    },
  });
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    process.stdout.write('\nEnding …\n');
    const whole = await starting.catch(() => undefined);
    await whole?.close();
    process.exit(code);
  };
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => void end(code));
  const whole = await starting;
  if (ending) return;
  process.stdout.write(welcome(whole));
  if (open) openBrowser(whole.url);
}

const options = readOptions();
if (typeof options === 'string') {
  process.stdout.write(`${options}\n`);
  process.exitCode = options === usage ? 0 : 2;
} else {
  await run(options).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    process.stderr.write(
      taken
        ? `Port ${options.port} is taken: choose another with --port, or leave it out.\n`
        : `The demo could not start: ${error instanceof Error ? error.message : error}\n`,
    );
    process.exit(1);
  });
}
