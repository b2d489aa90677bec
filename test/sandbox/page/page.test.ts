import type { App } from '@slack/bolt';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../../sandbox/interfaces.ts';
import { chromiumPath, hasChromium, startBrowser } from '../../../scripts/chromium.ts';
import { has } from '../../needs.ts';
import { buttons, checklist, status, stopCard } from './sample-replies.ts';
import {
  type OpenedPage,
  openPage,
  reopenPage,
  type ScriptedPage,
  startScriptedPage,
} from './scripted-page.ts';

if (!hasChromium) console.warn(`The page's tests are skipped: there is no ${chromiumPath}.`);

const channel = 'C0OPS';
const id = '01KAZ0000000000000000000AA';

/** Those who wait for `opened` go on once the test opens it. */
function createLatch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

let latch = createLatch();

function listen(app: App): void {
  app.command('/d2', async ({ command, ack, respond, client }) => {
    await ack();
    if (command.text === 'status') await respond({ text: 'dev is up and well', blocks: status(id) });
    else if (command.text === 'stop dev') await respond({ text: 'Stop dev?', blocks: stopCard(id) });
    else if (command.text === 'ask') {
      await client.views.open({
        trigger_id: command.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'ask',
          title: { type: 'plain_text', text: 'Create a user' },
          submit: { type: 'plain_text', text: 'Create' },
          blocks: [
            {
              type: 'input',
              block_id: 'email',
              label: { type: 'plain_text', text: 'Email' },
              element: { type: 'plain_text_input', action_id: 'email' },
            },
          ],
        },
      });
    } else await respond({ text: `You said ${command.text}` });
  });
  app.view('ask', async ({ ack, view, client, body }) => {
    const email = view.state.values.email?.email?.value ?? '';
    if (!email.includes('@')) return ack({ response_action: 'errors', errors: { email: 'No @ in it' } });
    await ack();
    await client.chat.postEphemeral({ channel, user: body.user.id, text: `Created ${email}` });
  });
  app.action(/.*/, async ({ ack, action, respond, client }) => {
    await ack();
    const name = 'action_id' in action ? action.action_id : '';
    if (name !== 'move:stop dev') return;
    await respond({ delete_original: true });
    const { ts = '' } = await client.chat.postMessage({
      channel,
      text: 'Stopping dev',
      blocks: checklist(id, 1),
    });
    await latch.opened;
    await client.chat.update({ channel, ts, text: 'dev is stopped', blocks: checklist(id, 4) });
    await client.chat.postMessage({ channel, thread_ts: ts, text: '<@U0OMAR> dev is stopped · 6 m 12 s' });
  });
}

describe.skipIf(!has('Chromium', hasChromium))('the page', () => {
  let sandbox: ScriptedPage;
  let browser: Browser;
  let window: OpenedPage | undefined;
  let isTaken = false;
  let others: OpenedPage[] = [];
  /** All tests have one window, since a new one costs Chromium a process, and another only for a second look. */
  const open = async (place?: string) => {
    if (isTaken || !window) return openAnother(place);
    isTaken = true;
    return reopenPage(window, sandbox, place);
  };
  const openAnother = async (...where: [place?: string, options?: Parameters<typeof openPage>[3]]) => {
    const one = await openPage(browser, sandbox, ...where);
    others.push(one);
    return one;
  };

  beforeAll(async () => {
    [sandbox, browser] = await Promise.all([startScriptedPage(listen), startBrowser()]);
    window = await openPage(browser, sandbox);
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
  });
  beforeEach(async () => {
    latch = createLatch();
    isTaken = false;
    others = [];
    sandbox.show([]);
    await sandbox.reset();
  });
  afterEach(async () => {
    for (const { page } of others) await page.context().close();
  });

  it('tells a newcomer what to type first, and types it', async () => {
    const { page, faults } = await open();
    const welcome = page.getByRole('region', { name: 'Welcome' });
    expect(await welcome.getByRole('button').count()).toBe(3);
    await welcome.getByRole('button', { name: '/d2 status' }).click();
    await page.getByRole('article', { name: 'd2' }).getByText('dev is up and well').waitFor();
    expect(await welcome.count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('takes a command by keyboard alone, suggesting and recalling it', async () => {
    const { page } = await open();
    const box = page.getByRole('textbox', { name: 'Message #ops' });
    await page.keyboard.type('/d2 sta');
    const offers = page.getByRole('listbox', { name: 'Commands' });
    expect(await offers.getByRole('option').allTextContents()).toEqual([
      expect.stringContaining('/d2 status'),
      expect.stringContaining('/d2 start dev'),
    ]);
    await page.keyboard.press('Tab');
    expect(await box.inputValue()).toBe('/d2 status');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article', { name: /only visible to you/ });
    await answer.getByText('1/1 healthy').waitFor();
    expect(await answer.getByRole('button').allTextContents()).toEqual([
      'Logs',
      'Restart',
      'Stop…',
      'Details',
      'Share',
    ]);
    expect(await answer.locator(`[data-block-id="d2:${id}:done"]`).count()).toBe(1);
    expect(await box.inputValue()).toBe('');
    await page.keyboard.press('ArrowUp');
    expect(await box.inputValue()).toBe('/d2 status');
  });

  it('presses a button and watches the message change until it is over', async () => {
    const { page, faults } = await open();
    await sandbox.say('omar', '/d2 stop dev');
    await page.getByRole('button', { name: 'Stop dev', exact: true }).click();
    const operation = page.getByRole('article', { name: 'd2' });
    await operation.getByText('Stopping dev').waitFor();
    expect(await operation.getByText('(edited)').count()).toBe(0);
    latch.open();
    await operation.getByText('dev is stopped', { exact: true }).waitFor();
    await operation.getByText('(edited)').waitFor();
    await page.getByRole('button', { name: '1 reply' }).click();
    await page
      .getByRole('region', { name: /Thread of/ })
      .getByText('@omar dev is stopped · 6 m 12 s')
      .waitFor();
    expect(await page.getByRole('button', { name: 'Stop dev', exact: true }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('holds a pressed button until the bot was heard', async () => {
    const { page } = await open();
    await sandbox.app.client.chat.postMessage({ channel, text: 'Press', blocks: [buttons('Status')] });
    // The bot does nothing with it: the sandbox goes on waiting.
    const button = page.getByRole('button', { name: 'Status' });
    await button.click();
    await page.locator('button[aria-busy=true]').waitFor();
    expect(await button.isDisabled()).toBe(true);
    await sandbox.app.client.chat.postEphemeral({ channel, user: 'U0OMAR', text: 'Heard' });
    await page.getByRole('log').getByText('Heard').waitFor();
    // The answer may be seen a moment before the bot’s word that it was heard.
    await expect.poll(() => button.isDisabled()).toBe(false);
  });

  it('hides what is only for one from everybody else, also after switching to them', async () => {
    const { page } = await open('omar/ops');
    const { page: other } = await open('vera/ops');
    await sandbox.app.client.chat.postEphemeral({ channel, user: 'U0OMAR', text: 'for Omar alone' });
    await sandbox.app.client.chat.postMessage({ channel, text: 'for all' });
    await page.getByRole('log').getByText('for Omar alone').waitFor();
    await other.getByRole('log').getByText('for all').waitFor();
    expect(await other.getByRole('log').getByText('for Omar alone').count()).toBe(0);
    await page.getByRole('radio', { name: /vera/i }).check();
    await page.getByRole('log').getByText('for Omar alone').waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: /omar/i }).check();
    await page.getByRole('log').getByText('for Omar alone').waitFor();
  });

  it('speaks as the user it was switched to, in the channel it was switched to', async () => {
    const { page } = await open();
    await page.getByRole('radio', { name: /ada/i }).check();
    await page.getByRole('button', { name: 'random' }).click();
    await page.getByRole('textbox', { name: 'Message #random' }).fill('good morning <b>all</b>');
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: /^ada,/ }).getByText('good morning <b>all</b>').waitFor();
    await page.getByRole('button', { name: 'ops' }).click();
    await page.getByRole('log').getByText('good morning').waitFor({ state: 'detached' });
  });

  it('tells of a channel in which something was said meanwhile', async () => {
    const { page } = await open('omar/random');
    await sandbox.say('vera', 'are you there?');
    await page.getByRole('button', { name: /ops.*new/ }).click();
    await page.getByRole('log').getByText('are you there?').waitFor();
    expect(await page.getByRole('button', { name: /ops.*new/ }).count()).toBe(0);
  });

  it('replies in a thread', async () => {
    const { page } = await open();
    await sandbox.say('vera', 'who stopped dev?');
    await page.getByRole('button', { name: /Reply in thread to vera/ }).click();
    await page.getByRole('textbox', { name: 'Reply in thread' }).fill('me');
    await page.keyboard.press('Enter');
    await page
      .getByRole('region', { name: /Thread of vera/ })
      .getByRole('article', { name: /^omar,/ })
      .waitFor();
    await page.getByRole('button', { name: '1 reply' }).waitFor();
  });

  it('still shows a reply whose thread was deleted', async () => {
    const { page } = await open();
    const { ts = '' } = await sandbox.app.client.chat.postMessage({ channel, text: 'the root' });
    await sandbox.app.client.chat.postMessage({ channel, thread_ts: ts, text: 'the end' });
    await page.getByRole('button', { name: '1 reply' }).waitFor();
    await sandbox.app.client.chat.delete({ channel, ts });
    await page.getByRole('log').getByText('the end').waitFor();
    expect(await page.getByRole('log').getByText('the root').count()).toBe(0);
  });

  it("shows the sandbox's refusals", async () => {
    const { page } = await open();
    await sandbox.say('vera', 'a thread');
    await page.getByRole('button', { name: /Reply in thread to vera/ }).click();
    await page.getByRole('textbox', { name: 'Reply in thread' }).fill('/d2 status');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('/d2 is not supported in threads').waitFor();
  });

  it('asks first where a button says so', async () => {
    const { page } = await open();
    await sandbox.app.client.chat.postMessage({
      channel,
      text: 'Delete?',
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'delete',
              style: 'danger',
              text: { type: 'plain_text', text: 'Delete' },
              confirm: {
                title: { type: 'plain_text', text: 'Really?' },
                text: { type: 'mrkdwn', text: 'It is *gone* then.' },
                confirm: { type: 'plain_text', text: 'Do it' },
                deny: { type: 'plain_text', text: 'Keep' },
              },
            },
          ],
        },
      ],
    });
    const clicks: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/sandbox/click')) clicks.push(request.postData() ?? '');
    });
    const dialog = page.getByRole('dialog', { name: 'Really?' });
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(clicks).toEqual([]);
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await expect.poll(() => clicks).toEqual([expect.stringContaining('"action":"delete"')]);
  });

  it("fills a modal in, shows the app's errors, and closes once it was taken", async () => {
    const { page } = await open();
    await sandbox.say('omar', '/d2 ask');
    const modal = page.getByRole('dialog', { name: 'Create a user' });
    await modal.getByLabel('Email').fill('nobody');
    await modal.getByRole('button', { name: 'Create' }).click();
    await modal.getByText('No @ in it').waitFor();
    await modal.getByLabel('Email').fill('rider@example.com');
    await modal.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('log').getByText('Created rider@example.com').waitFor();
    await modal.waitFor({ state: 'detached' });
  });

  it('keeps hostile text text', async () => {
    const { page, faults } = await open();
    const hostile = `<img src=x onerror="window.hit=1"><script>window.hit=1</script> javascript:alert(1)`;
    const escaped = hostile.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    await sandbox.app.client.chat.postMessage({
      channel,
      text: 'x',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `${escaped} <javascript:alert(1)|press>` } },
        { type: 'header', text: { type: 'plain_text', text: hostile } },
        { type: 'markdown', text: `${hostile} [press](javascript:alert(1))` },
        {
          type: 'rich_text',
          elements: [
            { type: 'rich_text_preformatted', elements: [{ type: 'text', text: hostile }] },
            {
              type: 'rich_text_section',
              elements: [{ type: 'link', url: 'javascript:alert(1)', text: 'press' }],
            },
          ],
        },
      ],
    });
    const message = page.getByRole('article', { name: 'd2' });
    await message.getByText(hostile).first().waitFor();
    expect(await message.getByText(hostile).count()).toBe(4);
    expect(await message.locator('img, script, a').count()).toBe(0);
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(faults).toEqual([]);
  });

  it("can't be made to run a script that is not its own", async () => {
    const { page, faults } = await open();
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), {text: 'window.hit = 1'}))`,
    );
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(faults).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  it('draws every block that the bot may send', async () => {
    const { page, faults } = await open();
    await sandbox.app.client.chat.postMessage({
      channel,
      text: 'All',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Everything :rocket:' } },
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: '*bold* _italic_ ~gone~ `code` <!here> <#C0OPS|ops> <@U0VERA> :x:\n> quoted',
          },
          fields: [
            { type: 'mrkdwn', text: '*State*\nrunning' },
            { type: 'plain_text', text: 'plain *text*' },
          ],
          accessory: {
            type: 'overflow',
            action_id: 'more',
            options: [{ text: { type: 'plain_text', text: 'Logs' }, value: 'logs' }],
          },
        },
        { type: 'divider' },
        {
          type: 'context',
          elements: [
            { type: 'mrkdwn', text: '<!date^1795399440^{date_num}|then> <https://example.com|there>' },
            { type: 'image', image_url: 'https://example.com/x.png', alt_text: 'a chart' },
          ],
        },
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_list',
              style: 'bullet',
              elements: [
                {
                  type: 'rich_text_section',
                  elements: [{ type: 'text', text: 'a point', style: { bold: true } }],
                },
              ],
            },
            {
              type: 'rich_text_quote',
              elements: [{ type: 'text', text: 'said so', style: { italic: true } }],
            },
            {
              type: 'rich_text_section',
              elements: [
                { type: 'usergroup', usergroup_id: 'S0OPERATORS' },
                { type: 'channel', channel_id: 'C0RANDOM' },
                { type: 'emoji', name: 'tada' },
                { type: 'broadcast', range: 'here' },
                { type: 'text', text: 'struck', style: { strike: true, code: true } },
              ],
            },
          ],
        },
        {
          type: 'table',
          column_settings: [{ align: 'left' }, { align: 'right', is_wrapped: true }],
          rows: [
            [
              { type: 'raw_text', text: 'Name' },
              { type: 'raw_text', text: 'CPU' },
            ],
            [
              { type: 'raw_text', text: 'backend-api' },
              { type: 'raw_number', value: 3, text: '3 %' },
            ],
          ],
        },
        { type: 'markdown', text: '# Title\n- one\n- **two**\n```\ncode\n```\n> quote' },
        { type: 'alert', level: 'warning', text: { type: 'plain_text', text: 'Mind this' } },
        {
          type: 'actions',
          elements: [
            {
              type: 'static_select',
              action_id: 'service',
              placeholder: { type: 'plain_text', text: 'Which service?' },
              options: [{ text: { type: 'plain_text', text: 'backend-api' }, value: 'b' }],
            },
            {
              type: 'button',
              action_id: 'docs',
              style: 'primary',
              url: 'https://example.com',
              text: { type: 'plain_text', text: 'Docs' },
            },
          ],
        },
      ],
    });
    const message = page.getByRole('article', { name: 'd2' });
    await message.getByRole('heading', { name: 'Everything 🚀' }).waitFor();
    expect(await message.getByRole('cell', { name: '3 %' }).count()).toBe(1);
    expect(await message.getByRole('listitem').allTextContents()).toEqual(['a point']);
    expect(await message.getByText('2026-11-23').count()).toBe(1);
    expect(await message.getByRole('link', { name: 'there' }).getAttribute('href')).toBe(
      'https://example.com',
    );
    expect(await message.getByText('@here').count()).toBe(2);
    expect(await message.getByRole('combobox', { name: 'Which service?' }).count()).toBe(1);
    expect(await page.evaluate('window.d2UnknownBlocks')).toBe(0);
    expect(faults).toEqual([]);
  });

  it("fails loudly on a block that it can't draw, and goes on", async () => {
    const { page, faults } = await open();
    await page.route('**/sandbox/messages', (route) =>
      route.fulfill({
        json: [
          {
            ts: '1795399440.000100',
            channel,
            user: 'U0D2BOT',
            text: 'new',
            blocks: [
              { type: 'hologram', block_id: 'a' },
              { type: 'section', block_id: 'b' },
              { type: 'header', block_id: 'c' },
              { type: 'actions', block_id: 'd', elements: [{ type: 'lever' }] },
              { type: 'section', block_id: 'e', text: { type: 'plain_text', text: 'and goes on' } },
            ],
          },
        ],
      }),
    );
    await page.reload();
    const alerts = page.locator('.unknown');
    await page.getByText('and goes on').waitFor();
    await expect
      .poll(() => alerts.allTextContents())
      .toEqual([
        "This page can't draw the block hologram",
        "This page can't draw the broken block header",
        "This page can't draw the element lever",
      ]);
    expect(await page.evaluate('window.d2UnknownBlocks')).toBe(3);
    expect(faults.join('\n')).toContain('can\'t draw the block "hologram"');
  });

  const resource = (more: Partial<Resource>): Resource => ({
    kind: 'ec2',
    id: 'i-080c218b1eb3925ee',
    name: 'd2-ride-booking-dev-backend',
    state: 'running',
    since: new Date().toISOString(),
    details: {},
    ...more,
  });

  it("shows the account's resources by kind, and their states as they change", async () => {
    const { page } = await open();
    sandbox.show([resource({}), resource({ kind: 'rds', id: 'db', name: 'd2-db', state: 'available' })]);
    const instance = page.getByRole('region', { name: 'EC2 instances' }).getByRole('listitem');
    await instance.getByText('running').waitFor();
    await page.getByRole('region', { name: 'RDS databases' }).getByText('available').waitFor();
    sandbox.show([resource({ state: 'stopping' })]);
    await instance.getByText('stopping').waitFor();
    expect(await instance.getAttribute('data-state')).toBe('stopping');
    expect(await page.getByRole('region', { name: 'RDS databases' }).count()).toBe(0);
  });

  it('turns the clock and resets the sandbox', async () => {
    const { page } = await open();
    const before = sandbox.clock.now().getTime();
    await page.getByRole('button', { name: '+1 h' }).click();
    await expect.poll(() => sandbox.clock.now().getTime() - before).toBeGreaterThan(3_500_000);
    await sandbox.say('vera', 'soon forgotten');
    await page.getByRole('log').getByText('soon forgotten').waitFor();
    await page.getByRole('button', { name: 'Reset sandbox' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('region', { name: 'Welcome' }).waitFor();
  });

  it('fits a phone: nothing wider than the screen, the sides as drawers', async () => {
    const { page } = await openAnother('omar/ops', { viewport: { width: 390, height: 844 }, hasTouch: true });
    await sandbox.say('omar', '/d2 stop dev');
    await page.getByRole('log').getByText('Stop dev?').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const account = page.getByRole('complementary', { name: 'AWS account' });
    expect(await account.count()).toBe(0);
    await page.getByRole('button', { name: 'Account' }).click();
    await account.getByRole('button', { name: '+5 m' }).waitFor();
    await account.getByRole('button', { name: 'Close account' }).click();
    await page.getByRole('button', { name: 'Open menu' }).click();
    await page.getByRole('button', { name: 'shared' }).click();
    await page.getByRole('textbox', { name: 'Message #shared' }).waitFor();
  });

  it('reads new messages and ends of operations to a screen reader, and not each tick', async () => {
    const { page } = await open();
    const live = page.locator('[aria-live=polite]');
    const { ts = '' } = await sandbox.app.client.chat.postMessage({
      channel,
      text: 'Stopping dev',
      blocks: checklist(id, 1),
    });
    await expect.poll(() => live.textContent()).toBe('d2: Stopping dev');
    await sandbox.app.client.chat.update({ channel, ts, text: 'a tick', blocks: checklist(id, 2) });
    await page.getByText('(edited)').waitFor();
    expect(await live.textContent()).toBe('d2: Stopping dev');
    await sandbox.app.client.chat.update({ channel, ts, text: 'dev is stopped', blocks: checklist(id, 4) });
    await expect.poll(() => live.textContent()).toBe('d2: dev is stopped');
  });

  it('serves its own files alone, with a policy that lets nothing else in', async () => {
    const answer = await fetch(`${sandbox.url}/`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const texts = [await answer.text(), await (await fetch(`${sandbox.url}/page.css`)).text()];
    for (const text of texts) expect(text).not.toMatch(/https?:|@import|<script>/);
    expect((await fetch(`${sandbox.url}/elsewhere.js`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/page.js`, { method: 'POST' })).status).toBe(404);
  });
});
