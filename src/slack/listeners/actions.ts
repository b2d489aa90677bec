import type { BlockAction, SlackAction } from '@slack/bolt';
import { UserError } from '../../core/reply/errors.ts';
import type { Responder } from '../../core/surface.ts';
import { createReplyActions } from '../deliver/reply-actions.ts';
import { pressedValue, readButtonPress } from './action-payload.ts';
import { isDirect } from './conversations.ts';
import { deliveryKey } from './event-handler.ts';
import type { ListenerContext } from './listener-context.ts';

/** Buttons and menus: an invocation, a move of an operation, or Details, Less and Share of an answer. */
export function listenToActions(context: ListenerContext): void {
  const { app, acknowledge, conversations, dispatcher, handle, replyCache, web, zone } = context;
  const show = createReplyActions({ replyCache, dispatcher, web, zone });

  app.action(/.*/, async ({ ack, body, action }) => {
    await acknowledge(ack);
    const pressed = pressedValue(action);
    if (!isBlockAction(body) || !pressed || !('action_id' in action)) return;
    const channel = body.channel?.id ?? '';
    const place = { channel, user: body.user.id, thread: threadOf(body.container) };
    const response = body.response_url ? conversations.responseUrl(body.response_url) : undefined;
    // A card that only its caller sees gives way to what comes of it; a message that others see stays.
    const replacing = body.container?.is_ephemeral === true || isDirect(channel);
    const transport = conversations.privately(place, { response, replacing });
    const aside = conversations.respond(place, conversations.privately(place, { response }));
    // What only failed just now may be pressed again: the card stays.
    const responder = keeping(conversations.respond(place, transport), aside);
    handle({
      key: deliveryKey('click', body.trigger_id, action.action_id),
      delivery: {
        app: body.api_app_id,
        team: body.team?.id,
        enterprise: body.enterprise?.id,
        user: body.user.id,
        channel: body.channel?.id,
      },
      kind: 'click',
      aside,
      async serve(caller, id) {
        const press = readButtonPress(action.action_id, pressed.value);
        if (!press) {
          throw new UserError('conflict', 'This button says nothing that the bot knows.', {
            hint: 'It may be from an older version: ask anew.',
          });
        }
        if (press.kind === 'move') {
          await dispatcher.operate({ move: press.move, operation: press.operation, caller, responder });
        } else if (press.kind === 'invoke') {
          await dispatcher.invoke({ id, invocation: press.invocation, caller, responder });
        } else {
          const converse = (how: { full: boolean; remark?: string }) =>
            conversations.respond(place, transport, how);
          await show({ press, caller, id, channel, sharing: !isDirect(channel), transport, converse });
        }
      },
    });
  });
}

const isBlockAction = (body: SlackAction): body is BlockAction => body.type === 'block_actions';

/** Answers aside what failed, in place everything else. */
const keeping = (inPlace: Responder, aside: Responder): Responder => ({
  place: inPlace.place,
  answer: (answer) => (answer.state === 'failed' ? aside : inPlace).answer(answer),
});

function threadOf(container: unknown): string | undefined {
  if (typeof container !== 'object' || container === null || !('thread_ts' in container)) return undefined;
  return typeof container.thread_ts === 'string' ? container.thread_ts : undefined;
}
