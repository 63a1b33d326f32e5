import { expect, type Page, test } from '@playwright/test';
import { LESSONS } from '../src/state/learn/lessons/index.ts';
import { audit, wear } from './access/audit.ts';

/** Learning on the real page, as somebody does who has only a keyboard, or only a phone. */
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const lesson = (page: Page) => page.getByRole('complementary', { name: /^Lesson:/ });
const heading = (page: Page) => lesson(page).getByRole('heading', { level: 2 });
const measure = async (page: Page, name: string): Promise<string> => {
  const strip = page.locator('dl > div', { hasText: name }).getByRole('definition');
  await expect(strip).toContainText(/\d/);
  return /[\d.]+/.exec((await strip.textContent()) ?? '')![0];
};

/** One lesson from its link to its end, by keys alone; what is answered is read off the page. */
async function wholeLesson(page: Page): Promise<void> {
  await page.goto('./#/learn');
  await page.getByRole('link', { name: 'One direction is nearly enough', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('A push has a length and a direction');
  await expect(heading(page)).toBeFocused();
  await expect(page).toHaveURL(/lesson=one-direction/);

  const narrow = Number(await measure(page, 'Variance share'));
  await page.keyboard.press('Tab'); // the mathematics
  await page.keyboard.press('Enter');
  await expect(lesson(page).locator('math').first()).toBeVisible();
  const field = lesson(page).getByRole('textbox');
  await field.focus();
  await page.keyboard.type('12');
  await page.keyboard.press('Enter');
  await expect(lesson(page).getByRole('status')).toContainText('Not yet.');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(String(narrow));
  await page.keyboard.press('Enter');
  await expect(lesson(page).getByRole('status')).toContainText('Right.');
  await expect(lesson(page).getByRole('button', { name: 'Next' })).toBeVisible();
  await page.getByRole('heading', { level: 2, name: 'A push' }).focus();
  await page.keyboard.press(']');

  await expect(heading(page)).toHaveText('Not all of them do');
  await expect(heading(page)).toBeFocused();
  await expect(page).toHaveURL(/step=1/);
  expect(Number(await measure(page, 'Variance share'))).toBeLessThan(narrow);
  const here = /neuron (\d+)/.exec((await page.getByRole('heading', { level: 1 }).textContent()) ?? '')![1]!;
  await choose(page, new RegExp(`neuron ${here} `));
  await heading(page).focus();
  await page.keyboard.press(']');

  await expect(heading(page)).toHaveText('Find one yourself');
  const first = page.getByRole('table', { name: 'Neurons of the block' }).getByRole('rowheader').first();
  await first.getByRole('link').focus();
  await page.keyboard.press('Enter');
  await expect(lesson(page).getByRole('status')).toContainText('Right.');
  await heading(page).focus();
  await page.keyboard.press(']');

  await expect(heading(page)).toHaveText('Nearly enough for the answer too');
  await page.keyboard.press(']');

  const chance = page.getByText(/random directions: 0\.\d+/).first();
  await expect(chance).toBeVisible();
  await lesson(page).getByRole('textbox').focus();
  await page.keyboard.type(/0\.\d+/.exec((await chance.textContent())!)![0]);
  await page.keyboard.press('Enter');
  await expect(lesson(page).getByRole('status')).toContainText('Right.');
  await heading(page).focus();
  await page.keyboard.press(']');

  await expect(heading(page)).toHaveText('A sharp line without a name');
  await page.reload(); // it is taken up where it was
  await expect(heading(page)).toHaveText('A sharp line without a name');
  await expect(page.getByText('No better than chance', { exact: false })).toBeVisible();
  await choose(page, /no more than chance/);
  await heading(page).focus();
  await page.keyboard.press(']');
  await expect(page.getByRole('heading', { level: 1, name: 'Learn' })).toBeVisible();
  const card = page.getByRole('listitem').filter({ hasText: 'One direction is nearly enough' });
  await expect(card).toContainText('done');
}

async function choose(page: Page, answer: RegExp): Promise<void> {
  await lesson(page).getByRole('radio', { name: answer }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(lesson(page).getByRole('status')).toContainText('Right.');
}

/** One round of the game by keys, and the way on. */
async function oneRound(page: Page): Promise<void> {
  await page.goto('./#/learn?game=words.17');
  const answers = page.getByRole('list', { name: 'Answers' }).getByRole('button');
  await expect(answers).toHaveCount(4);
  await page.keyboard.press('2');
  const truth = page.getByRole('status').filter({ hasText: 'R²' });
  await expect(truth).toContainText(/(Right|Not this time)\. It is the (positive|negative) end of neuron/);
  await expect(answers.filter({ hasText: '✓ its own' })).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Next round' })).toBeFocused();
  await expect(page.getByText(/[01] of 1/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Round 2.')).toBeVisible();
  await page.goto('./#/learn?game=pictures.3');
  await answers.first().click();
  await truth.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Block \d · neuron \d+/);
}

test('a whole lesson by keyboard, left and taken up again', async ({ page }) => wholeLesson(page));

test('a round of the game by keyboard; its neuron by a link', async ({ page }) => oneRound(page));

test('the tour is offered once, never forced, and can be taken from the Learn page', async ({ page }) => {
  await page.goto('./');
  const offer = page.getByRole('complementary', { name: 'A tour is offered' });
  await expect(offer).toBeVisible();
  await expect(page.locator(':focus')).toHaveCount(0);
  await offer.getByRole('button', { name: 'No, thank you' }).click();
  await expect(offer).toBeHidden();
  await page.reload();
  await expect(page.getByRole('table', { name: 'Neurons of the block' })).toBeVisible();
  await expect(offer).toBeHidden();
  await page.goto('./#/learn');
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await expect(heading(page)).toHaveText('Every dot is a neuron');
  await page.keyboard.press(']');
  await expect(heading(page)).toHaveText('The same neurons as a list');
  await page.goBack();
  await expect(heading(page)).toHaveText('Every dot is a neuron');
  await lesson(page).getByRole('button', { name: 'Leave the lesson' }).click();
  await expect(lesson(page)).toBeHidden();
});

test('what every step points at is on the page', async ({ page }) => {
  test.slow();
  const pointedAt = new Set<string>();
  await page.goto('./#/learn');
  for (const { id, steps } of LESSONS) {
    for (const [at, { look, title, view }] of steps.entries()) {
      const what = `${view.page}: ${look}`;
      if (look === undefined || pointedAt.has(what)) continue;
      pointedAt.add(what);
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#/learn?lesson=${id}&step=${at}&backend=wasm`);
      await expect(heading(page)).toHaveText(title);
      await expect(page.locator('[data-lesson-ring]'), `${id} ${at}: ${look}`).toBeVisible({
        timeout: 60_000,
      });
    }
  }
});

test('nothing in the way of anybody: Learn, a lesson and the game in both themes', async ({ page }) => {
  test.slow();
  for (const hash of ['#/learn', '#/learn?lesson=words&step=3', '#/learn?game=words.17']) {
    await page.goto('about:blank');
    await page.goto(`./${hash}`);
    if (hash.includes('lesson')) await expect(lesson(page).getByRole('textbox')).toBeVisible();
    if (hash.includes('game')) await expect(page.getByRole('list', { name: 'Answers' })).toBeVisible();
    for (const fold of await page.locator('[data-lesson-panel] summary').all()) await fold.click();
    expect((await audit(page, 'everything')).violations, hash).toEqual([]);
    await wear(page, 'dark');
    expect((await audit(page, 'colours')).violations, `${hash} in the dark`).toEqual([]);
    await wear(page, 'light');
  }
});

test.describe('on a phone', () => {
  test.use(PHONE);

  test('the lesson is a sheet below that folds, and leads through', async ({ page }) => {
    await page.goto('./#/learn?lesson=second-order');
    await expect(heading(page)).toBeVisible();
    const sheet = (await lesson(page).boundingBox())!;
    expect(sheet.x).toBe(0);
    expect(sheet.width).toBe(390);
    expect(sheet.y).toBeGreaterThan(844 * 0.45);
    await lesson(page).getByRole('button', { name: 'Fold the lesson' }).tap();
    await expect(heading(page)).toBeHidden();
    expect((await lesson(page).boundingBox())!.height).toBeLessThan(90);
    await lesson(page).getByRole('button', { name: 'Unfold the lesson' }).tap();
    await wholeLesson(page);
  });

  test('a round of the game', async ({ page }) => {
    await page.goto('./#/learn?game=pictures.17');
    const answers = page.getByRole('list', { name: 'Answers' }).getByRole('button');
    await answers.first().tap();
    await expect(page.getByRole('button', { name: 'Next round' })).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  });
});
