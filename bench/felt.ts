/**
 * Speed as felt: a visitor with a processor four times slower than this one, nothing in the cache and 10 Mbit/s.
 *
 *   npm run build && npx tsx bench/felt.ts --runs 5 --write 1
 *
 * `--write 1` puts the table into docs/quality.md; `--shifts 0` leaves the pages' layout shifts out, most of the time it
 * takes. Every visit has a browser of its own. The page's thread is slowed down by the browser; its workers cannot be, so
 * that what they compute is as fast as this machine. The host compresses as most hosts do, adds no headers, and is slow
 * itself: the page, its workers and its service worker share the line.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { staticHost } from '../e2e/harness/staticHost.ts';

const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: 'dist' },
    runs: { type: 'string', default: '3' },
    write: { type: 'string' },
    shifts: { type: 'string', default: '1' },
  },
});

const WATCH = fileURLToPath(new URL('feltPage.mjs', import.meta.url));
/** A slow visit is measured, not broken off. */
const PATIENT = { timeout: 180_000 };
const SLOWER = 4;
const LATENCY_MS = 40;
/** How long a pointer rests on what it is about to press, and how long a button is down. */
const REST_MS = 200;
const PRESS_MS = 80;
const BYTES_A_SECOND = 10e6 / 8;
const PLACE = 'pictogram-clip/pictograms/0';
/** Every page a link can open; those that a build has not are left out. */
const PAGES = ['', 'image', 'own', 'experiments', 'models', 'about', 'learn', 'compare', 'pins'];

const AIMS: Readonly<Record<string, number>> = {
  'list with numbers': 2500,
  'neuron after a click': 300,
  'search after typing': 100,
};

/** What one visit felt like, in milliseconds; CLS without unit. */
type Felt = Map<string, number>;

const line = { bytesPerSecond: BYTES_A_SECOND, latencyMs: LATENCY_MS };
const host = await staticHost(values.dist, { gzip: true, line });
const visits: Felt[] = [];
try {
  for (let run = 0; run < Number(values.runs); run++) {
    visits.push(await inBrowser(visit));
    console.log(`visit ${run + 1}`, Object.fromEntries(visits.at(-1)!));
  }
} finally {
  await host.close();
}
const table = tableOf(visits);
console.log(table);
if (values.write) writeIntoDocs(table);

/** A visitor's browser has seen nothing before. */
async function inBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--headless=new'],
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

async function visit(on: Browser): Promise<Felt> {
  const felt: Felt = new Map();
  await withPage(on, async (page) => {
    await page.goto(`${host.url}#/${PLACE}?backend=wasm`, PATIENT);
    await page.waitForFunction(() => window.felt.list > 0, undefined, PATIENT);
    await page.waitForTimeout(4000); // looking at it
    felt.set('list with numbers', await page.evaluate(() => window.felt.list));
    felt.set('ten small pictures', await page.evaluate(() => window.felt.thumbs));
    felt.set('longest task, first page', await page.evaluate(() => window.felt.longest));
    felt.set('neuron after a click', await neuronAfterClick(page));
    felt.set('its first picture', await page.evaluate(() => window.felt.picture));
    await page.getByRole('link', { name: 'neuronlens' }).click();
    await page.getByRole('heading', { name: 'All neurons' }).waitFor(PATIENT);
    felt.set(
      'first search, fetching model and runtime',
      await searched(page, 'a wet dolphin in the sea', true),
    );
    await page.waitForTimeout(5000);
    felt.set('search after typing', await searched(page, 'an old red tractor'));
  });
  if (values.shifts === '0') return felt;
  for (const name of [...PAGES.map((page) => (page ? `${page}/${PLACE}` : PLACE)), `${PLACE}/467`]) {
    await withPage(on, async (page) => {
      await page.goto(`${host.url}#/${name}?neurons=0.12~3.44`, PATIENT);
      await page.waitForTimeout(5000);
      const shown = name.endsWith('467') ? 'neuron' : name === PLACE ? 'block' : name.split('/')[0]!;
      felt.set(`CLS, ${shown}`, await page.evaluate(() => window.felt.shift));
    });
  }
  return felt;
}

/** A page with nothing in its cache, on a slow processor. */
async function withPage(on: Browser, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await on.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'allow' });
  try {
    const page = await context.newPage();
    await page.addInitScript({ path: WATCH });
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await work(page);
  } finally {
    await context.close();
  }
}

async function neuronAfterClick(page: Page): Promise<number> {
  await page.evaluate(() => {
    document.addEventListener('click', ({ timeStamp }) => window.felt.from(timeStamp), {
      capture: true,
      once: true,
    });
  });
  const link = page
    .getByRole('table', { name: 'Neurons of the block' })
    .getByRole('rowheader')
    .nth(2)
    .getByRole('link');
  // As a hand does it: the pointer comes, rests, and the button is down for a moment.
  await link.hover();
  await page.waitForTimeout(REST_MS);
  await link.click({ delay: PRESS_MS });
  await page.waitForFunction(() => window.felt.neuron > 0 && window.felt.picture > 0, undefined, PATIENT);
  return page.evaluate(() => window.felt.neuron);
}

/** From the last letter until the list has another order. Only where the model must be fetched first is Enter needed. */
async function searched(page: Page, words: string, enter = false): Promise<number> {
  await page.getByRole('combobox').first().focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.evaluate(() => window.felt.fromTyping());
  // By the keyboard: to look for the field again by its role would take the page's thread while it is measured.
  await page.keyboard.insertText(words);
  if (enter) await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.felt.search > 0, undefined, PATIENT);
  return page.evaluate(() => window.felt.search);
}

declare global {
  interface Window {
    felt: Record<
      'list' | 'thumbs' | 'neuron' | 'picture' | 'search' | 'shift' | 'longest' | 'started',
      number
    > & { from(time: number): void; fromTyping(): void };
  }
}

function tableOf(all: readonly Felt[]): string {
  const rows = [...all[0]!.keys()].map((name) => {
    const sorted = all.map((felt) => felt.get(name) ?? Number.NaN).sort((a, b) => a - b);
    const shift = name.startsWith('CLS');
    const text = (value: number): string => (shift ? value.toFixed(3) : `${Math.round(value)} ms`);
    const aim = shift ? 0.02 : AIMS[name];
    const median = sorted[Math.floor((sorted.length - 1) / 2)]!;
    return `| ${name} | ${text(median)} | ${text(sorted.at(-1)!)} | ${aim === undefined ? '' : text(aim)} |`;
  });
  const [processor] = cpus();
  return [
    `${all.length} visits with Chromium on ${cpus().length} × ${processor?.model.trim() ?? 'processor'}, slowed ${SLOWER}×, ${(BYTES_A_SECOND * 8) / 1e6} Mbit/s with ${LATENCY_MS} ms of latency, cold cache, 1440 × 900.`,
    '',
    '| what | median | worst | aim |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function writeIntoDocs(text: string): void {
  const path = 'docs/quality.md';
  const marked = /(<!-- felt -->\n)[\s\S]*(<!-- \/felt -->)/;
  const before = readFileSync(path, 'utf8');
  if (!marked.test(before)) throw new Error(`${path} has no place marked <!-- felt -->.`);
  writeFileSync(path, before.replace(marked, `$1\n${text}\n\n$2`));
}
