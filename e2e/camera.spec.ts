import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import config from '../playwright.config.ts';

/** Chromium's own made-up camera: a green picture with a moving disc. */
const { launchOptions } = config.use ?? {};
test.use({
  launchOptions: {
    ...launchOptions,
    args: [...(launchOptions?.args ?? []), '--use-fake-device-for-media-stream'],
  },
});
test.describe.configure({ timeout: 240_000 });

async function openCamera(page: Page): Promise<void> {
  await page.goto('./#/image/pictogram-clip/pictograms/0?backend=wasm&image=5');
  await page.getByRole('button', { name: 'Camera' }).click();
}

test('a picture is taken with the camera, whose light goes out after it', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await openCamera(page);
  const dialog = page.getByRole('dialog', { name: 'A picture from the camera' });
  const take = dialog.getByRole('button', { name: 'Take the picture' });
  await expect(take).toBeEnabled();
  const track = await dialog
    .locator('video')
    .evaluateHandle((video: HTMLVideoElement) => (video.srcObject as MediaStream).getTracks()[0]!);
  await take.click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'camera.png' })).toBeVisible();
  expect(await track.evaluate(({ readyState }) => readyState)).toBe('ended');
});

test('without leave the camera’s dialog says what to do', async ({ page, context }) => {
  await context.clearPermissions();
  await openCamera(page);
  const dialog = page.getByRole('dialog', { name: 'A picture from the camera' });
  await expect(dialog.getByRole('alert')).toContainText('Allow it in the browser’s settings');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
});
