import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSetIndex } from '../../../src/images/sheets.ts';
import { mapFiles, type NeuronRow, openPack, readJson } from '../../../src/pack/index.ts';
import { pictureSet } from '../../../src/state/browserServices.ts';
import type { BlockOverview, PictureSet } from '../../../src/state/data.ts';
import { createLensStore, type LensStore } from '../../../src/state/store.ts';
import { packFolder } from '../../support/packFolder.ts';
import { fakeServices } from '../fakes.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const setIndex = parseSetIndex(
  readJson(new Uint8Array(readFileSync(`${repository}public/sets/pictograms/set.json`))),
);

export const shippedPictures = (): PictureSet => pictureSet('https://example.test/set/', setIndex);
export const shippedPack = () => openPack(mapFiles(packFolder('public/packs/pictograms')));

/** A store with the analysis that ships, as the page opens it. */
export async function shippedStore(): Promise<LensStore> {
  const store = createLensStore(
    fakeServices({}, { openPack: shippedPack, openPictures: async () => shippedPictures() }),
  );
  await store.getState().openSubject();
  return store;
}

/** A block with some of its neurons: a row takes milliseconds to read, and there are 3,840. */
export interface LookedAtBlock {
  readonly block: number;
  readonly overview: BlockOverview;
  readonly rows: ReadonlyMap<number, NeuronRow>;
}

/** Effect sizes from here on are looked at one and all; of the others every {@link SAMPLED}th, to be counted. */
export const LARGE = 0.5;
export const SAMPLED = 8;

export async function shippedBlocks(): Promise<LookedAtBlock[]> {
  const pack = await shippedPack();
  return Promise.all(
    pack.manifest.blocks.map(async ({ block }) => {
      const overview = await pack.overview(block);
      const wanted = [...overview.typicalNorm.keys()].filter(
        (neuron) => overview.typicalNorm[neuron]! >= LARGE || neuron % SAMPLED === 0,
      );
      const rows = await Promise.all(
        wanted.map(async (neuron) => [neuron, await pack.neuron(block, neuron)] as const),
      );
      return { block, overview, rows: new Map(rows) };
    }),
  );
}
