import { UserError } from '../../core/reply/errors.ts';
import { deliveryKey } from './event-handler.ts';
import type { ListenerContext } from './listener-context.ts';
import { plainTyped } from './typed-text.ts';

/** Slash commands: answered to their caller alone. */
export function listenToCommands(context: ListenerContext): void {
  const { app, command, acknowledge, conversations, dispatcher, handle } = context;

  app.command(/.*/, async ({ ack, body }) => {
    await acknowledge(ack);
    const place = { channel: body.channel_id, user: body.user_id };
    const response = conversations.responseUrl(body.response_url);
    const responder = conversations.respond(place, conversations.privately(place, { response }));
    handle({
      key: deliveryKey('command', body.trigger_id),
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: body.user_id,
        channel: body.channel_id,
      },
      kind: 'line',
      aside: responder,
      async serve(caller, id) {
        if (body.command !== command) {
          throw new UserError('usage', `This bot listens to ${command}, not to ${body.command}.`, {
            hint: 'The name in Slack’s app settings and the one in d2.yaml must be the same.',
          });
        }
        await dispatcher.line({ id, line: plainTyped(body.text ?? ''), caller, responder });
      },
    });
  });
}
