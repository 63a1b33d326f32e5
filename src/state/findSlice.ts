import { textContrast } from '../lens/textContrast.ts';
import { failed, IDLE, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import { blocksOfFind, FIND_MAPS, type FindMap, type FindSettings } from './findSettings.ts';
import type { FoundMap, FoundText } from './imageTypes.ts';
import { newestWins } from './newestWins.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { sentencesOf, unitMean } from './searchSlice.ts';
import type { LensClient } from './services.ts';
import type { Slice } from './state.ts';

/** The text of the view looked for in its picture; the view's settings say how. */
export interface FindSlice {
  readonly found: Loadable<FoundText>;
  /** Looks again after the view or the picture changed; the newest wins. */
  findNow(): void;
}

/** A pause in typing. */
const SETTLE_MS = 200;
/** Of the order `random`: so that it is the same neurons again. */
const SEED = 0;

export const findSlice: Slice<FindSlice> = (set, get) => {
  const newest = newestWins();

  /** The text's vector; less the classes' mean, which tells nothing of this text, where contrast is wanted. */
  async function textVector(
    client: LensClient,
    view: FindSettings,
    signal: AbortSignal,
  ): Promise<Float32Array> {
    const words = view.find.trim();
    const sentences = sentencesOf(words, loadedValue(get().pictures)?.templates ?? []);
    const text = unitMean(await client.embedTexts(sentences, { signal }), sentences.length);
    const classes = view.findText === 'contrast' ? await get().ensureClasses() : undefined;
    if (!classes || classes.count < 2) return text;
    const mean = new Float64Array(classes.dim);
    for (const [i, x] of classes.vectors.entries()) mean[i % classes.dim]! += x / classes.count;
    return Float32Array.from(textContrast(text, mean));
  }

  async function mapBy(
    kind: FindMap,
    client: LensClient,
    text: () => Promise<Float32Array>,
    view: FindSettings,
    signal: AbortSignal,
  ): Promise<FoundMap | undefined> {
    const picture = loadedValue(get().picture);
    if (!picture) return undefined;
    const { id } = picture.reading;
    if (kind === 'attention') {
      const { lastBlock } = await client.attentionMaps(id, { signal });
      return { map: lastBlock, flat: false, chosen: [] };
    }
    if (kind === 'heads') return { ...(await client.headTextMap(id, await text(), { signal })), chosen: [] };
    if (picture.blocks.length === 0) return undefined;
    const options = {
      map: kind,
      blocks: blocksOfFind(view.findBlocks, picture.blocks),
      neurons: view.findCount,
      order: view.findOrder,
      signs: view.findSigns,
      seed: SEED,
    } as const;
    return client.segmentImage(id, await text(), options, { signal });
  }

  async function look(signal: AbortSignal): Promise<FoundText> {
    const { view } = get();
    const client = await get().ensureEngine();
    let vector: Promise<Float32Array> | undefined;
    const text = () => (vector ??= textVector(client, view, signal));
    const kinds = view.findLook === 'compare' ? FIND_MAPS : [view.findMap];
    const maps = new Map<FindMap, FoundMap>();
    for (const kind of kinds) {
      const found = await mapBy(kind, client, text, view, signal);
      if (found) maps.set(kind, found);
    }
    if (maps.size > 0) return { text: view.find.trim(), maps };
    throw new Error('no map was made'); // the page offers none of neurons where no block was analysed
  }

  return {
    found: IDLE,
    findNow() {
      const words = get().view.find.trim();
      if (words === '' || get().picture.status !== 'ready') {
        newest.cancel();
        return set({ found: IDLE });
      }
      newest.run(SETTLE_MS, async (signal) => {
        const put = (found: Loadable<FoundText>) => !signal.aborted && set({ found });
        try {
          if (loadedValue(get().found)?.text !== words) put(LOADING);
          put(ready(await look(signal)));
        } catch (error) {
          if (!isCancelled(error)) put(failed(sentenceFor(error)));
        }
      });
    },
  };
};
