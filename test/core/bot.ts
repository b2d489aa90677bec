import { ulid } from 'ulid';
import type { Caller } from '../../src/core/access/caller.ts';
import { createDispatch } from '../../src/core/dispatcher.ts';
import type { House } from '../../src/core/context.ts';
import type { Operations } from '../../src/core/operation/record.ts';
import { createRegistry } from '../../src/core/command/catalog.ts';
import type { Answer, Move } from '../../src/core/reply/reply.ts';
import { takeOverOrphans } from '../../src/core/operation/recovery.ts';
import { commands } from '../../src/commands/index.ts';
import type { Ports } from '../../src/platform/platform.ts';
import { bookOf, createWorld, portsOf, type World } from '../commands/world.ts';
import {
  createFakeClock,
  createListener,
  createMemory,
  createRecordingBoard,
  createRecordingTrail,
  omar,
} from './in-memory.ts';

/** The bot's machinery with everything around it in memory; several bots may share what it stands on. */
export function createStage(changes: Partial<World> = {}) {
  const world = createWorld(changes);
  const clock = createFakeClock();
  const memory = createMemory();
  const board = createRecordingBoard();
  const trail = createRecordingTrail();
  const logged: string[] = [];
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
    operations = memory,
    wrap = (ports: Ports) => ports,
  }: {
    owner?: string;
    operations?: Operations;
    wrap?: (ports: Ports) => Ports;
  } = {}) {
    const ports = wrap({ ...portsOf(world), clock, operations });
    const house: House<Ports> = {
      book: bookOf(),
      registry: createRegistry(commands),
      ports,
      roster: ports.roster,
      operations,
      trail,
      board,
      clock,
      log,
      newId: () => ulid(),
      owner,
      protectedEnvironments: ['prod'],
      selfInstance: undefined,
    };
    const door = createDispatch({ house });
    return {
      house,
      async say(line: string, caller: Caller = omar) {
        const listener = createListener();
        await door.line({ id: ulid(), line, caller, conversation: listener });
        return listener;
      },
      async press(operation: string, move: Move, caller: Caller = omar) {
        const listener = createListener();
        await door.move({ move, operation, caller, conversation: listener });
        return listener;
      },
      lookForOrphans: () => takeOverOrphans(house),
    };
  }

  return { world, clock, memory, board, trail, logged, createBot };
}

/** The words of an answer, for reading. */
export const wordsOf = (answer: Answer): string => JSON.stringify(answer.reply);
