import { expect, type Page as Tab } from '@playwright/test';
import { packedList } from '../../src/state/pinLink.ts';
import type { Page } from '../../src/state/view.ts';

/** A page of the explorer with real content on it. */
export interface Room {
  readonly address: string;
  /** Resolves once what the page is for is on the screen. */
  readonly ready: (tab: Tab) => Promise<void>;
  /** Brings out what is there on demand only; done once, before the sizes change. */
  readonly open?: (tab: Tab) => Promise<void>;
  /** Other states of the same page, each looked at like the first. */
  readonly also?: readonly ((tab: Tab) => Promise<void>)[];
}

const PLACE = 'pictogram-clip/pictograms/0';
/** Another of the experiments. */
const experiment = (name: string) => async (tab: Tab) => {
  await tab.getByRole('navigation', { name: 'Experiments' }).getByRole('link', { name }).click();
  await expect(tab.getByRole('heading', { name: 'How it is run' })).toBeVisible();
};
/** What a key opens over the page, after what was open before is closed. */
const dialog =
  (keys: string, name: RegExp) =>
  async (tab: Tab): Promise<void> => {
    await tab.keyboard.press('Escape');
    await expect(tab.getByRole('dialog')).toHaveCount(0);
    await tab.keyboard.press(keys);
    await expect(tab.getByRole('dialog', { name })).toBeVisible();
  };
/** The same view with something more in its address. */
const withSetting =
  (setting: string) =>
  async (tab: Tab): Promise<void> => {
    await tab.evaluate((more) => {
      location.hash = `${location.hash.split('?')[0]}?${more}`;
    }, setting);
    await expect(tab.getByRole('banner')).toHaveCount(0);
  };
const PINS = ['a castle?', ''].map((note, neuron) => ({
  model: 'pictogram-clip',
  set: 'pictograms',
  block: 0,
  neuron,
  note,
}));
const title = (tab: Tab) => expect(tab.getByRole('heading', { level: 1 })).toBeVisible();

/** Every page of the explorer: the type makes it an error to forget one. */
export const ROOMS: Readonly<Record<Page, Room>> = {
  block: {
    address: `./#/${PLACE}?q=water`,
    ready: (tab) =>
      expect(
        tab.getByRole('table', { name: 'Neurons of the block' }).getByRole('rowheader').nth(5),
      ).toBeVisible(),
    also: [dialog('?', /Keys and actions/), dialog('Control+k', /Find a command/)],
  },
  neuron: {
    address: `./#/${PLACE}/467`,
    ready: async (tab) => {
      await expect(
        tab
          .getByRole('list', { name: /Most positive pictures/ })
          .getByRole('button')
          .first(),
      ).toBeVisible();
      await expect(tab.getByText(/with \d+ words/)).toBeVisible();
    },
    also: [
      async (tab) => {
        await tab.getByRole('button', { name: /^Panel: Spread over/ }).click();
        await expect(tab.getByRole('menuitem', { name: 'Enlarge' })).toBeVisible();
      },
      async (tab) => {
        await tab.getByRole('menuitem', { name: 'Enlarge' }).click();
        await expect(tab.getByRole('dialog', { name: /^Spread over/ })).toBeVisible();
      },
      async (tab) => {
        await tab.keyboard.press('Escape');
        await tab.getByRole('button', { name: 'Share this view' }).click();
        await expect(tab.getByRole('dialog', { name: 'Share this view' })).toBeVisible();
      },
      async (tab) => {
        await tab.keyboard.press('Escape');
        await expect(tab.getByRole('dialog')).toHaveCount(0);
        await withSetting('present=1')(tab);
      },
      withSetting('embed=1'),
    ],
  },
  image: {
    address: `./#/image/${PLACE}?backend=wasm&image=5&find=castle`,
    ready: (tab) =>
      expect(tab.getByRole('button', { name: /Save the mask/ })).toBeVisible({ timeout: 120_000 }),
    open: async (tab) => {
      await tab.getByRole('button', { name: /Point at a patch/ }).click();
      await tab.getByRole('button', { name: 'Switch off all of block 0' }).click();
      await expect(tab.getByRole('button', { name: /Switch on again/ })).toBeVisible();
    },
    also: [
      async (tab) => {
        await tab.getByRole('radio', { name: 'compare all' }).check({ force: true });
        await expect(tab.getByRole('list', { name: 'Maps of “castle”' })).toBeVisible();
      },
    ],
  },
  own: { address: `./#/own/${PLACE}`, ready: title },
  experiments: {
    address: `./#/experiments/${PLACE}`,
    ready: (tab) => expect(tab.getByRole('heading', { name: 'How it is run' })).toBeVisible(),
    also: [experiment('Indirect'), experiment('Segmentation'), experiment('Adversarial')],
  },
  models: {
    address: `./#/models/${PLACE}`,
    ready: (tab) => expect(tab.getByRole('heading', { name: 'Open another model' })).toBeVisible(),
  },
  about: { address: `./#/about/${PLACE}`, ready: title },
  compare: { address: `./#/compare/${PLACE}?neurons=0.467~1.12`, ready: title },
  pins: {
    address: `./#/pins/${PLACE}?list=${packedList({ name: 'Castles', pins: PINS })}`,
    ready: (tab) => expect(tab.getByRole('list', { name: 'Shared pins' })).toBeVisible(),
    also: [
      async (tab) => {
        await tab.getByRole('button', { name: 'Keep these' }).click();
        await expect(tab.getByRole('list', { name: 'Your pins' })).toBeVisible();
      },
    ],
  },
  learn: {
    address: `./#/learn/${PLACE}`,
    ready: title,
    also: [
      async (tab) => {
        await tab.getByRole('main').getByRole('button', { name: 'Take the tour' }).click();
        await expect(tab.getByRole('complementary', { name: /^Lesson: / })).toBeVisible();
      },
    ],
  },
};
