import type { Conversation } from '../bot/conversation.ts';
import type { Answer } from '../bot/reply.ts';
import { render } from './render.ts';
import type { Shelf } from './shelf.ts';
import type { Voice } from './voice.ts';

interface Options {
  place: string;
  voice: Voice;
  shelf: Shelf;
  zone: string;
}

/** Puts answers into Slack's words: kept first, so that their buttons work the moment they show. */
export function createConversation({ place, voice, shelf, zone }: Options): Conversation {
  return {
    place,
    async answer(answer: Answer) {
      const keepable =
        answer.state === 'done' && (answer.shareable === true || answer.reply.details !== undefined);
      const waits = answer.state === 'waiting' && answer.reply.details !== undefined;
      const kept = (keepable || waits) && (await shelf.keep(answer));
      await voice.say(render(answer, { zone, kept }));
    },
  };
}
