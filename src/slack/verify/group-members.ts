import type { MembershipLookup } from '../../core/access/role-directory.ts';
import { UserError } from '../../core/reply/errors.ts';
import { unavailable, type Web } from '../web.ts';
import { createTtlCache } from './ttl-cache.ts';
import type { UserDirectory } from './user-directory.ts';

interface GroupLookup {
  usergroups: { users: Pick<Web['usergroups']['users'], 'list'> };
}

/** Who is in a user group, kept a minute for reads. An empty or failed look-up is a refusal: a group without members gives nobody a role. */
export function createGroupMembers(
  web: GroupLookup,
  people: UserDirectory,
  now: () => number = Date.now,
): MembershipLookup {
  return {
    async assertMember(person, freshness) {
      await people(person, freshness);
    },
    members: createTtlCache(now, (group) => list(web, group)),
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
