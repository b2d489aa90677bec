import type { Message, View, Workspace } from './api-types.ts';

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/sandbox/${path}`, {
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const failure = answer as { error?: unknown } | undefined;
  throw new Error(
    typeof failure?.error === 'string' ? failure.error : `The sandbox answered ${response.status}.`,
  );
}

/** The sandbox's API. Each rejects with the sandbox's own sentence. */
export const api = {
  workspace: () => ask<Workspace>('workspace'),
  messages: () => ask<Message[]>('messages'),
  views: () => ask<View[]>('views'),
  /** Resolves when everything that it began has ended: minutes, for a change. */
  say: (said: { user: string; channel: string; text: string; thread?: string }) => ask('say', said),
  /** As `say`. `action` is an action_id, or an option's label. */
  click: (click: { user: string; message: string; action: string }) => ask('click', click),
  submit: (submitted: { user: string; view: string; values: Record<string, string> }) =>
    ask<{ errors: Record<string, string> }>('submit', submitted),
  advance: (advance: string) => ask('clock', { advance }),
  reset: () => ask('reset', {}),
};
