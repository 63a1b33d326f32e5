import { effectScale, type ImageTrace } from './secondOrderEffects.ts';

/**
 * Heatmap of a neuron on one image: its post-activations on the patch grid.
 * @param activations p [T, N]; T includes the CLS token, which has no place on the grid.
 * @returns [T−1], row by row of the grid.
 */
export function neuronHeatmap(
  activations: ArrayLike<number>,
  neurons: number,
  neuron: number,
): Float32Array<ArrayBuffer> {
  const tokens = activations.length / neurons;
  return Float32Array.from({ length: tokens - 1 }, (_, i) => activations[(i + 1) * neurons + neuron]!);
}

/** What the later blocks do with one image's tokens. */
export interface LaterAttention {
  /** Per later block: CLS row of the attention softmax [H, T]. */
  readonly rows: readonly ArrayLike<number>[];
  /** Per later block: 1/sd of the first LayerNorm's input [T]. */
  readonly invStd: readonly ArrayLike<number>[];
}

export interface SecondOrderHeatmap {
  /** [T−1] what each patch adds to the effect along the direction. */
  readonly patches: Float32Array<ArrayBuffer>;
  /** What the CLS token adds. */
  readonly clsTerm: number;
}

/**
 * Second-order heatmap: per token i, 100/(s‖r‖) · p[i,n] · Σ_r a_r[i]/sd_r[i] · y_n[r], with
 * y_n = U_n·r_n (`alongDirection`). All tokens together give ⟨phi_n(I) − e(I), r_n⟩, effect not centred.
 */
export function secondOrderHeatmap(
  activations: ArrayLike<number>,
  neurons: number,
  neuron: number,
  later: LaterAttention,
  along: ArrayLike<number>,
  image: Pick<ImageTrace, 'embedding' | 'finalInvStd'>,
): SecondOrderHeatmap {
  const tokens = activations.length / neurons;
  const scale = effectScale(image);
  const terms = Float64Array.from(
    tokenWeights(later, along, tokens),
    (weight, i) => scale * activations[i * neurons + neuron]! * weight,
  );
  return { patches: Float32Array.from(terms.subarray(1)), clsTerm: terms[0]! };
}

/** Σ_r a_r[i]/sd_r[i]·y[r] of every token, [T]. */
function tokenWeights(later: LaterAttention, along: ArrayLike<number>, tokens: number): Float64Array {
  const weights = new Float64Array(tokens);
  let r = 0;
  later.rows.forEach((row, l) => {
    for (let h = 0; h < row.length / tokens; h++, r++) {
      for (let i = 0; i < tokens; i++) {
        weights[i]! += row[h * tokens + i]! * later.invStd[l]![i]! * along[r]!;
      }
    }
  });
  return weights;
}
