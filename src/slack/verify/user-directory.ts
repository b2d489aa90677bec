import type { Caller } from '../../core/access/caller.ts';
import { UserError } from '../../core/reply/errors.ts';
import { slackError, unavailable, type Web } from '../web.ts';
import { createTtlCache } from './ttl-cache.ts';

/** What of Slack it asks. */
interface PeopleLookup {
  users: Pick<Web['users'], 'info'>;
}

/** Who an id is. Throws `UserError` for anyone but a full member of the workspace, and when Slack can't say. */
export type UserDirectory = (id: string, freshness: 'cached' | 'live') => Promise<Caller>;

export function createUserDirectory(
  web: PeopleLookup,
  team: string,
  now: () => number = Date.now,
): UserDirectory {
  return createTtlCache(now, (id) => findPerson(web, team, id));
}

async function findPerson(web: PeopleLookup, team: string, id: string): Promise<Caller> {
  const user = await web.users.info({ user: id }).then(
    (answer) => answer.user,
    (error: unknown) => {
      if (slackError(error) === 'user_not_found') return undefined;
      throw unavailable(`Who ${id} is could not be looked up`, error);
    },
  );
  const refuse = (why: string) =>
    new UserError('forbidden', `Not done: ${why}.`, {
      hint: `Only full members of this workspace may use the bot. Your id is ${id}.`,
    });
  if (!user || user.id !== id) throw refuse('Slack does not know you here');
  if (user.deleted) throw refuse('this account is deactivated');
  if (user.is_bot || user.is_workflow_bot) throw refuse('bots may not use this bot');
  if (user.is_restricted || user.is_ultra_restricted) throw refuse('guests may not use this bot');
  if (user.is_stranger || user.team_id !== team)
    throw refuse('people of other workspaces may not use this bot');
  const flags = [user.deleted, user.is_bot, user.is_restricted, user.is_ultra_restricted];
  if (flags.some((flag) => flag !== false)) throw refuse('Slack did not say that you are a full member');
  return { id, name: user.profile?.display_name || user.real_name || user.name || id, surface: 'slack' };
}
