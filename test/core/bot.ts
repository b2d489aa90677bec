import { ulid } from 'ulid';
import type { Caller, RoleDirectory } from '../../src/core/access/caller.ts';
import type { BotContext } from '../../src/core/context.ts';
import { createDispatcher } from '../../src/core/dispatcher.ts';
import { recoverOperations } from '../../src/core/operation/recovery.ts';
import type { OperationAction } from '../../src/core/reply/actions.ts';
import type { Answer } from '../../src/core/reply/answer.ts';
import type { Environment } from '../../src/platform/environment.ts';
import type { Platform } from '../../src/platform/platform.ts';
import type { Stores } from '../../src/stores/stores.ts';
import { catalogOf, createWorld, platformOf, type World } from '../commands/world.ts';
import {
  createFakeClock,
  createListener,
  createMemory,
  createRecordingAudit,
  createRecordingProgress,
  omar,
} from './in-memory.ts';

/** The bot's machinery with everything around it in memory; several bots may share what it stands on. */
export function createBotProcess(changes: Partial<World> = {}) {
  const world = createWorld(changes);
  const clock = createFakeClock();
  const memory = createMemory();
  const progress = createRecordingProgress();
  const audit = createRecordingAudit();
  const logged: string[] = [];
  /** What the bots run on. */
  const self: { instance: string | undefined } = { instance: undefined };
  const log = {
    info: () => undefined,
    warn: (_: object, message: string) => void logged.push(message),
    error: (fields: object, message: string) =>
      void logged.push(
        `${message} ${JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? value.stack : value))}`,
      ),
  };

  /** One bot process on this stage; `change` wraps what it stands on, as a fault would. */
  function createBot({
    owner = `bot/${ulid()}`,
    stores = memory,
    wrap = (environment: Environment) => environment,
    roleDirectory,
  }: {
    owner?: string;
    stores?: Stores;
    wrap?: (environment: Environment) => Environment;
    roleDirectory?: RoleDirectory;
  } = {}) {
    const bare = platformOf(world);
    const environments = new Map<string, Environment>();
    const platform: Platform = {
      ...bare,
      clock,
      stores,
      ...(roleDirectory && { roleDirectory }),
      environment(name) {
        const environment = environments.get(name) ?? wrap(bare.environment(name));
        environments.set(name, environment);
        return environment;
      },
    };
    const bot: BotContext<Platform> = {
      catalog: catalogOf(undefined, world),
      platform,
      roleDirectory: platform.roleDirectory,
      stores,
      audit,
      progress,
      clock,
      log,
      newId: () => ulid(),
      owner,
      protectedEnvironments: ['prod'],
      isOwn: ({ id, service }) => service === 'chatops' || id === self.instance,
    };
    const dispatcher = createDispatcher({ bot });
    return {
      bot,
      async say(line: string, caller: Caller = omar) {
        const listener = createListener();
        await dispatcher.line({ id: ulid(), line, caller, responder: listener });
        return listener;
      },
      async press(operation: string, move: OperationAction, caller: Caller = omar) {
        const listener = createListener();
        await dispatcher.operate({ move, operation, caller, responder: listener });
        return listener;
      },
      lookForOrphans: () => recoverOperations(bot),
    };
  }

  return { world, clock, self, memory, progress, audit, logged, createBot };
}

/** The words of an answer, for reading. */
export const wordsOf = (answer: Answer): string => JSON.stringify(answer.reply);
