import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Workspace } from './api-types.ts';

/** What inline text needs to show names and dates. */
export interface Surroundings {
  workspace: Workspace;
  /** The user whose eyes these are. */
  me: string;
  /** The sandbox's time. */
  now(): Date;
}

export const SurroundingsContext = createContext<Surroundings | undefined>(undefined);

export function useSurroundings(): Surroundings {
  const found = useContext(SurroundingsContext);
  if (!found) throw new Error('Text is shown outside of the page.');
  return found;
}

/** How elements of the message around them act. */
export interface Acting {
  /** Presses a button (action_id) or chooses an option (its label). */
  act(action: string): void;
  isBusy(action: string): boolean;
}

export const ActingContext = createContext<Acting>({ act: () => {}, isBusy: () => false });
export const useActing = () => useContext(ActingContext);

export function nameOf({ users, app }: Workspace, id: string): string {
  if (id === app.bot.user) return app.bot.name;
  if (id === 'USLACKBOT') return 'Slackbot';
  return users.find((user) => user.id === id)?.name ?? id;
}
