import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startBrowser } from './chromium.ts';

/**
 * Takes the README's pictures from a demo that was just started, and leaves its dev stopped:
 * `npx tsx scripts/pictures.ts http://127.0.0.1:4000`
 */

const folder = fileURLToPath(new URL('../docs/pictures', import.meta.url));
const desktop: BrowserContextOptions = { viewport: { width: 1200, height: 760 }, deviceScaleFactor: 2 };
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
};

/** An operation waits for AWS's states; the demo runs them fast. */
const endMs = 120_000;

/** The newest answer in `state`, by its first block's id. */
const answer = (page: Page, state: string): Locator =>
  page
    .getByRole('article')
    .filter({ has: page.locator(`[data-block-id$=":${state}"]`) })
    .last();

async function type(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Message/ }).fill(text);
  await page.keyboard.press('Enter');
}

async function take(page: Page, name: string): Promise<void> {
  // Without the mouse, a tooltip or a hovered message could come into the picture.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
  process.stdout.write(`docs/pictures/${name}.png\n`);
}

/** Opens a window on #ops for `act`, and closes it. */
async function withPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { user: string },
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const { user, ...look } = options;
  const context = await browser.newContext({ ...look, timezoneId: 'Asia/Kuala_Lumpur' });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(new URL(`/#${user}/ops`, url).href);
    await page.locator('[role=log][aria-busy=false]').waitFor();
    await act(page);
    const unknown = await page.evaluate<number>('window.d2UnknownBlocks');
    if (unknown > 0) throw new Error(`The page could not draw ${unknown} blocks; see its console.`);
  } finally {
    await context.close();
  }
}

async function status(page: Page): Promise<void> {
  await type(page, '/d2 status');
  await answer(page, 'done').waitFor();
}

/** Two people: what one was answered alone is not in the other's pictures. */
async function takeAll(browser: Browser, url: string): Promise<void> {
  await withPage(browser, url, { ...phone, user: 'ada' }, async (page) => {
    await status(page);
    await take(page, 'phone');
  });
  await withPage(browser, url, { ...desktop, user: 'omar' }, async (page) => {
    await status(page);
    await take(page, 'status');
    await type(page, '/d2 stop dev');
    const card = answer(page, 'waiting');
    await card.waitFor();
    await take(page, 'stop-card');
    await card.getByRole('button', { name: /^Stop dev/ }).click();
    const checklist = answer(page, 'working').filter({ hasText: '✓' }).filter({ hasText: '◐' });
    await checklist.waitFor({ timeout: endMs });
    const ts = await checklist.getAttribute('data-ts');
    await take(page, 'stopping');
    await page.locator(`[data-ts="${ts}"] [data-block-id$=":done"]`).waitFor({ timeout: endMs });
    await take(page, 'stopped');
  });
}

const [url] = process.argv.slice(2);
if (!url || !URL.canParse(url)) {
  process.stderr.write(
    'Give the address of a running demo: npx tsx scripts/pictures.ts http://127.0.0.1:4000\n',
  );
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const browser = await startBrowser();
try {
  await takeAll(browser, url);
} finally {
  await browser.close();
}
