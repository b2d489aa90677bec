import { deliveryKey } from './event-handler.ts';
import type { ListenerContext } from './listener-context.ts';
import { withoutMention } from './typed-text.ts';

/** Lines in the bot's own direct message with somebody. */
export function listenToDirectMessages(context: ListenerContext): void {
  const { app, botUser, conversations, dispatcher, handle } = context;

  app.message(async ({ message, body }) => {
    if (message.channel_type !== 'im' || message.subtype !== undefined || message.bot_id !== undefined)
      return;
    const place = { channel: message.channel, user: message.user, thread: message.thread_ts };
    const line = withoutMention(message.text ?? '', botUser);
    const responder = conversations.respond(place, conversations.openly(place));
    handle({
      key: deliveryKey('event', body.event_id),
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: message.user,
        channel: message.channel,
      },
      kind: 'line',
      aside: responder,
      serve: (caller, id) => dispatcher.line({ id, line, caller, responder }),
    });
  });
}
