import { LensError } from '../../src/errors.ts';
import { summarise } from '../../src/lens/summarise.ts';
import { mapFiles, openPack, writePack } from '../../src/pack/index.ts';
import type { PictureSet } from '../../src/state/data.ts';
import type { ModelInfo } from '../../src/state/engineSlice.ts';
import type { OfflinePort } from '../../src/state/offlinePort.ts';
import type { LensClient, Services } from '../../src/state/services.ts';
import { createLensStore, type LensStore } from '../../src/state/store.ts';
import { madeUpAnalysis, madeUpParts, SIZES } from '../pack/analysis.ts';

/** The made-up model as the worker tells of it. */
export const madeUpInfo = (): ModelInfo => ({
  id: 'pictogram-clip',
  title: 'Made up',
  config: madeUpParts().model.config,
  backend: { ...madeUpParts().backend, provider: 'wasm' },
  hash: madeUpParts().model.hash,
  hashOf: 'whole file',
  verified: 'none',
  bytes: 1000,
  precision: 'float32',
  hasTexts: true,
  notes: [],
});

/** A client that refuses everything but what a test gives it. */
export function fakeClient(given: Partial<LensClient>): LensClient {
  const refuse = async () => {
    throw new LensError('unavailable', 'not in this test');
  };
  return {
    open: async () => madeUpInfo(),
    modelInfo: async () => undefined,
    plan: refuse,
    storedModels: async () => [],
    keptTexts: async () => 0,
    forgetTexts: refuse,
    forgetModel: refuse,
    lookThrough: refuse,
    packFile: refuse,
    packZip: refuse,
    analyse: refuse,
    summarise: refuse,
    project: refuse,
    heatmaps: refuse,
    embedImages: refuse,
    embedTexts: refuse,
    shippedPools: async () => [],
    openPool: refuse,
    readImage: refuse,
    ablateImage: refuse,
    patchNeurons: refuse,
    ablatePatch: refuse,
    segmentImage: refuse,
    headTextMap: refuse,
    attentionMaps: refuse,
    pictureAt: refuse,
    sparseCode: refuse,
    sparseCodes: refuse,
    chanceR2: refuse,
    runExperiment: refuse,
    experiment: async () => undefined,
    keptExperiments: async () => [],
    forgetExperiment: refuse,
    dispose: () => undefined,
    ...given,
  };
}

/** A page that keeps nothing; a test gives what it is about. */
export function fakeOffline(given: Partial<OfflinePort> = {}): OfflinePort {
  const refuse = async () => {
    throw new LensError('unavailable', 'not in this test');
  };
  return {
    barred: () => 'not in this test',
    savesData: () => false,
    threads: () => 'no',
    start: refuse,
    idle: async () => undefined,
    keepNext: refuse,
    update: refuse,
    forget: refuse,
    useNewVersion: refuse,
    reload: () => undefined,
    ...given,
  };
}

const pictures: PictureSet = {
  name: 'made up',
  licence: 'none',
  count: SIZES.images,
  size: 8,
  templates: ['a photo of {}', '{}'],
  classes: ['a dog', 'a cat'],
  labels: () => ['a dog'],
  cell: () => ({ url: 'sheet', column: 0, row: 0, columns: 1, rows: 1 }),
  caption: (image) => `caption ${image}`,
};

/** Services over the made-up pack of test/pack/analysis.ts, blocks 0 and 2. */
export function fakeServices(given: Partial<LensClient> = {}, other: Partial<Services> = {}): Services {
  const files = writePack(madeUpParts());
  const client = fakeClient(given);
  let time = 0;
  const drawer = new Map<string, string>();
  return {
    openPack: () => openPack(mapFiles(files)),
    openPictures: async () => pictures,
    packedPictures: async () => pictures,
    blobUrl: () => 'blob:made-up',
    revokeUrl: () => undefined,
    client: async () => client,
    url: (path) => `https://example.test/${path}`,
    now: () => (time += 1000),
    pause: async () => undefined,
    readOwn: async (file) => `hash of ${file.name}`,
    random: () => 0.5,
    offline: fakeOffline(),
    kept: (name) => drawer.get(name),
    keep: (name, text) => drawer.set(name, text) !== undefined,
    onKept: () => undefined,
    ...other,
  };
}

/** A store with the made-up pack open and the block in view loaded. */
export async function openedStore(
  given: Partial<LensClient> = {},
  other: Partial<Services> = {},
): Promise<LensStore> {
  const store = createLensStore(fakeServices(given, other));
  await store.getState().openSubject();
  await store.getState().ensureVectors(store.getState().view.block);
  return store;
}

export const summaryOf = (block: number) => summarise(madeUpAnalysis(block));
export { madeUpAnalysis, madeUpParts, SIZES };
