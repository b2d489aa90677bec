import { existingWorld } from './existing.ts';
import { ownWorld } from './own.ts';

/** The accounts that the sandbox can be: what our Terraform makes, and what was there before it. */
export const worlds = { own: ownWorld, existing: existingWorld };

export type WorldName = keyof typeof worlds;

export const isWorldName = (name: string): name is WorldName => Object.hasOwn(worlds, name);
