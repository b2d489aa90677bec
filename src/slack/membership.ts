import { UserError } from '../bot/errors.ts';
import type { Membership } from '../bot/roster.ts';
import type { People } from './people.ts';
import { unavailable, type Web } from './web.ts';

const freshMs = 60_000;

/** Who is in a user group, kept a minute for reads. An empty or failed look-up is a refusal: a group without members gives nobody a role. */
export function createMembership(
  web: Pick<Web, 'usergroups'>,
  people: People,
  now: () => number = Date.now,
): Membership {
  const kept = new Map<string, { at: number; members: readonly string[] }>();
  return {
    async vouch(person, freshness) {
      await people(person, freshness);
    },
    async members(group, freshness) {
      const known = kept.get(group);
      if (freshness === 'cached' && known && now() - known.at < freshMs) return known.members;
      const members = await list(web, group);
      kept.set(group, { at: now(), members });
      return members;
    },
  };
}

async function list(web: Pick<Web, 'usergroups'>, group: string): Promise<readonly string[]> {
  let users: readonly string[] | undefined;
  try {
    users = (await web.usergroups.users.list({ usergroup: group })).users;
  } catch (error) {
    throw unavailable(`Who is in group ${group} could not be looked up`, error);
  }
  if (users && users.length > 0) return users;
  throw new UserError('unavailable', `Group ${group} has no members, by Slack.`, {
    hint: 'Check the id in d2.yaml, and that the group is enabled.',
  });
}
