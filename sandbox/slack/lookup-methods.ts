import { Refusal } from './call.ts';
import type { Method } from './chat-methods.ts';
import {
  bot,
  type Channel,
  channels,
  findDirectMessage,
  type Person,
  people,
  team,
  userGroups,
} from './directory.ts';

const zone = { tz: 'Asia/Kuala_Lumpur', tz_label: 'Malaysia Time', tz_offset: 28_800 };

function describePerson(person: Person): Record<string, unknown> {
  return {
    id: person.id,
    team_id: person.team,
    name: person.name,
    real_name: person.realName,
    deleted: false,
    ...zone,
    profile: { real_name: person.realName, display_name: person.name, team: person.team },
    is_admin: false,
    is_owner: false,
    is_restricted: person.restricted,
    is_ultra_restricted: false,
    is_bot: false,
    is_app_user: false,
    ...(person.stranger ? { is_stranger: true } : {}),
  };
}

const botPerson = {
  id: bot.user,
  team_id: team.id,
  name: bot.name,
  real_name: bot.name,
  deleted: false,
  ...zone,
  profile: { real_name: bot.name, display_name: bot.name, bot_id: bot.id, team: team.id },
  is_restricted: false,
  is_ultra_restricted: false,
  is_bot: true,
  is_app_user: false,
};

function describeChannel(channel: Channel): Record<string, unknown> {
  if (channel.kind === 'im') {
    return {
      id: channel.id,
      is_im: true,
      user: channel.person,
      is_ext_shared: channel.extShared,
      is_shared: channel.extShared,
      is_org_shared: false,
      is_archived: false,
      context_team_id: team.id,
    };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: false,
    is_archived: false,
    is_general: false,
    is_member: channel.botIsMember,
    is_shared: channel.extShared,
    is_ext_shared: channel.extShared,
    is_org_shared: false,
    is_pending_ext_shared: false,
    context_team_id: team.id,
    num_members: people.length,
  };
}

const describeGroup = ({ id, handle, name, members }: (typeof userGroups)[number]) => ({
  id,
  team_id: team.id,
  is_usergroup: true,
  name,
  handle,
  date_delete: 0,
  user_count: members.length,
});

export function createLookupMethods(): Record<string, Method> {
  return {
    'auth.test': () => ({
      url: `https://${team.domain}.slack.com/`,
      team: team.name,
      user: bot.name,
      team_id: team.id,
      user_id: bot.user,
      bot_id: bot.id,
      is_enterprise_install: false,
    }),
    'users.info': (args) => {
      const id = args.text('user');
      if (id === bot.user) return { user: botPerson };
      const person = people.find((each) => each.id === id);
      if (!person) throw new Refusal('user_not_found');
      return { user: describePerson(person) };
    },
    'conversations.info': (args) => {
      const channel = channels.find((each) => each.id === args.text('channel'));
      if (!channel) throw new Refusal('channel_not_found');
      return { channel: describeChannel(channel) };
    },
    'conversations.open': (args) => {
      const users = args.text('users').split(',').filter(Boolean);
      if (users.length > 1) throw new Refusal('method_not_supported_for_channel_type');
      const channel = users[0]
        ? findDirectMessage(users[0])
        : channels.find((each) => each.id === args.text('channel'));
      if (!channel) throw new Refusal(users[0] ? 'user_not_found' : 'channel_not_found');
      return { already_open: true, no_op: true, channel: { id: channel.id } };
    },
    'usergroups.list': (args) => ({
      usergroups: userGroups.map((group) => ({
        ...describeGroup(group),
        ...(args.flag('include_users') ? { users: [...group.members] } : {}),
      })),
    }),
    'usergroups.users.list': (args) => {
      const group = userGroups.find((each) => each.id === args.text('usergroup'));
      if (!group) throw new Refusal('no_such_subteam');
      return { users: [...group.members] };
    },
  };
}
