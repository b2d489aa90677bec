import { randomBytes } from 'node:crypto';
import type { Element } from './blocks/elements.ts';
import { describeMessage } from './chat-methods.ts';
import { app, bot, type Channel, type Person, team } from './directory.ts';
import type { Message } from './messages.ts';

/** Deprecated at Slack, still in every payload. */
const token = 'sandbox-verification';
const enterprise = { enterprise: null, is_enterprise_install: false };

const actor = (person: Person) => ({
  user: { id: person.id, username: person.name, name: person.name, team_id: person.team },
  team: { id: person.team, domain: person.teamDomain },
});

/** Slack hides the names of direct messages. */
const named = (channel: Channel) => ({ id: channel.id, name: channel.name });

export function slashCommand(
  person: Person,
  channel: Channel,
  text: string,
  ids: { trigger_id: string; response_url: string },
): Record<string, unknown> {
  return {
    token,
    team_id: person.team,
    team_domain: person.teamDomain,
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: person.id,
    user_name: person.name,
    command: app.command,
    text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    ...ids,
  };
}

export function blockActions(
  person: Person,
  channel: Channel,
  message: Message,
  element: Element,
  ids: { trigger_id: string; response_url: string },
): Record<string, unknown> {
  return {
    type: 'block_actions',
    ...actor(person),
    api_app_id: app.id,
    token,
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: message.ephemeral !== undefined,
      ...(message.thread ? { thread_ts: message.thread } : {}),
    },
    ...ids,
    ...enterprise,
    channel: named(channel),
    // Slack keeps no copy of an ephemeral message and so sends none.
    ...(message.ephemeral ? {} : { message: describeMessage(message) }),
    state: { values: {} },
    actions: [{ ...element.action, block_id: element.blockId, action_ts: String(Date.now() / 1000) }],
  };
}

export function viewSubmission(
  person: Person,
  view: Record<string, unknown>,
  triggerId: string,
): Record<string, unknown> {
  return {
    type: 'view_submission',
    ...actor(person),
    api_app_id: app.id,
    token,
    trigger_id: triggerId,
    view,
    response_urls: [],
    ...enterprise,
  };
}

/** The Events API's wrapping; each event has an id, which stays when it is sent again. */
export function eventCallback(channel: Channel, event: Record<string, unknown>): Record<string, unknown> {
  return {
    token,
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: `Ev0${randomBytes(5).toString('hex').toUpperCase()}`,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: bot.user,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: channel.extShared,
    event_context: randomBytes(12).toString('base64url'),
  };
}

/** The inner event of something said, by a person or by the bot itself in a direct message. */
export function saidEvent(
  type: 'app_mention' | 'message',
  channel: Channel,
  message: Message,
  person?: Person,
): Record<string, unknown> {
  const away = person?.stranger ? { user_team: person.team, source_team: person.team } : {};
  return {
    ...describeMessage(message),
    type,
    ...(person ? { team: person.team, ...away, client_msg_id: crypto.randomUUID() } : {}),
    channel: channel.id,
    ...(type === 'message' ? { channel_type: channel.kind } : {}),
    event_ts: message.ts,
  };
}
