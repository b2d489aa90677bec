import { createTurns } from '../core/event-loop.ts';

/** Resolves in a turn that no other work of Slack's was given: acknowledgements come between. */
export const nextTurn = createTurns();
