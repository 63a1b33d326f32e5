import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Path of a Chromium for the browser tests: $CHROMIUM, then the system's.
 * @returns {string | undefined} undefined where the machine has none
 */
export function systemBrowser() {
  return [process.env.CHROMIUM, ...SYSTEM_BROWSERS].find((path) => path && existsSync(path));
}

/**
 * Makes sure that a Chromium is there, installing one where the machine lacks it: Playwright's own
 * download first, then Debian's package where we may install packages.
 * @returns {{ found: boolean, detail: string }}
 */
export function ensureBrowser() {
  const system = systemBrowser();
  if (system) return { found: true, detail: system };
  const run = (command, args) =>
    spawnSync(command, args, { stdio: 'inherit', timeout: 600_000 }).status === 0;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('No Chromium found; installing the system package.');
    if (run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', 'chromium'])) {
      return { found: true, detail: '/usr/bin/chromium' };
    }
  }
  console.log("No Chromium found; trying Playwright's own.");
  if (run('npx', ['playwright', 'install', 'chromium'])) return { found: true, detail: 'playwright' };
  return {
    found: false,
    detail:
      'No Chromium here and none could be installed: install Chromium or Chrome, or set CHROMIUM=/path.',
  };
}
