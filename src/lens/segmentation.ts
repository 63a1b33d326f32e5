import type { LaterAttention } from './heatmap.ts';
import type { ChosenNeuron, NeuronOrder } from './neuronChoice.ts';
import { effectScale, type ImageTrace } from './secondOrderEffects.ts';
import { upsample } from './upsample.ts';

/**
 * Segmentation by text (compute_segmentation.py): neurons whose directions lie along the text are
 * chosen, their maps on the picture are averaged, enlarged, stretched to 0…1 and cut at a threshold.
 */

/**
 * What is averaged over the chosen neurons:
 * - `activation` (released): where they fire ({@link addNeuronMaps}).
 * - `second-order`: what their firing at each patch adds to the output along the text ({@link addSecondOrderMaps}).
 *   A patch that no later head reads adds nothing, however loud it is.
 */
export type NeuronMap = 'activation' | 'second-order';

/**
 * - `unsigned` (released): all maps count alike, also those of neurons that point away from the text.
 * - `signed`: the map of a neuron that points away from it is taken off.
 */
export type MapSigns = 'unsigned' | 'signed';

/**
 * What neurons are chosen by: the text's embedding as it is (released), or less the mean of the texts it stands
 * among (`textContrast.ts`).
 */
export type TextForm = 'alone' | 'contrast';

/** What is chosen before a segmentation. */
export interface SegmentationOptions {
  readonly text: TextForm;
  readonly neurons: number;
  readonly order: NeuronOrder;
  readonly map: NeuronMap;
  /** Of activation maps; second-order maps have signs of their own. */
  readonly signs: MapSigns;
  readonly threshold: Threshold;
}

/** Pixels above it, of a map stretched to 0…1, belong to the text. `mean`: the map's own mean. */
export type Threshold = number | 'mean';

/** The released script's choices; its 200 neurons are of the blocks 8, 9 and 10 of 12. */
export const RELEASED_SEGMENTATION: SegmentationOptions = {
  text: 'alone',
  neurons: 200,
  order: 'absolute',
  map: 'activation',
  signs: 'unsigned',
  threshold: 0.5,
};

/**
 * Ours: neurons that lie to this text as they do not to all texts, and towards it (one that lies away from it fires
 * where the text's thing is not); and of their firing what reaches the output. docs/results.md has what each is worth.
 */
export const CORRECTED_SEGMENTATION: SegmentationOptions = {
  ...RELEASED_SEGMENTATION,
  text: 'contrast',
  order: 'signed',
  map: 'second-order',
  signs: 'signed',
};

/**
 * The weight of every neuron of a block in the mean of maps, [N]: ±1/(number chosen in all blocks), 0 for
 * neurons that were not chosen. One product with the block's activations [T, N] makes the block's part.
 */
export function mapWeights(
  chosen: readonly ChosenNeuron[],
  block: number,
  neurons: number,
  signs: MapSigns,
): Float32Array {
  const weights = new Float32Array(neurons);
  for (const { block: b, neuron, score } of chosen) {
    if (b === block) weights[neuron] = (signs === 'signed' && score < 0 ? -1 : 1) / chosen.length;
  }
  return weights;
}

/**
 * Adds a block's weighted neuron maps to a text's map: map[i] += Σ_n weight_n·p[i+1, n].
 * @param map [T−1], changed
 * @param activations p [T, N]; the CLS token has no place on the grid
 */
export function addNeuronMaps(
  map: Float64Array,
  activations: ArrayLike<number>,
  weights: ArrayLike<number>,
): void {
  const neurons = weights.length;
  for (let n = 0; n < neurons; n++) {
    const weight = weights[n]!;
    if (weight === 0) continue;
    for (let i = 0; i < map.length; i++) map[i]! += weight * activations[(i + 1) * neurons + n]!;
  }
}

/**
 * The same with what each patch's firing adds to the *output* along the text, instead of the firing:
 * map[i] += 100/(s‖r‖)·Σ_n |weight_n|·p[i+1, n]·Σ_r a_r[i+1]/sd_r[i+1]·⟨U_n[r], text⟩. Signs are its own.
 * With weight 1 for every neuron it is the block's whole second-order share of the image's logit, patch by
 * patch. Not in the paper.
 * @param along ⟨U_n[r], text⟩ [N, R]
 */
export function addSecondOrderMaps(
  map: Float64Array,
  activations: ArrayLike<number>,
  weights: ArrayLike<number>,
  along: ArrayLike<number>,
  later: LaterAttention,
  image: Pick<ImageTrace, 'embedding' | 'finalInvStd'>,
): void {
  const neurons = weights.length;
  const heads = along.length / neurons;
  const tokens = map.length + 1;
  const scale = effectScale(image);
  const sums = new Float64Array(heads);
  for (let i = 1; i < tokens; i++) {
    sums.fill(0);
    for (let n = 0; n < neurons; n++) {
      const factor = Math.abs(weights[n]!) * activations[i * neurons + n]!;
      if (factor === 0) continue;
      for (let r = 0; r < heads; r++) sums[r]! += factor * along[n * heads + r]!;
    }
    let sum = 0;
    readersOf(later, tokens, i, (weight, r) => {
      sum += weight * sums[r]!;
    });
    map[i - 1]! += scale * sum;
  }
}

/** Visits a_r[i]/sd_r[i] of every later head r at token i. */
export function readersOf(
  { rows, invStd }: LaterAttention,
  tokens: number,
  token: number,
  visit: (weight: number, head: number) => void,
): void {
  let r = 0;
  rows.forEach((row, l) => {
    for (let at = token; at < row.length; at += tokens) visit(row[at]! * invStd[l]![token]!, r++);
  });
}

/** A map in pixels. */
export interface PixelMap {
  /** S */
  readonly size: number;
  /** [S, S] in 0…1; all 0 when flat. */
  readonly values: Float32Array<ArrayBuffer>;
  /** True when the map was the same everywhere, and so says nothing. The released code's NaN, set to 0. */
  readonly flat: boolean;
}

/**
 * A patch map [G, G] enlarged to [S, S] and stretched so that its smallest value is 0 and its largest 1.
 * @param floor values below it are lifted to it before stretching: 0 for maps whose negative part means
 *   "something else" (the text-span paper's script does so), none unless told
 */
export function pixelMap(
  map: ArrayLike<number>,
  size: number,
  floor: number = Number.NEGATIVE_INFINITY,
): PixelMap {
  const values = upsample(map, Math.round(Math.sqrt(map.length)), size);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = Math.max(floor, values[i]!);
    values[i] = value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const flat = !(high > low);
  for (let i = 0; i < values.length; i++) values[i] = flat ? 0 : (values[i]! - low) / (high - low);
  return { size, values, flat };
}

/** 1 where the map is above the threshold, else 0, [S, S]. */
export function maskOf({ values }: PixelMap, threshold: Threshold): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(values.length);
  let cut = threshold;
  if (cut === 'mean') {
    cut = 0;
    for (let i = 0; i < values.length; i++) cut += values[i]! / values.length;
  }
  for (let i = 0; i < values.length; i++) mask[i] = values[i]! > cut ? 1 : 0;
  return mask;
}
