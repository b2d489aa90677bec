import { UserError } from '../../core/reply/errors.ts';
import type { Membership } from '../../core/access/role-directory.ts';
import type { People } from './user-directory.ts';
import { remember } from './ttl-cache.ts';
import { unavailable, type Web } from '../web.ts';

interface GroupLookup {
  usergroups: { users: Pick<Web['usergroups']['users'], 'list'> };
}

/** Who is in a user group, kept a minute for reads. An empty or failed look-up is a refusal: a group without members gives nobody a role. */
export function createMembership(web: GroupLookup, people: People, now: () => number = Date.now): Membership {
  return {
    async vouch(person, freshness) {
      await people(person, freshness);
    },
    members: remember(now, (group) => list(web, group)),
  };
}

async function list(web: GroupLookup, group: string): Promise<readonly string[]> {
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
