import type { LensWeights } from './lensWeights.ts';
import { outputMap } from './paths.ts';
import { addScaled, dot, norm, rowTimes, timesColumn } from './vectors.ts';

/**
 * Direct effects of attention heads (Gandelsman, Efros and Steinhardt, ICLR 2024): what a head reads at a token and
 * writes at CLS, through the final LayerNorm and P, over ‖r‖. Together with those of the MLPs and of the
 * embedding they sum to the *unit* image embedding; of length 1, where second-order effects are of 100.
 */

/** What one block's attention did on one image. */
export interface AttentionOnImage {
  readonly block: number;
  /** a [H, T]: CLS row of the softmax. */
  readonly row: ArrayLike<number>;
  /** v [T, W]: values of all heads side by side, bias included. */
  readonly values: ArrayLike<number>;
}

/** The end of the tower on that image. */
export interface TowerEnd {
  /** r [D] */
  readonly embedding: ArrayLike<number>;
  /** m */
  readonly finalMean: number;
  /** 1/s */
  readonly finalInvStd: number;
}

/**
 * Direct effect of every head of a block at every token, [T, H, D]:
 *
 *     1/‖r‖ · { [ a_h[i]·v_h[i]·W_O^h + b_O/(T·H) − m/(K·T·H) ] ⊙ g/s + b/(K·T·H) } · P,   K = 1+2L
 *
 * Biases and the subtracted mean are spread evenly, as in the released hook. T·H·D numbers: for a few images.
 */
export function headTokenEffects(
  weights: LensWeights,
  attention: AttentionOnImage,
  end: TowerEnd,
): Float32Array {
  const { width, heads, dim } = weights;
  const { out, shared, toOutput } = blockOutput(weights, attention, end);
  const tokens = attention.row.length / heads;
  const size = width / heads;
  const scale = end.finalInvStd / norm(end.embedding);
  const effects = new Float32Array(tokens * heads * dim);
  for (let i = 0; i < tokens; i++) {
    for (let h = 0; h < heads; h++) {
      const at = h * size;
      const written = rowTimes(attention.values, out, size, width, i * width + at, at * width);
      const seen = rowTimes(written, toOutput, width, dim);
      const to = (i * heads + h) * dim;
      addScaled(effects, scale * attention.row[h * tokens + i]!, seen, dim, to);
      addScaled(effects, 1, shared, dim, to);
    }
  }
  return effects;
}

/**
 * The text-span paper's heatmap of a text: ⟨Σ over all heads of the given blocks of the direct effect of a
 * patch, text⟩, [T−1]. In units of the cosine of image and text, where the text has length 1.
 * The released script of that paper takes all blocks and, for the text, its class less the mean class
 * (`textContrast`), lifts negative pixels to 0 and cuts at the mean of the stretched map.
 * @param text [D]
 */
export function directTextMap(
  weights: LensWeights,
  attention: readonly AttentionOnImage[],
  text: ArrayLike<number>,
  end: TowerEnd,
): Float64Array {
  const { width, heads, dim } = weights;
  const size = width / heads;
  const scale = end.finalInvStd / norm(end.embedding);
  const tokens = (attention[0]?.row.length ?? heads) / heads;
  const map = new Float64Array(tokens - 1);
  for (const block of attention) {
    const { out, shared, toOutput } = blockOutput(weights, block, end);
    const read = timesColumn(out, timesColumn(toOutput, text, width, dim), width, width); // W_O·diag(g)·P·t
    const constant = heads * dot(shared, text, dim);
    for (let i = 1; i < tokens; i++) {
      let sum = 0;
      for (let h = 0; h < heads; h++) {
        const at = h * size;
        sum += block.row[h * tokens + i]! * dot(block.values, read, size, i * width + at, at);
      }
      map[i - 1]! += scale * sum + constant;
    }
  }
  return map;
}

/** What every token and head of a block has in common, [D], and the maps to the output. */
function blockOutput(
  weights: LensWeights,
  { block, row }: Pick<AttentionOnImage, 'block' | 'row'>,
  { embedding, finalMean, finalInvStd }: TowerEnd,
): { out: Float32Array; shared: Float64Array; toOutput: Float32Array } {
  const { width, dim, layers } = weights;
  const { weight: out, bias } = weights.out(block);
  const parts = row.length; // T·H
  const components = parts * (1 + 2 * layers);
  const toOutput = outputMap(weights);
  const spread = Float64Array.from(bias, (b) => (b / parts - finalMean / components) * finalInvStd);
  const shared = rowTimes(spread, toOutput, width, dim);
  const final = rowTimes(weights.finalNorm().bias, weights.projection(), width, dim);
  addScaled(shared, 1 / components, final, dim);
  const scale = 1 / norm(embedding);
  return { out, shared: shared.map((x) => scale * x), toOutput };
}
