import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const desktop = '/usr/bin/chromium';
const withoutDesktop = '/usr/bin/chromium-headless-shell';
/** Debian's, of which the one that needs no desktop takes half of the work; playwright-core brings none of its own. */
export const chromiumPath = existsSync(withoutDesktop) ? withoutDesktop : desktop;
export const hasChromium = existsSync(chromiumPath);

/** It runs as root in CI, and must not call home. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath, args: flags });
