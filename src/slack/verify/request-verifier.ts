import type { Caller } from '../../core/access/caller.ts';
import { UserError } from '../../core/reply/errors.ts';
import { slackError, unavailable, type Web } from '../web.ts';
import { createTtlCache } from './ttl-cache.ts';
import type { UserDirectory } from './user-directory.ts';

export interface Delivery {
  app: unknown;
  team: unknown;
  enterprise: unknown;
  user: unknown;
  channel: unknown;
}

interface PlaceLookup {
  conversations: Pick<Web['conversations'], 'info' | 'open'>;
}

export interface RequestVerifierOptions {
  web: PlaceLookup;
  people: UserDirectory;
  app: string;
  team: string;
  enterprise: string | undefined;
  channels: readonly string[];
  now?: () => number;
}

export interface RequestVerifier {
  /** Whether a delivery is ours at all; others are dropped without a word. */
  isOurs(delivery: Delivery): boolean;
  /** Who speaks. Throws `UserError` for guests, strangers, bots, wrong channels, and for whatever could not be looked up. */
  admit(delivery: Delivery, freshness: 'cached' | 'live'): Promise<Caller>;
}

/** Closed by default: what is missing, unknown or could not be looked up is refused. */
export function createRequestVerifier({
  web,
  people,
  app,
  team,
  enterprise,
  channels,
  now = Date.now,
}: RequestVerifierOptions): RequestVerifier {
  const places = createTtlCache(now, (id) => checkPlace(web, id));
  const directs = createTtlCache(now, (user) => findDirect(web, user));

  async function checkDirect(user: string, channel: string): Promise<void> {
    // A person's direct message with the bot stays the same one for ever: no need to ask live.
    if ((await directs(user, 'cached')) === channel) return;
    throw new UserError('forbidden', 'Not done: this direct message is not one with the bot.', {
      hint: 'Ask in the bot’s own direct message, or in one of its channels.',
    });
  }

  return {
    isOurs(delivery) {
      const grid = enterprise === undefined || delivery.enterprise === enterprise;
      return (
        delivery.app === app &&
        delivery.team === team &&
        grid &&
        typeof delivery.user === 'string' &&
        delivery.user !== ''
      );
    },
    async admit({ user, channel }, freshness) {
      if (typeof user !== 'string' || typeof channel !== 'string')
        throw new UserError('forbidden', 'Slack did not say who asked, or where.');
      const isDirect = channel.startsWith('D');
      if (!isDirect && !channels.includes(channel)) {
        const elsewhere = channels.length > 0 ? `in ${channels.join(', ')} or ` : '';
        throw new UserError('forbidden', 'Not done: this channel is not one of the bot’s.', {
          hint: `Ask ${elsewhere}in a direct message to the bot. To allow it here, an admin adds ${channel} to channels in d2.yaml.`,
        });
      }
      const place = isDirect ? checkDirect(user, channel) : places(channel, freshness);
      // Asked at once, but who is refused hears of themselves first.
      const [person, where] = await Promise.allSettled([people(user, freshness), place]);
      if (person.status === 'rejected') throw person.reason;
      if (where.status === 'rejected') throw where.reason;
      return person.value;
    },
  };
}

/** The direct message that the bot has with somebody; opening one that is open changes nothing. */
async function findDirect(web: PlaceLookup, user: string): Promise<string | undefined> {
  try {
    return (await web.conversations.open({ users: user })).channel?.id;
  } catch (error) {
    throw unavailable('Whether this is your direct message with the bot could not be looked up', error);
  }
}

async function checkPlace(web: PlaceLookup, id: string): Promise<void> {
  const place = await web.conversations.info({ channel: id }).then(
    (answer) => answer.channel,
    (error: unknown) => {
      if (slackError(error) === 'channel_not_found') return undefined;
      throw unavailable('What kind of channel this is could not be looked up', error);
    },
  );
  if (!place || place.id !== id)
    throw new UserError('forbidden', 'Not done: the bot can’t see this channel.', {
      hint: `Bring it in with /invite, then ask again. The channel’s id is ${id}.`,
    });
  const shared = [place.is_ext_shared, place.is_pending_ext_shared, place.is_org_shared];
  if (shared.some((flag) => flag === true)) {
    throw new UserError('forbidden', 'Not done: this channel is shared with others outside this workspace.', {
      hint: `Ask in a channel of your own, or in a direct message to the bot. The channel’s id is ${id}.`,
    });
  }
  if (shared.some((flag) => flag !== false)) {
    throw new UserError(
      'forbidden',
      'Not done: Slack did not say whether this channel is shared with others.',
      {
        hint: `Ask in another channel, or in a direct message to the bot. The channel’s id is ${id}.`,
      },
    );
  }
}
