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

/** A block with all its neurons. */
export interface WholeBlock {
  readonly block: number;
  readonly overview: BlockOverview;
  readonly rows: readonly NeuronRow[];
}

export async function shippedBlocks(): Promise<WholeBlock[]> {
  const pack = await shippedPack();
  return Promise.all(
    pack.manifest.blocks.map(async ({ block, neurons }) => ({
      block,
      overview: await pack.overview(block),
      rows: await Promise.all(Array.from({ length: neurons }, (_, neuron) => pack.neuron(block, neuron))),
    })),
  );
}
