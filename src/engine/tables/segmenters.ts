import type { VisionConfig } from '../../clip/config.ts';
import { type Instruments, OUTPUTS } from '../../clip/trace.ts';
import { attentionOfBlocks, rawAttention } from '../../lens/attentionMap.ts';
import { directTextMap } from '../../lens/directEffects.ts';
import { headReaders } from '../../lens/headReaders.ts';
import type { LensWeights } from '../../lens/lensWeights.ts';
import { chooseNeurons, cosineScores } from '../../lens/neuronChoice.ts';
import { laterBlocks } from '../../lens/paths.ts';
import {
  addNeuronMaps,
  addSecondOrderMaps,
  mapWeights,
  type PixelMap,
  pixelMap,
  type SegmentationOptions,
  type TextForm,
  type Threshold,
} from '../../lens/segmentation.ts';
import { textContrast } from '../../lens/textContrast.ts';
import { dot, meanRow } from '../../lens/vectors.ts';
import type { ClassEmbeddings } from '../../lens/zeroShot.ts';

/**
 * What makes a map of a text on a picture:
 * - neurons of some blocks, chosen for the text;
 * - `attention`: where the CLS token looks, whatever the text: in the last block (`raw`), or on average over `all blocks`;
 * - `direct`: the text-span paper's map, direct effects of all heads along the text's contrast, negative pixels at 0.
 *
 * Segmenters of one name differ in their threshold alone.
 */
export type Segmenter = { readonly name: string } & (
  | NeuronSegmenter
  | { readonly attention: 'raw' | 'all blocks'; readonly threshold: Threshold }
  | { readonly direct: 'heads'; readonly threshold: Threshold }
);

interface NeuronSegmenter extends SegmentationOptions {
  readonly blocks: readonly number[];
  readonly seed?: number;
}

/** One picture's part of each output. */
export type ImagePart = (name: string) => Float32Array;

/** Classes whose neurons are kept. */
const KEPT_TEXTS = 64;

/** Segmenters over one model and list of classes. */
export class MapMaker {
  readonly instruments: Instruments;
  readonly #segmenters: readonly Segmenter[];
  readonly #config: VisionConfig;
  readonly #weights: LensWeights;
  readonly #classes: ClassEmbeddings;
  readonly #directions: ReadonlyMap<number, Float32Array>;
  readonly #mean: Float64Array;
  readonly #writes = new Map<number, Float32Array>();
  readonly #kept = new Map<number, Map<string, readonly ChosenOfBlock[]>>();

  /** @param directions [N, D] of every block that a segmenter names */
  constructor(
    config: VisionConfig,
    weights: LensWeights,
    segmenters: readonly Segmenter[],
    classes: ClassEmbeddings,
    directions: ReadonlyMap<number, Float32Array>,
  ) {
    this.#config = config;
    this.#weights = weights;
    this.#segmenters = segmenters;
    this.#classes = classes;
    this.#directions = directions;
    this.#mean = meanRow(classes.vectors, classes.count, classes.dim);
    this.instruments = instrumentsFor(segmenters, config.layers);
  }

  /** The map of a class on a picture by every segmenter, in their order; one map for all of a name. */
  maps(image: ImagePart, text: number): PixelMap[] {
    const chosen = this.#chosenFor(text);
    const made = new Map<string, PixelMap>();
    return this.#segmenters.map((segmenter) => {
      const map = made.get(segmenter.name) ?? this.#map(segmenter, image, text, chosen);
      made.set(segmenter.name, map);
      return map;
    });
  }

  #map(
    segmenter: Segmenter,
    image: ImagePart,
    text: number,
    chosen: ReadonlyMap<string, readonly ChosenOfBlock[]>,
  ): PixelMap {
    const { imageSize, heads, layers, patchSize } = this.#config;
    const rowOf = (block: number) => image(OUTPUTS.attentionRow(block));
    const allBlocks = Array.from({ length: layers }, (_, block) => block);
    if ('attention' in segmenter) {
      if (segmenter.attention === 'raw') return pixelMap(rawAttention(rowOf(layers - 1), heads), imageSize);
      return pixelMap(attentionOfBlocks(allBlocks.map(rowOf), heads), imageSize);
    }
    if ('direct' in segmenter) {
      const attention = allBlocks.map((block) => ({
        block,
        row: rowOf(block),
        values: image(OUTPUTS.values(block)),
      }));
      const map = directTextMap(this.#weights, attention, this.#text(text, 'contrast'), endOf(image));
      return pixelMap(map, imageSize, 0);
    }
    const map = new Float64Array((imageSize / patchSize) ** 2);
    for (const { block, neurons, weights, along } of chosen.get(segmenter.name)!) {
      const firing = columns(image(OUTPUTS.activations(block)), this.#config.neurons, neurons);
      if (along === undefined) {
        addNeuronMaps(map, firing, weights);
      } else {
        const later = laterBlocks(block, layers);
        const reading = { rows: later.map(rowOf), invStd: later.map((l) => image(OUTPUTS.invStd(l))) };
        addSecondOrderMaps(map, firing, weights, along, reading, endOf(image));
      }
    }
    return pixelMap(map, imageSize);
  }

  /** Every segmenter's neurons for a class, by name; those of the last classes asked for are kept. */
  #chosenFor(text: number): ReadonlyMap<string, readonly ChosenOfBlock[]> {
    const found = this.#kept.get(text) ?? this.#choose(text);
    this.#kept.delete(text);
    this.#kept.set(text, found);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_TEXTS) this.#kept.delete(oldest!);
    return found;
  }

  #choose(text: number): Map<string, readonly ChosenOfBlock[]> {
    const forms = { alone: this.#text(text, 'alone'), contrast: this.#text(text, 'contrast') };
    const scores = new Map<string, Float32Array>();
    const readers = new Map<TextForm, readonly Float64Array[]>();
    const chosen = new Map<string, readonly ChosenOfBlock[]>();
    const { layers } = this.#config;
    const every = Array.from({ length: layers - 1 }, (_, i) => i + 1);
    for (const segmenter of this.#segmenters) {
      if (!('blocks' in segmenter) || chosen.has(segmenter.name)) continue;
      const { name, blocks, neurons, order, seed, map, signs, text: form } = segmenter;
      const own = blocks.map((block) => {
        const key = `${form} ${block}`;
        const known = scores.get(key) ?? cosineScores(this.#directions.get(block)!, forms[form]);
        scores.set(key, known);
        return { block, scores: known };
      });
      const list = chooseNeurons(own, neurons, order, seed);
      const read =
        readers.get(form) ?? (map === 'activation' ? [] : headReaders(this.#weights, every, forms[form]));
      if (map === 'second-order') readers.set(form, read);
      chosen.set(
        name,
        blocks.map((block) => {
          const some = list.filter((one) => one.block === block).map(({ neuron }) => neuron);
          const all = mapWeights(list, block, this.#config.neurons, signs);
          return {
            block,
            neurons: Int32Array.from(some),
            weights: Float32Array.from(some, (n) => all[n]!),
            along: map === 'activation' ? undefined : this.#along(block, some, read),
          };
        }),
      );
    }
    return chosen;
  }

  /** ⟨U_n[r], text⟩ of some neurons, [n, R]. */
  #along(block: number, some: readonly number[], readers: readonly Float64Array[]): Float32Array {
    const writes = this.#writes.get(block) ?? this.#weights.write(block).weight;
    this.#writes.set(block, writes);
    const { width, heads } = this.#config;
    const later = readers.slice(block * heads);
    const along = new Float32Array(some.length * later.length);
    some.forEach((n, i) => {
      later.forEach((reader, r) => {
        along[i * later.length + r] = dot(writes, reader, width, n * width);
      });
    });
    return along;
  }

  #text(text: number, form: TextForm): ArrayLike<number> {
    const { dim, vectors } = this.#classes;
    const vector = vectors.subarray(text * dim, (text + 1) * dim);
    return form === 'alone' ? vector : textContrast(vector, this.#mean);
  }
}

/** The neurons of one block that a segmenter takes for a text. */
interface ChosenOfBlock {
  readonly block: number;
  /** [n] */
  readonly neurons: Int32Array;
  /** [n] */
  readonly weights: Float32Array;
  /** [n, R] of second-order maps. */
  readonly along: Float32Array | undefined;
}

function instrumentsFor(segmenters: readonly Segmenter[], layers: number): Instruments {
  const every = Array.from({ length: layers }, (_, block) => block);
  const needs = segmenters.map((segmenter): Instruments => {
    if ('direct' in segmenter) return { attention: every, values: every };
    if ('attention' in segmenter) return { attention: segmenter.attention === 'raw' ? [layers - 1] : every };
    const later = segmenter.map === 'second-order' ? every.slice(Math.min(...segmenter.blocks) + 1) : [];
    return { activations: segmenter.blocks, attention: later };
  });
  const all = (kind: 'activations' | 'attention' | 'values') =>
    [...new Set(needs.flatMap((need) => need[kind] ?? []))].sort((a, b) => a - b);
  return { activations: all('activations'), attention: all('attention'), values: all('values') };
}

const endOf = (image: ImagePart) => ({
  embedding: image(OUTPUTS.embedding),
  finalMean: image(OUTPUTS.finalMean)[0]!,
  finalInvStd: image(OUTPUTS.finalInvStd)[0]!,
});

/** Some columns of p [T, N], side by side: [T, n]. */
function columns(p: Float32Array, all: number, some: Int32Array): Float32Array {
  const count = some.length;
  const part = new Float32Array((p.length / all) * count);
  for (let t = 0; t * all < p.length; t++) {
    for (let i = 0; i < count; i++) part[t * count + i] = p[t * all + some[i]!]!;
  }
  return part;
}
