/** What a picture does to one neuron. */
export interface ActiveNeuron {
  readonly neuron: number;
  /** x, signed. */
  readonly activation: number;
  readonly norm: number;
  /** |x| as a multiple of the neuron's threshold: above 1 the picture is surely significant. */
  readonly relative: number;
}

export const RANKINGS = ['relative', 'activation', 'norm'] as const;
/** By |x| against the neuron's own threshold, by |x|, or by the length of the whole effect. */
export type Ranking = (typeof RANKINGS)[number];

interface Rows {
  /** [I, N] */
  readonly activations: Float32Array;
  /** [I, N] */
  readonly norms: Float32Array;
}

/** The `count` neurons a picture moves most, strongest first; ties by number. */
export function mostActive(
  rows: Rows,
  picture: number,
  thresholds: Float32Array,
  ranking: Ranking,
  count: number,
): ActiveNeuron[] {
  const neurons = thresholds.length;
  const from = picture * neurons;
  const all = Array.from({ length: neurons }, (_, neuron): ActiveNeuron => {
    const activation = rows.activations[from + neuron]!;
    const threshold = thresholds[neuron]!;
    return {
      neuron,
      activation,
      norm: rows.norms[from + neuron]!,
      relative: threshold > 0 ? Math.abs(activation) / threshold : 0,
    };
  });
  const weight = (entry: ActiveNeuron): number => Math.abs(entry[ranking]);
  return all.sort((a, b) => weight(b) - weight(a) || a.neuron - b.neuron).slice(0, count);
}
