import type { Caller } from '../bot/caller.ts';
import { UserError } from '../bot/errors.ts';
import { type People, remember } from './people.ts';
import { slackError, unavailable, type Web } from './web.ts';

export interface Delivery {
  app: unknown;
  team: unknown;
  enterprise: unknown;
  user: unknown;
  channel: unknown;
}

export interface GateOptions {
  web: Pick<Web, 'conversations'>;
  people: People;
  app: string;
  team: string;
  enterprise: string | undefined;
  channels: readonly string[];
  now?: () => number;
}

export interface Gate {
  /** Whether a delivery is ours at all; others are dropped without a word. */
  isOurs(delivery: Delivery): boolean;
  /** Who speaks. Throws `UserError` for guests, strangers, bots, wrong channels, and for whatever could not be looked up. */
  admit(delivery: Delivery, freshness: 'cached' | 'live'): Promise<Caller>;
}

/** Closed by default: what is missing, unknown or could not be looked up is refused. */
export function createGate({
  web,
  people,
  app,
  team,
  enterprise,
  channels,
  now = Date.now,
}: GateOptions): Gate {
  const places = remember(now, (id) => checkPlace(web, id));

  return {
    isOurs(delivery) {
      const grid = enterprise === undefined || delivery.enterprise === enterprise;
      return delivery.app === app && delivery.team === team && grid && typeof delivery.user === 'string';
    },
    async admit({ user, channel }, freshness) {
      if (typeof user !== 'string' || typeof channel !== 'string')
        throw new UserError('forbidden', 'Slack did not say who asked, or where.');
      const direct = channel.startsWith('D');
      if (!direct && !channels.includes(channel)) {
        throw new UserError('forbidden', 'Not done: this channel is not one of the bot’s.', {
          hint: `Ask in ${channels.map((id) => id).join(', ')} or in a direct message to the bot. To allow it here, an admin adds ${channel} to channels in d2.yaml.`,
        });
      }
      const [caller] = await Promise.all([
        people(user, freshness),
        direct ? undefined : places(channel, freshness),
      ]);
      return caller;
    },
  };
}

async function checkPlace(web: Pick<Web, 'conversations'>, id: string): Promise<void> {
  const place = await web.conversations.info({ channel: id }).then(
    (answer) => answer.channel,
    (error: unknown) => {
      if (slackError(error) === 'channel_not_found') return undefined;
      throw unavailable('What kind of channel this is could not be looked up', error);
    },
  );
  if (!place)
    throw new UserError('forbidden', 'Not done: the bot can’t see this channel.', {
      hint: `Bring it in with /invite, then ask again. The channel’s id is ${id}.`,
    });
  if (place.is_ext_shared || place.is_pending_ext_shared || place.is_org_shared) {
    throw new UserError('forbidden', 'Not done: this channel is shared with others outside this workspace.', {
      hint: 'Ask in a channel of your own, or in a direct message to the bot.',
    });
  }
}
