import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { ulid } from 'ulid';
import { createAws } from './aws/aws.ts';
import { findHost } from './aws/host.ts';
import { commands } from './commands/index.ts';
import { compose } from './compose.ts';
import { awsOptions, type BotConfig, hostSettings, readConfig } from './config/config.ts';
import { ConfigError } from './config/faults.ts';
import { createRoleDirectory } from './core/access/role-directory.ts';
import { createMeaningOf } from './core/command/meaning.ts';
import { createDispatcher } from './core/dispatcher.ts';
import { recoverOperations } from './core/operation/recovery.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createLog, type Log } from './logging.ts';
import { createProgressPublisher } from './slack/deliver/progress-publisher.ts';
import { createReplyCache } from './slack/deliver/reply-cache.ts';
import { createSlackSurface } from './slack/listeners/listeners.ts';
import { createDeduplicator } from './slack/verify/deduplicator.ts';
import { createGroupMembers } from './slack/verify/group-members.ts';
import { createRequestVerifier } from './slack/verify/request-verifier.ts';
import { createUserDirectory } from './slack/verify/user-directory.ts';
import { slackError } from './slack/web.ts';
import { logOldestOperation } from './watch/oldest-operation.ts';

// How long a stop waits for what is under way; longer changes are taken over by the next process.
const drainMs = 10_000;
const lookEveryMs = 15_000;
const watchEveryMs = 60_000;

/** Composes the bot and runs it until it is told to stop. */
async function run(config: BotConfig, log: Log): Promise<void> {
  const { slack: tokens, timezone: zone } = config;
  const aws = createAws(awsOptions(config));
  const reach = {
    ...(tokens.apiUrl !== undefined && { slackApiUrl: tokens.apiUrl }),
    timeout: 10_000,
    rejectRateLimitedCalls: true,
  };
  // A post whose answer was lost is repeated by those who post, isFirst: never by the client, which can't know.
  const web = new WebClient(tokens.botToken, { ...reach, retryConfig: { retries: 0 } });
  const look = new WebClient(tokens.botToken, {
    ...reach,
    retryConfig: { retries: 2, factor: 2, minTimeout: 300, maxTimeout: 2_000 },
  });
  const me = await look.auth.test().catch((error: unknown) => {
    throw new StartError(
      `Slack did not take SLACK_BOT_TOKEN: ${slackError(error) ?? 'it can’t be reached'}.`,
    );
  });
  const team = me.team_id ?? '';
  if (config.team !== undefined && config.team !== team) {
    throw new StartError(
      `SLACK_BOT_TOKEN belongs to team ${team}, d2.yaml says ${config.team}: one of them is wrong.`,
    );
  }
  const host = await findHost(hostSettings(), { signal: AbortSignal.timeout(2_000) });
  const people = createUserDirectory(look, team);
  const newId = () => ulid();
  const channelOf = (env: string) => config.environments.get(env)?.channel;
  const { bot, ...bare } = compose(config, aws, {
    progress: createProgressPublisher({ web, zone, channels: config.channels, channelOf, log }),
    roleDirectory: createRoleDirectory(config.grants, createGroupMembers(look, people)),
    log,
    prompt: config.command,
    newId,
    owner: `bot/${hostname()}/${process.pid}/${newId()}`,
    selfInstance: host.instance ?? config.self,
  });
  if (bare.without !== undefined) log.warn({}, `only looking: ${bare.without}`);
  const slack = createSlackSurface({
    tokens: { bot: tokens.botToken, app: tokens.appToken },
    apiUrl: tokens.apiUrl,
    command: config.command,
    botUser: me.user_id ?? '',
    zone,
    dispatcher: createDispatcher({ bot, ...bare }),
    verifier: createRequestVerifier({
      web: look,
      people,
      app: config.app,
      team,
      enterprise: config.enterprise,
      channels: config.channels,
    }),
    replyCache: createReplyCache(aws.stores?.replies),
    isFirst: createDeduplicator(aws.stores?.deduplication),
    web,
    newId,
    log,
  });
  await slack.start();
  const endHeartbeat = startHeartbeat({ isWell: slack.isConnected });
  log.info({ team, environments: config.vocabulary.environments }, 'the bot is listening');

  const stopping = new AbortController();
  const repeat = (every: number, what: string, look: () => Promise<void>) =>
    repeatedly({ what, look, every, signal: stopping.signal, log });
  const looking =
    'stores' in bot
      ? [
          repeat(lookEveryMs, 'looking for interrupted operations', () => recoverOperations(bot)),
          repeat(watchEveryMs, 'looking for the oldest open operation', () => logOldestOperation(bot)),
        ]
      : [];
  await told();
  log.info({}, 'stopping: takes nothing new, ends what it can');
  stopping.abort();
  endHeartbeat();
  await Promise.race([slack.stop(), delay(drainMs)]);
  await Promise.race([Promise.all(looking), delay(1_000)]);
  aws.close();
}

interface Look {
  what: string;
  look: () => Promise<void>;
  every: number;
  signal: AbortSignal;
  log: Log;
}

async function repeatedly({ what, look, every, signal, log }: Look): Promise<void> {
  while (!signal.aborted) {
    await look().catch((error: unknown) => log.error({ error }, `${what} failed`));
    await delay(every, undefined, { signal }).catch(() => undefined);
  }
}

const told = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

class StartError extends Error {}

try {
  const config = readConfig({ mode: 'bot', meaningOf: createMeaningOf(commands) });
  const log = createLog({ level: config.logLevel });
  // A rejection that nobody awaited leaves us half alive: whoever runs us starts us again.
  process.on('unhandledRejection', (error) => {
    log.error({ error }, 'an unhandled rejection ends the bot');
    process.exit(1);
  });
  await run(config, log);
  process.exit(0);
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
