import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxWithBot, startSandboxWithBot } from '../../sandbox/sandbox-with-bot.ts';
import { hasChromium, startBrowser } from '../../scripts/chromium.ts';
import { has } from '../needs.ts';

describe.skipIf(!has('Chromium', hasChromium))(
  'the demo in a browser, with the production bot behind it',
  () => {
    let sandbox: SandboxWithBot;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      [sandbox, browser] = await Promise.all([startSandboxWithBot({ speed: 40 }), startBrowser()]);
      page = await browser.newPage();
      await page.goto(`${sandbox.url}/#omar/ops`);
      await page.locator('[role=log][aria-busy=false]').waitFor();
    });
    afterAll(async () => {
      await browser?.close();
      await sandbox?.close();
    });

    const type = async (text: string) => {
      await page.getByRole('textbox', { name: /^Message/ }).fill(text);
      await page.keyboard.press('Enter');
    };
    const message = (state: string) =>
      page.getByRole('article').filter({ has: page.locator(`[data-block-id$=":${state}"]`) });

    it('answers a typed status', async () => {
      await type('/d2 status');
      await expect
        .poll(() => message('done').last().textContent(), { timeout: 20_000 })
        .toContain('dev is up and well');
    });

    it('stops dev at a press, the checklist moving and the resources changing beside it', async () => {
      await type('/d2 stop dev');
      const card = message('waiting').last();
      await card.waitFor({ timeout: 20_000 });
      expect(await card.textContent()).toContain('Only visible to you');
      await card.getByRole('button', { name: 'Stop dev', exact: true }).click();
      const live = message('working').last();
      await live.waitFor({ timeout: 20_000 });
      const first = await live.textContent();
      await expect
        .poll(() => page.getByRole('article').last().textContent(), { timeout: 60_000 })
        .not.toBe(first);
      await expect
        .poll(() => message('done').filter({ hasText: 'dev is asleep' }).count(), { timeout: 60_000 })
        .toBe(1);
      expect(await page.getByText('stopped').count()).toBeGreaterThan(0);
    });

    it('shows the operation to everybody and the card to its caller alone', async () => {
      await page.goto(`${sandbox.url}/#vera/ops`);
      await page.locator('[role=log][aria-busy=false]').waitFor();
      await expect.poll(() => page.getByText('dev is asleep').count()).toBeGreaterThan(0);
      expect(await page.getByText('Only visible to you').count()).toBe(0);
      await type('/d2 start dev');
      await expect
        .poll(() => message('refused').last().textContent(), { timeout: 20_000 })
        .toContain('needs operator');
    });

    it('knew how to draw every block', async () => {
      expect(await page.evaluate('window.d2UnknownBlocks')).toBe(0);
    });
  },
);
