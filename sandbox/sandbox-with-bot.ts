import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { principals } from './aws/auth/authenticate.ts';
import { type Bot, startBot } from './bot.ts';
import { configurationOf } from './configuration.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

export interface SandboxWithBot extends Sandbox {
  /** What a terminal needs to reach the same account. */
  terminal: Record<string, string>;
  /** The bot that runs now; replaced by `restart`. */
  bot(): Bot;
  /** Another bot process after the former ended or was killed. */
  restart(): Promise<void>;
}

interface Options extends SandboxOptions {
  onBotLine?: (line: string) => void;
  /** Environment of the bot besides the sandbox's own. */
  extra?: Record<string, string>;
}

/** The sandbox with the production bot in it, which does not know that it is one. */
export async function startSandboxWithBot({
  onBotLine,
  extra,
  ...options
}: Options = {}): Promise<SandboxWithBot> {
  const sandbox = await createSandbox(options);
  try {
    const path = join(sandbox.folder, 'd2.yaml');
    await writeFile(
      path,
      configurationOf(sandbox.world, { machine: sandbox.machine, urls: sandbox.account.urls }),
    );
    const trust: Record<string, string> = {};
    if (sandbox.account.authority !== undefined) {
      trust.NODE_EXTRA_CA_CERTS = join(sandbox.folder, 'load-balancer-ca.pem');
      await writeFile(trust.NODE_EXTRA_CA_CERTS, sandbox.account.authority);
    }
    const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL, ...aws } = sandbox.settings;
    // The AWS CLI reads the region under another name than the SDK.
    const terminal = {
      D2_CONFIG: path,
      ...trust,
      ...aws,
      AWS_DEFAULT_REGION: sandbox.settings.AWS_REGION ?? '',
      ...keysOf('omar'),
    };
    const settings = {
      ...sandbox.settings,
      ...trust,
      D2_CONFIG: path,
      AWS_EC2_METADATA_DISABLED: 'true',
      D2_SANDBOX_FOLDER: sandbox.folder,
      TMPDIR: sandbox.folder,
      ...extra,
    };
    const start = () => startBot({ settings, cwd: sandbox.folder, ...(onBotLine && { onLine: onBotLine }) });
    let bot = await start();
    return {
      ...sandbox,
      terminal,
      bot: () => bot,
      async restart() {
        bot = await start();
      },
      async close() {
        await bot.stop();
        await sandbox.close();
      },
    };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

/** The environment that gives a terminal a user's keys. */
function keysOf(name: string): Record<string, string> {
  const found = principals.find((principal) => principal.name === name);
  if (!found) throw new Error(`the account knows no ${name}`);
  return { AWS_ACCESS_KEY_ID: found.accessKeyId, AWS_SECRET_ACCESS_KEY: found.secretAccessKey };
}
