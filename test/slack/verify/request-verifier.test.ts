import type { ConversationsInfoResponse, UsersInfoResponse } from '@slack/web-api';
import { WebAPIPlatformError } from '@slack/web-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGroupMembers } from '../../../src/slack/verify/group-members.ts';
import { createRequestVerifier, type Delivery } from '../../../src/slack/verify/request-verifier.ts';
import { createUserDirectory } from '../../../src/slack/verify/user-directory.ts';
import { rounds, seed } from '../../rounds.ts';

type User = NonNullable<UsersInfoResponse['user']>;
type Channel = NonNullable<ConversationsInfoResponse['channel']>;

const member: User = {
  id: 'U0VERA',
  name: 'vera',
  team_id: 'T0D2OPS',
  deleted: false,
  is_bot: false,
  is_restricted: false,
  is_ultra_restricted: false,
};
const ops: Channel = {
  id: 'C0OPS',
  is_ext_shared: false,
  is_pending_ext_shared: false,
  is_org_shared: false,
};

interface World {
  user?: Partial<User> | Error | undefined;
  channel?: Partial<Channel> | Error | undefined;
  direct?: string | Error | undefined;
  enterprise?: string;
  now?: () => number;
}

const answer = <T>(value: T | Error): Promise<T> =>
  value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
const word = (error: string) => new WebAPIPlatformError({ ok: false, error });

function start({ user = {}, channel = {}, direct = 'D0VERA', enterprise, now = () => 0 }: World = {}) {
  const asked: string[] = [];
  const web = {
    users: {
      info: async () => {
        asked.push('person');
        return { ok: true, user: await answer(user instanceof Error ? user : { ...member, ...user }) };
      },
    },
    conversations: {
      info: async () => {
        asked.push('channel');
        return {
          ok: true,
          channel: await answer(channel instanceof Error ? channel : { ...ops, ...channel }),
        };
      },
      open: async () => {
        asked.push('direct');
        return { ok: true, channel: { id: await answer(direct) } };
      },
    },
  };
  const people = createUserDirectory(web, 'T0D2OPS', now);
  const gate = createRequestVerifier({
    web,
    people,
    app: 'A0D2CHATOPS',
    team: 'T0D2OPS',
    enterprise,
    channels: ['C0OPS'],
    now,
  });
  return { gate, asked };
}

const delivery: Delivery = {
  app: 'A0D2CHATOPS',
  team: 'T0D2OPS',
  enterprise: undefined,
  user: 'U0VERA',
  channel: 'C0OPS',
};

describe('a delivery', () => {
  it('of this app and team is ours', () => {
    expect(start().gate.isOurs(delivery)).toBe(true);
    expect(start({ enterprise: 'E1' }).gate.isOurs({ ...delivery, enterprise: 'E1' })).toBe(true);
  });

  it('of another app, team or enterprise, or with a field missing, is not', () => {
    const other = fc.oneof(
      fc.anything(),
      fc.constantFrom('A0D2CHATOPS ', 'a0d2chatops', 'T0OTHER', 't0d2ops', '', ['T0D2OPS'], ['A0D2CHATOPS']),
    );
    const { gate } = start({ enterprise: 'E1' });
    fc.assert(
      fc.property(
        other,
        fc.constantFrom('app' as const, 'team' as const, 'enterprise' as const),
        (value, field) => {
          const right = { ...delivery, enterprise: 'E1' };
          fc.pre(value !== right[field]);
          expect(gate.isOurs({ ...right, [field]: value })).toBe(false);
        },
      ),
      { seed, numRuns: rounds(500) },
    );
    for (const user of [undefined, null, '', 7])
      expect(gate.isOurs({ ...delivery, enterprise: 'E1', user })).toBe(false);
  });
});

describe('the gate', () => {
  it('lets a full member in, in a configured channel and in the bot’s direct message', async () => {
    const { gate } = start();
    const caller = { id: 'U0VERA', name: 'vera', surface: 'slack' };
    expect(await gate.admit(delivery, 'live')).toEqual(caller);
    expect(await gate.admit({ ...delivery, channel: 'D0VERA' }, 'live')).toEqual(caller);
  });

  const refused: [string, World, Partial<Delivery>, RegExp][] = [
    ['a guest', { user: { is_restricted: true } }, {}, /guests.*U0VERA/],
    ['a single-channel guest', { user: { is_ultra_restricted: true } }, {}, /guests/],
    ['a bot', { user: { is_bot: true } }, {}, /bots/],
    ['a workflow', { user: { is_workflow_bot: true } }, {}, /bots/],
    ['somebody who left', { user: { deleted: true } }, {}, /deactivated/],
    ['a stranger', { user: { is_stranger: true } }, {}, /other workspaces/],
    ['a member of another team', { user: { team_id: 'T0OTHER' } }, {}, /other workspaces/],
    ['somebody without a team', { user: { team_id: undefined } }, {}, /other workspaces/],
    ['somebody else than was asked for', { user: { id: 'U0OMAR' } }, {}, /does not know you/],
    ['somebody unknown', { user: word('user_not_found') }, {}, /does not know you/],
    ...(['deleted', 'is_bot', 'is_restricted', 'is_ultra_restricted'] as const).map(
      (field): [string, World, Partial<Delivery>, RegExp] => [
        `a person without ${field}`,
        { user: { [field]: undefined } },
        {},
        /did not say that you are a full member/,
      ],
    ),
    ['while people can’t be looked up', { user: new Error('down') }, {}, /could not be looked up/],
    ['while the token lacks a scope', { user: word('missing_scope') }, {}, /missing_scope/],
    ['another channel', {}, { channel: 'C0RANDOM' }, /C0OPS.*adds C0RANDOM/],
    ['a group message', {}, { channel: 'G0GROUP' }, /adds G0GROUP/],
    ['no channel', {}, { channel: undefined }, /did not say who asked, or where/],
    ['a shared channel', { channel: { is_ext_shared: true } }, {}, /is shared with others outside.*C0OPS/],
    [
      'a channel about to be shared',
      { channel: { is_pending_ext_shared: true } },
      {},
      /is shared with others outside/,
    ],
    ['an org-shared channel', { channel: { is_org_shared: true } }, {}, /is shared with others outside/],
    [
      'a channel of which Slack says nothing',
      { channel: { is_ext_shared: undefined } },
      {},
      /did not say whether/,
    ],
    ['another channel than was asked for', { channel: { id: 'C0OTHER' } }, {}, /can’t see this channel/],
    ['a channel it can’t see', { channel: word('channel_not_found') }, {}, /invite.*C0OPS/],
    ['while channels can’t be looked up', { channel: new Error('down') }, {}, /could not be looked up/],
    ['a direct message of others', { direct: 'D0OTHER' }, { channel: 'D0VERA' }, /not one with the bot/],
    [
      'a direct message Slack says nothing of',
      { direct: undefined },
      { channel: 'D0OTHER' },
      /not one with the bot/,
    ],
    [
      'while direct messages can’t be looked up',
      { direct: new Error('down') },
      { channel: 'D0VERA' },
      /could not be/,
    ],
  ];
  it.each(refused)('refuses %s, saying so', async (_, world, where, why) => {
    const error: unknown = await start(world)
      .gate.admit({ ...delivery, ...where }, 'live')
      .catch((thrown: unknown) => thrown);
    expect(error).toHaveProperty('name', 'UserError');
    const { message, hint } = error as { message: string; hint: string };
    expect(`${message} ${hint}`).toMatch(why);
  });

  it('remembers for a minute, asks anew at a click, and never remembers a failure', async () => {
    let time = 0;
    const world: World = { now: () => time };
    const { gate, asked } = start(world);
    await gate.admit(delivery, 'cached');
    await gate.admit(delivery, 'cached');
    expect(asked).toHaveLength(2);
    await gate.admit(delivery, 'live');
    expect(asked).toHaveLength(4);
    time = 60_001;
    await gate.admit(delivery, 'cached');
    expect(asked).toHaveLength(6);
    const down = start({ user: new Error('down') });
    await expect(down.gate.admit(delivery, 'cached')).rejects.toThrow();
    await expect(down.gate.admit(delivery, 'cached')).rejects.toThrow();
    expect(down.asked.filter((one) => one === 'person')).toHaveLength(2);
  });

  it('asks once for many who come at once', async () => {
    const { gate, asked } = start();
    await Promise.all(Array.from({ length: 50 }, () => gate.admit(delivery, 'cached')));
    expect(asked).toHaveLength(2);
  });
});

describe('the members of a group', () => {
  function membership(users: (string[] | Error)[], now = () => 0) {
    const asked: string[] = [];
    const list = async ({ usergroup = '' }: { usergroup?: string } = {}) => {
      asked.push(usergroup);
      return { ok: true, users: await answer(users.shift() ?? []) };
    };
    const web = { usergroups: { users: { list } } };
    return { asked, ...createGroupMembers(web, () => Promise.reject(new Error('not asked')), now) };
  }

  it('are kept for reads and asked for anew where it matters', async () => {
    const { members, asked } = membership([['U0OMAR'], ['U0ADA']]);
    expect(await members('S1', 'cached')).toEqual(['U0OMAR']);
    expect(await members('S1', 'cached')).toEqual(['U0OMAR']);
    expect(await members('S1', 'live')).toEqual(['U0ADA']);
    expect(asked).toEqual(['S1', 'S1']);
  });

  it('that are none, or can’t be told, are a refusal', async () => {
    const { members } = membership([[], new Error('down'), word('no_such_subteam')]);
    await expect(members('S1', 'live')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/no members/),
    });
    await expect(members('S1', 'live')).rejects.toMatchObject({
      message: expect.stringMatching(/Slack did not answer/),
    });
    await expect(members('S1', 'live')).rejects.toMatchObject({
      message: expect.stringMatching(/no_such_subteam/),
    });
  });
});
