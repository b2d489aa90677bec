import { randomBytes } from 'node:crypto';
import { Refusal } from './call.ts';
import { team } from './directory.ts';

/** Slack lets a modal be opened for three seconds after what the user did, once. These seconds are real ones. */
const lifetimeMs = 3000;

/** What a trigger_id was given out for. */
interface Trigger {
  user: string;
  /** Called when a modal is opened with it. */
  use(): void;
}

export interface TriggerIds {
  create(trigger: Trigger): string;
  /** Throws Refusal for a trigger_id that is unknown, used or late. */
  take(id: string): Trigger;
  clear(): void;
}

export function createTriggerIds(): TriggerIds {
  const open = new Map<string, { at: number; used: boolean; trigger: Trigger }>();

  return {
    create(trigger) {
      const id = `${Date.now()}.${team.id}.${randomBytes(16).toString('hex')}`;
      open.set(id, { at: Date.now(), used: false, trigger });
      return id;
    },
    take(id) {
      const entry = open.get(id);
      if (!entry) throw new Refusal('invalid_trigger_id');
      if (entry.used) throw new Refusal('exchanged_trigger_id');
      if (Date.now() - entry.at > lifetimeMs) throw new Refusal('expired_trigger_id');
      entry.used = true;
      return entry.trigger;
    },
    clear: () => open.clear(),
  };
}
