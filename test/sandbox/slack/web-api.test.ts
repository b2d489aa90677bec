import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tokens } from '../../../sandbox/slack/directory.ts';
import { type StartedWorkspace, startWorkspace } from './workspace-app.ts';

let place: StartedWorkspace;
beforeAll(async () => {
  place = await startWorkspace();
});
afterAll(() => place.close());
beforeEach(async () => {
  await place.post('reset', {});
});

const post = (more: Record<string, unknown> = {}) =>
  place.call('chat.postMessage', { channel: 'C0OPS', text: 'hello', ...more });
const text = (words: string) => ({ type: 'mrkdwn', text: words });
const section = (words: string, more: Record<string, unknown> = {}) => ({
  type: 'section',
  text: text(words),
  ...more,
});
const button = (label: string, more: Record<string, unknown> = {}) => ({
  type: 'button',
  text: { type: 'plain_text', text: label },
  ...more,
});

async function reasonsFor(blocks: unknown) {
  const { body } = await post({ blocks });
  return { error: body.error, reasons: body.response_metadata?.messages?.join('\n') };
}

describe('the Web API', () => {
  it('knows its tokens apart', async () => {
    expect((await place.call('auth.test')).body).toMatchObject({
      ok: true,
      team_id: 'T0D2OPS',
      user_id: 'U0D2BOT',
    });
    expect((await place.call('auth.test', {}, 'xoxb-stolen')).body).toEqual({
      ok: false,
      error: 'invalid_auth',
    });
    expect((await place.call('auth.test', {}, tokens.app)).body.error).toBe('not_allowed_token_type');
    const opened = await place.call('apps.connections.open', {}, tokens.app);
    expect(opened.body.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/slack\/socket\?ticket=/);
  });

  it('refuses a method that it does not have, and names it on stderr', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect((await place.call('chat.teleport')).body).toMatchObject({ ok: false, error: 'unknown_method' });
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining('chat.teleport'));
    stderr.mockRestore();
  });

  it('takes JSON bodies as well', async () => {
    const response = await fetch(`${place.url}/slack/api/chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.bot}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'C0OPS', text: '', blocks: [section('from JSON')] }),
    });
    expect(await response.json()).toMatchObject({
      ok: true,
      message: { blocks: [{ text: { text: 'from JSON' } }] },
    });
  });

  it('posts only where the bot is, never the same ts twice', async () => {
    const [one, two] = [await post(), await post()];
    expect(one.body.ts).toMatch(/^\d{10}\.\d{6}$/);
    expect(two.body.ts > one.body.ts).toBe(true);
    expect((await post({ channel: 'C0RANDOM' })).body.error).toBe('not_in_channel');
    expect((await post({ channel: 'C0NOWHERE' })).body.error).toBe('channel_not_found');
    expect((await post({ text: '' })).body.error).toBe('no_text');
    expect((await post({ text: 'x'.repeat(40_001) })).body.error).toBe('msg_too_long');
    expect((await post({ thread_ts: '1.000000' })).body.error).toBe('cannot_reply_to_message');
  });

  it('allows a message a second and channel after a short burst', async () => {
    for (let count = 0; count < 5; count += 1) expect((await post()).status).toBe(200);
    const throttled = await post();
    expect([throttled.status, throttled.headers.get('retry-after'), throttled.body.error]).toEqual([
      429,
      '1',
      'ratelimited',
    ]);
    expect((await post({ channel: 'C0SHARED' })).status).toBe(200);
    place.clock.advance(1000);
    expect((await post()).status).toBe(200);
  });

  it('allows fifty edits a minute', async () => {
    const { body } = await post();
    const edit = () => place.call('chat.update', { channel: 'C0OPS', ts: body.ts, text: 'edited' });
    const answers = await Promise.all(Array.from({ length: 60 }, edit));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(9);
    expect(await place.get('messages?channel=ops')).toMatchObject([
      { text: 'edited', edited: { count: expect.any(Number) } },
    ]);
  });

  it('edits only what the bot said to all', async () => {
    const update = (ts: string) => place.call('chat.update', { channel: 'C0OPS', ts, text: 'edited' });
    const { body } = await place.post('say', { user: 'vera', channel: 'ops', text: 'mine' });
    expect((await update(body.said.ts)).body.error).toBe('cant_update_message');
    expect((await update('1.000000')).body.error).toBe('message_not_found');
    const ephemeral = await place.call('chat.postEphemeral', {
      channel: 'C0OPS',
      user: 'U0VERA',
      text: 'psst',
    });
    expect((await update(ephemeral.body.message_ts)).body.error).toBe('message_not_found');
  });

  it('keeps the blocks when an edit brings none, and deletes for good', async () => {
    const { body } = await post({ blocks: [section('kept')] });
    await place.call('chat.update', { channel: 'C0OPS', ts: body.ts, text: 'new words' });
    expect(await place.get('messages?channel=ops')).toMatchObject([
      { text: 'new words', blocks: [{ text: { text: 'kept' } }] },
    ]);
    expect((await place.call('chat.delete', { channel: 'C0OPS', ts: body.ts })).body.ok).toBe(true);
    expect(await place.get('messages?channel=ops')).toEqual([]);
  });

  it('knows guests, strangers, shared channels and groups', async () => {
    expect((await place.call('users.info', { user: 'U0GUS' })).body.user.is_restricted).toBe(true);
    expect((await place.call('users.info', { user: 'U0ZOE' })).body.user).toMatchObject({
      team_id: 'T0OTHER',
      is_stranger: true,
    });
    expect((await place.call('users.info', { user: 'U0NOBODY' })).body.error).toBe('user_not_found');
    expect((await place.call('conversations.info', { channel: 'C0SHARED' })).body.channel.is_ext_shared).toBe(
      true,
    );
    expect((await place.call('conversations.open', { users: 'U0OMAR' })).body.channel.id).toBe('D0OMAR');
    expect((await place.call('usergroups.users.list', { usergroup: 'S0ADMINS' })).body.users).toEqual([
      'U0ADA',
      'U0AMIR',
    ]);
    expect((await place.call('usergroups.users.list', { usergroup: 'S0GONE' })).body.error).toBe(
      'no_such_subteam',
    );
  });
});

describe("Slack's block rules", () => {
  it.each([
    [
      'more than 50 blocks',
      Array.from({ length: 51 }, () => ({ type: 'divider' })),
      'no more than 50 items allowed',
    ],
    [
      'a section over 3,000 characters',
      [section('x'.repeat(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty text', [section('')], 'must be more than 0 characters'],
    [
      'a header over 150',
      [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
      'less than 151',
    ],
    ['a header in mrkdwn', [{ type: 'header', text: text('*x*') }], '/blocks/0/text/type'],
    [
      'eleven fields',
      [{ type: 'section', fields: Array.from({ length: 11 }, () => text('x')) }],
      'no more than 10 items',
    ],
    [
      '26 buttons',
      [{ type: 'actions', elements: Array.from({ length: 26 }, () => button('x')) }],
      'no more than 25 items',
    ],
    ['a label over 75', [{ type: 'actions', elements: [button('x'.repeat(76))] }], 'less than 76'],
    [
      'a value over 2,000',
      [{ type: 'actions', elements: [button('x', { value: 'x'.repeat(2001) })] }],
      'less than 2001',
    ],
    [
      'an action_id over 255',
      [{ type: 'actions', elements: [button('x', { action_id: 'x'.repeat(256) })] }],
      'less than 256',
    ],
    ['a block_id over 255', [section('x', { block_id: 'x'.repeat(256) })], 'less than 256'],
    [
      'a block_id twice',
      [section('x', { block_id: 'a' }), section('y', { block_id: 'a' })],
      'block_id `a` already exists',
    ],
    [
      'an action_id twice in a block',
      [{ type: 'actions', elements: [button('x', { action_id: 'a' }), button('y', { action_id: 'a' })] }],
      'action_id `a` already exists',
    ],
    ['an unknown block', [{ type: 'sektion', text: text('x') }], '/blocks/0'],
    [
      'an unknown element',
      [{ type: 'actions', elements: [{ ...button('x'), type: 'knob' }] }],
      '/blocks/0/elements/0',
    ],
    [
      'a field that does not exist',
      [section('x', { colour: 'red' })],
      'no additional properties allowed: colour',
    ],
    ['a section without text', [{ type: 'section' }], 'missing required field: text'],
    [
      '21 columns',
      [{ type: 'table', rows: [Array.from({ length: 21 }, () => ({ type: 'raw_text', text: 'x' }))] }],
      'no more than 20',
    ],
  ])('refuse %s', async (_, blocks, reason) => {
    const refused = await reasonsFor(blocks);
    expect(refused.error).toBe('invalid_blocks');
    expect(refused.reasons).toContain(reason);
    expect(await place.get('messages')).toEqual([]);
  });

  it('refuse a message of more than 13,000 characters in all', async () => {
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2900)));
    expect((await reasonsFor(blocks)).error).toBe('msg_blocks_too_long');
  });

  it('take what is allowed, and name what came without a name', async () => {
    const blocks = [
      section('a section', { accessory: button('Press') }),
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'log' }] }],
      },
      { type: 'context', elements: [text('a note')] },
      {
        type: 'table',
        rows: [
          [
            { type: 'raw_text', text: 'a' },
            { type: 'raw_number', value: 1, text: '1' },
          ],
        ],
      },
      {
        type: 'actions',
        elements: [
          button('One', { value: 'x', style: 'danger', confirm: { text: text('Sure?') } }),
          button('Two'),
        ],
      },
      { type: 'divider' },
    ];
    const { body } = await post({ blocks });
    expect(body.ok).toBe(true);
    const ids = body.message.blocks.map((block: { block_id: string }) => block.block_id);
    expect(new Set(ids).size).toBe(6);
    expect(body.message.blocks[4]?.elements[0]?.action_id).toEqual(expect.any(String));
  });
});

describe('a modal', () => {
  const view = { type: 'modal', title: { type: 'plain_text', text: 'Add' }, blocks: [] };

  it('needs a trigger_id that Slack gave out', async () => {
    expect((await place.call('views.open', { trigger_id: '1.2.3', view })).body.error).toBe(
      'invalid_trigger_id',
    );
    expect(
      (await place.call('views.open', { trigger_id: '1.2.3', view: { type: 'modal' } })).body.error,
    ).toBe('invalid_arguments');
  });
});
