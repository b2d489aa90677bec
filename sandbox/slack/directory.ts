/** Who and what there is in the sandbox's Slack workspace. */
export interface Person {
  id: string;
  name: string;
  realName: string;
  team: string;
  teamDomain: string;
  /** What the sandbox's d2.yaml lets them do. */
  role?: 'viewer' | 'operator' | 'admin';
  /** A guest, as `users.info` says it. */
  restricted: boolean;
  /** A user of another team, here through a shared channel. */
  stranger: boolean;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'channel' | 'im';
  /** The other half of a direct message with the bot. */
  person?: string;
  extShared: boolean;
  botIsMember: boolean;
}

export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  members: readonly string[];
}

export const team = { id: 'T0D2OPS', domain: 'd2-ops', name: 'D2 Ops' } as const;
const otherTeam = { id: 'T0OTHER', domain: 'other' } as const;
export const app = { id: 'A0D2CHATOPS', command: '/d2' } as const;
export const bot = { id: 'B0D2BOT', user: 'U0D2BOT', name: 'd2' } as const;
export const tokens = { bot: 'xoxb-sandbox-bot', app: 'xapp-sandbox-app' } as const;
export const slackbot = 'USLACKBOT';

function person(name: string, realName: string, more: Partial<Person> = {}): Person {
  return {
    id: `U0${name.toUpperCase()}`,
    name,
    realName,
    team: team.id,
    teamDomain: team.domain,
    restricted: false,
    stranger: false,
    ...more,
  };
}

export const people: readonly Person[] = [
  person('vera', 'Vera Viewer', { role: 'viewer' }),
  person('omar', 'Omar Operator', { role: 'operator' }),
  person('ada', 'Ada Admin', { role: 'admin' }),
  person('amir', 'Amir Admin', { role: 'admin' }),
  person('gus', 'Gus Guest', { restricted: true }),
  person('zoe', 'Zoe Elsewhere', { team: otherTeam.id, teamDomain: otherTeam.domain, stranger: true }),
];

const channel = (name: string, more: Partial<Channel> = {}): Channel => ({
  id: `C0${name.toUpperCase()}`,
  name,
  kind: 'channel',
  extShared: false,
  botIsMember: true,
  ...more,
});

export const channels: readonly Channel[] = [
  channel('ops'),
  channel('random', { botIsMember: false }),
  channel('shared', { extShared: true }),
  ...people.map((each) => ({
    id: each.id.replace(/^U/, 'D'),
    name: 'directmessage',
    kind: 'im' as const,
    person: each.id,
    extShared: each.stranger,
    botIsMember: true,
  })),
];

export const userGroups: readonly UserGroup[] = [
  { id: 'S0OPERATORS', handle: 'operators', name: 'Operators', members: ['U0OMAR'] },
  { id: 'S0ADMINS', handle: 'admins', name: 'Admins', members: ['U0ADA', 'U0AMIR'] },
];

const bare = (word: string) => word.trim().replace(/^[@#]/, '').toLowerCase();

/** By id or by name, any case, with or without `@`. */
export function findPerson(word: string): Person | undefined {
  return people.find((each) => each.id.toLowerCase() === bare(word) || each.name === bare(word));
}

/** By id or by name, with or without `#`; `dm` is the caller's direct message with the bot. */
export function findChannel(word: string, caller?: Person): Channel | undefined {
  const wanted = bare(word);
  if (wanted === 'dm')
    return channels.find((each) => each.person !== undefined && each.person === caller?.id);
  return channels.find((each) => each.id.toLowerCase() === wanted || (!each.person && each.name === wanted));
}

/** The direct message with one person. */
export function findDirectMessage(user: string): Channel | undefined {
  return channels.find((each) => each.person === user);
}
