import { keepPrivate } from '../deliver/responder.ts';
import { deliveryKey } from './event-handler.ts';
import type { ListenerContext } from './listener-context.ts';
import { withoutMention } from './typed-text.ts';

/** `@d2 status`: answered in its thread, where everybody may see it, else to its caller alone. */
export function listenToMentions(context: ListenerContext): void {
  const { app, botUser, conversations, dispatcher, handle } = context;

  app.event('app_mention', async ({ event, body }) => {
    const place = { channel: event.channel, user: event.user ?? '', thread: event.thread_ts ?? event.ts };
    const alone = conversations.respond(place, conversations.privately(place));
    const open = conversations.respond(place, conversations.openly(place, conversations.privately(place)), {
      sharing: false,
    });
    handle({
      key: deliveryKey('event', body.event_id),
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: event.user,
        channel: event.channel,
      },
      kind: 'line',
      aside: alone,
      serve: (caller, id) =>
        dispatcher.line({
          id,
          line: withoutMention(event.text, botUser),
          caller,
          responder: keepPrivate(open, alone),
        }),
    });
  });
}
