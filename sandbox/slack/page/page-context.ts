import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Workspace } from './api-types.ts';

/** What inline text needs to show names and dates. */
export interface PageContext {
  workspace: Workspace;
  /** The user who looks at the page. */
  me: string;
  /** The sandbox's time. */
  now(): Date;
}

export const PageContextValue = createContext<PageContext | undefined>(undefined);

export function usePageContext(): PageContext {
  const found = useContext(PageContextValue);
  if (!found) throw new Error('Text is shown outside of the page.');
  return found;
}

/** How elements of the message around them act. */
export interface MessageActions {
  /** Presses a button (action_id) or chooses an option (its label). */
  act(action: string): void;
  isBusy(action: string): boolean;
}

export const MessageActionsContext = createContext<MessageActions>({ act: () => {}, isBusy: () => false });
export const useMessageActions = () => useContext(MessageActionsContext);

export function nameOf({ users, app }: Workspace, id: string): string {
  if (id === app.bot.user) return app.bot.name;
  if (id === 'USLACKBOT') return 'Slackbot';
  return users.find((user) => user.id === id)?.name ?? id;
}
