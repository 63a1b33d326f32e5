import { expect, type Locator, type Page as Tab, test } from '@playwright/test';
import { PAGES } from '../src/state/view.ts';
import {
  audit,
  cutBySpacing,
  moving,
  muteDrawings,
  outline,
  sideways,
  unfold,
  walk,
  wear,
} from './access/audit.ts';
import { ROOMS } from './access/rooms.ts';

/**
 * Every page, in both themes, on a desk and on a phone, for everybody. A page is loaded once; themes and sizes
 * change in place, as they do for people.
 */
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

test.use({ viewport: DESK, contextOptions: { reducedMotion: 'reduce' } });

test('no page is left out', () => {
  expect(Object.keys(ROOMS).sort()).toEqual([...PAGES].sort());
});

const titles = new Map<string, string>();

for (const name of PAGES) {
  test(`the ${name} page is for everybody`, async ({ page: tab }) => {
    test.slow();
    const room = ROOMS[name];
    await tab.goto(room.address);
    await room.ready(tab);
    const { ringless, stops } = await walk(tab);
    expect.soft(ringless, 'focus without a ring').toEqual([]);
    expect.soft(stops, 'Tab comes round').toBeDefined();
    await room.open?.(tab);
    await auditSizes(tab);
    const { title, mainHeadings, skipped } = await outline(tab);
    expect.soft(mainHeadings, 'one main heading').toBe(1);
    expect.soft(skipped, 'headings that skip a level').toEqual([]);
    expect.soft(titles.get(title), `the title “${title}” is another page’s`).toBeUndefined();
    titles.set(title, name);
    expect.soft(await muteDrawings(tab), 'drawings without words').toEqual([]);
    expect.soft(await moving(tab), 'moves although stillness is asked for').toEqual([]);
    expect.soft(await cutBySpacing(tab), 'cut off by wider spacing').toEqual([]);
    // 320 px is 1280 at 400 %; 720 is the desk at 200 %.
    for (const width of [720, 320])
      expect.soft(await sideways(tab, width), `scrolls sideways at ${width} px`).toEqual([]);
    for (const another of room.also ?? []) await auditState(tab, another);
  });
}

const LOOKS = [
  [DESK, 'light', 'dark'],
  [PHONE, 'dark', 'light'],
] as const;

/** axe on both sizes and in both themes; what no colour can change is looked at once a size. */
async function auditSizes(tab: Tab): Promise<void> {
  await unfold(tab);
  for (const [size, first, second] of LOOKS) {
    await tab.setViewportSize(size);
    await wear(tab, first);
    const whole = await audit(tab, 'everything');
    await wear(tab, second);
    const colours = await audit(tab, 'colours');
    expect.soft(whole.violations, `${size.width} px, ${first}`).toEqual([]);
    expect.soft(colours.violations, `${size.width} px, ${second}`).toEqual([]);
    for (const rule of ['color-contrast', 'target-size', 'region']) expect.soft(whole.judged).toContain(rule);
  }
}

/** Another state of a page, reached on a desk, looked at on a phone in the dark: where there is least room and contrast. */
async function auditState(tab: Tab, reach: (tab: Tab) => Promise<void>): Promise<void> {
  await tab.setViewportSize(DESK);
  await reach(tab);
  await unfold(tab);
  await tab.setViewportSize(PHONE);
  await wear(tab, 'dark');
  const { violations } = await audit(tab, 'everything');
  expect.soft(violations, `in ${reach}`).toEqual([]);
}

test('forced colours leave choices and bars to be told apart', async ({ page: tab }) => {
  await tab.emulateMedia({ forcedColors: 'active' });
  await tab.goto(ROOMS.neuron.address);
  await ROOMS.neuron.ready(tab);
  const ground = (target: Locator) => target.evaluate((element) => getComputedStyle(element).backgroundColor);
  const words = tab.getByRole('radiogroup', { name: 'Words, at most' });
  const chosen = words.locator('[data-selected]').first();
  const other = words.locator('label:not([data-selected])').first();
  expect(await ground(chosen)).not.toBe(await ground(other));
  const paper = await ground(tab.locator('body'));
  for (const sign of ['positive', 'negative']) {
    const bar = tab
      .getByRole('listitem')
      .and(tab.locator(`[data-sign="${sign}"]`))
      .locator('[class*="_bar_"]');
    expect(await ground(bar.first())).not.toBe(paper);
  }
});
