import type { Command } from '../bot/command.ts';
import type { Ports } from '../ports.ts';

/** Every command, in the order that help shows them. */
export const commands: readonly Command<Ports>[] = [];
