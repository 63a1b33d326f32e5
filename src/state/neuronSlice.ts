import type { AtomForm } from '../lens/sparseCode.ts';
import type { CodeForms } from '../pack/index.ts';
import { failed, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import { directionMaps } from './directionMaps.ts';
import { directionOf } from './directionOf.ts';
import { directionsOf } from './directions.ts';
import { setSource } from './engineSlice.ts';
import type { HeatmapPair, WordedCode } from './neuronTypes.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { sourceOf } from './numbers.ts';
import type { LensClient } from './services.ts';
import type { LensState, Slice } from './state.ts';
import type { TermCount } from './view.ts';
import { poolKey } from './wordsSlice.ts';

/** What was asked of the engine about single neurons, kept by key. */
export interface NeuronSlice {
  /** Neuron key → image → its maps. */
  readonly heatmaps: ReadonlyMap<string, ReadonlyMap<number, Loadable<HeatmapPair>>>;
  readonly codes: ReadonlyMap<string, Loadable<WordedCode>>;
  requestHeatmaps(block: number, neuron: number, images: readonly number[]): void;
  requestCode(block: number, neuron: number, m: TermCount, atoms: AtomForm): void;
  /** Forgets codes whose key holds `part`, and with it what they were made from. */
  forgetCodes(part: string): void;
  /** Maps and codes of another model or set are no longer wanted. */
  forgetNeurons(): void;
}

/** Maps asked for within this time go to the engine together. */
const GATHER_MS = 20;
/** Maps of this many neurons stay; 40 pictures of 49 cells twice are 16 kB a neuron. */
const KEPT_NEURONS = 200;
/** Pictures in one call, so that the first maps show while others wait. */
const BATCH = 16;

export const neuronKey = (state: Parameters<typeof sourceOf>[0], block: number, neuron: number): string =>
  `${sourceOf(state, block)} ${block} ${neuron}`;
export const codeKey = (key: string, pool: string, m: TermCount, atoms: AtomForm): string =>
  `${key} | ${pool} ${m} ${atoms}`;

/** Lengths of the descriptions that the pack in view brings of the words in view, with what is chance. */
export function packedLengths(
  state: Pick<LensState, 'view' | 'subject'> & Parameters<typeof sourceOf>[0],
  block: number,
  atoms: AtomForm,
): CodeForms['lengths'] {
  if (atoms !== 'unit-atoms' || state.view.pool !== 'set' || sourceOf(state, block) !== 'shipped') return [];
  return loadedValue(state.subject)?.pack?.codes?.lengths ?? [];
}

/** Maps of several pictures, one by one. */
function pairsOf(maps: Awaited<ReturnType<LensClient['heatmaps']>>, count: number): HeatmapPair[] {
  const cells = maps.gridSide ** 2;
  return Array.from({ length: count }, (_, i) => ({
    gridSide: maps.gridSide,
    activation: maps.activation.slice(i * cells, (i + 1) * cells),
    secondOrder: maps.secondOrder.slice(i * cells, (i + 1) * cells),
    clsTerm: maps.clsTerm[i]!,
  }));
}

export const neuronSlice: Slice<NeuronSlice> = (set, get, services) => {
  const waiting = new Map<string, Set<number>>();

  function put(key: string, entries: Iterable<readonly [number, Loadable<HeatmapPair>]>): void {
    const heatmaps = new Map(get().heatmaps);
    const images = new Map(heatmaps.get(key));
    for (const [image, value] of entries) images.set(image, value);
    heatmaps.delete(key);
    heatmaps.set(key, images);
    for (const oldest of heatmaps.keys()) {
      if (heatmaps.size <= KEPT_NEURONS) break;
      heatmaps.delete(oldest);
    }
    set({ heatmaps });
  }

  async function compute(key: string, block: number, neuron: number, images: number[]): Promise<void> {
    try {
      const along = await directionOf(get(), block, neuron);
      const client = await get().ensureEngine();
      const set = setSource(get(), services.url);
      const given = directionsOf(get()) !== undefined;
      const together = given ? 1 : BATCH; // a direction's take two passes a picture: each is shown when it comes
      for (let from = 0; from < images.length; from += together) {
        const batch = images.slice(from, from + together);
        const pairs = given
          ? await directionMaps(client, set, batch, along)
          : pairsOf(await client.heatmaps(set, batch, block, neuron, along), batch.length);
        put(
          key,
          batch.map((image, i) => [image, ready(pairs[i]!)]),
        );
      }
    } catch (error) {
      const message = sentenceFor(error);
      const known = get().heatmaps.get(key);
      const missing = images.filter((image) => known?.get(image)?.status !== 'ready');
      put(
        key,
        missing.map((image) => [image, failed(message)]),
      );
    }
  }

  return {
    heatmaps: new Map(),
    codes: new Map(),
    forgetCodes: (part) => set({ codes: new Map([...get().codes].filter(([key]) => !key.includes(part))) }),
    forgetNeurons: () =>
      set({ heatmaps: new Map(), codes: new Map(), blockWords: new Map(), directions: new Map() }),
    requestHeatmaps(block, neuron, images) {
      const key = neuronKey(get(), block, neuron);
      const known = get().heatmaps.get(key);
      const wanted = images.filter((image) => {
        const status = known?.get(image)?.status;
        return image >= 0 && (status === undefined || status === 'failed');
      });
      if (wanted.length === 0) return;
      put(
        key,
        wanted.map((image) => [image, LOADING]),
      );
      const gathered = waiting.get(key);
      if (gathered) {
        for (const image of wanted) gathered.add(image);
        return;
      }
      waiting.set(key, new Set(wanted));
      setTimeout(() => {
        const all = [...(waiting.get(key) ?? [])];
        waiting.delete(key);
        void compute(key, block, neuron, all);
      }, GATHER_MS);
    },
    requestCode(block, neuron, m, atoms) {
      const key = codeKey(neuronKey(get(), block, neuron), poolKey(get()), m, atoms);
      const status = get().codes.get(key)?.status;
      if (status === 'loading' || status === 'ready') return;
      const putCode = (value: Loadable<WordedCode>) => set({ codes: new Map(get().codes).set(key, value) });
      putCode(LOADING);
      const work = async () => {
        const along = await directionOf(get(), block, neuron);
        const words = await get().ensureWords();
        const client = await services.client();
        const code = await client.sparseCode(along, words.handle, { terms: m, atoms });
        const terms = Array.from(code.texts, (text, i) => ({
          text: words.texts[text] ?? `text ${text}`,
          coefficient: code.coefficients[i]!,
        }));
        putCode(ready({ terms, r2: code.r2, m, atoms }));
        get().requestChance(m, atoms);
      };
      work().catch((error) => {
        putCode(failed(isCancelled(error) ? 'It was cancelled.' : sentenceFor(error)));
      });
    },
  };
};
