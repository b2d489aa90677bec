import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ulid } from 'ulid';
import { createAws } from './aws/aws.ts';
import { findHost } from './aws/host.ts';
import { commands } from './commands/index.ts';
import { compose } from './compose.ts';
import { awsOptions, type BotConfig, hostSettings, readConfig } from './config/config.ts';
import { ConfigError } from './config/faults.ts';
import { createRoleDirectory } from './core/access/role-directory.ts';
import { createCatalog } from './core/command/catalog.ts';
import { createMeaningOf } from './core/command/meaning.ts';
import { createDispatcher } from './core/dispatcher.ts';
import { UserError } from './core/reply/errors.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createLog, type Log } from './logging.ts';
import { createProgressPublisher } from './slack/deliver/progress-publisher.ts';
import { createReplyCache } from './slack/deliver/reply-cache.ts';
import { createSlackSurface } from './slack/listeners/listeners.ts';
import { createDeduplicator } from './slack/verify/deduplicator.ts';
import { createGroupMembers } from './slack/verify/group-members.ts';
import { createRequestVerifier } from './slack/verify/request-verifier.ts';
import { createUserDirectory } from './slack/verify/user-directory.ts';
import { createWebClients, findSelf } from './slack/web-clients.ts';
import { startWatching } from './watch/watching.ts';

// How long a stop waits for what is under way; longer changes are taken over by the next process.
const drainMs = 10_000;

/** Composes the bot and runs it until it is told to stop. */
async function run(config: BotConfig, log: Log): Promise<void> {
  const { slack: tokens, timezone: zone, command, channels, vocabulary } = config;
  const aws = createAws(awsOptions(config));
  const { posting: web, looking } = createWebClients(tokens.botToken, tokens.apiUrl);
  const [self, host] = await Promise.all([
    findSelf(looking, config.team),
    findHost(hostSettings(), { signal: AbortSignal.timeout(2_000) }),
  ]);
  const people = createUserDirectory(looking, self.team);
  const newId = () => ulid();
  const channelOf = (env: string) => config.environments.get(env)?.channel;
  const composition = compose(config, aws, {
    catalog: createCatalog(commands, { vocabulary, prompt: command }),
    progress: createProgressPublisher({ web, zone, channels, channelOf, log }),
    roleDirectory: createRoleDirectory(config.grants, createGroupMembers(looking, people)),
    log,
    newId,
    owner: `bot/${hostname()}/${process.pid}/${newId()}`,
    selfInstance: host.instance ?? config.self,
  });
  const { bot, without } = composition;
  if (without !== undefined) log.warn({}, `only looking: ${without}`);
  const slack = createSlackSurface({
    tokens: { bot: tokens.botToken, app: tokens.appToken },
    apiUrl: tokens.apiUrl,
    command,
    botUser: self.user,
    zone,
    dispatcher: createDispatcher(composition),
    verifier: createRequestVerifier({
      web: looking,
      people,
      app: config.app,
      team: self.team,
      enterprise: config.enterprise,
      channels,
    }),
    replyCache: createReplyCache(aws.stores?.replies),
    isFirst: createDeduplicator(aws.stores?.deduplication),
    web,
    newId,
    log,
  });
  await slack.start();
  const endHeartbeat = startHeartbeat({ isWell: slack.isConnected });
  log.info({ team: self.team, environments: vocabulary.environments }, 'the bot is listening');
  const watching = 'stores' in bot ? startWatching(bot) : undefined;

  await toldToStop();
  log.info({}, 'stopping: takes nothing new, ends what it can');
  endHeartbeat();
  const watched = watching?.stop();
  await Promise.race([slack.stop(), delay(drainMs)]);
  await Promise.race([watched, delay(1_000)]);
  aws.close();
}

const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

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
  if (!(error instanceof ConfigError || error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
