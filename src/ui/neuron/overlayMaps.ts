import type { HeatmapPair, MapKind } from '../../state/index.ts';
import type { MapScale } from '../charts/mapScale.ts';

/** The maps that pictures can have: a neuron's two, or a direction's one. */
export type ShownMap = MapKind | 'direction';

const NONE = new Float32Array(0);

export function mapOf(pair: HeatmapPair, kind: ShownMap): Float32Array {
  if (kind === 'direction') return pair.along ?? NONE;
  return kind === 'activation' ? pair.activation : pair.secondOrder;
}

export const scaleKind = (kind: ShownMap): MapScale['kind'] =>
  kind === 'activation' ? 'sequential' : 'diverging';

/** A neuron's activation on a picture, taken apart: the five numbers add up. */
export interface EffectParts {
  readonly patches: number;
  readonly cls: number;
  /** ⟨mean, direction⟩ over the set, which centring takes away. */
  readonly setMean: number;
  /** What every neuron of the block shares (biases and LayerNorm means), and rounding. */
  readonly shared: number;
  /** x, the signed activation. */
  readonly activation: number;
}

/**
 * x = Σ patches + CLS − ⟨mean, r⟩ + shared. The shared part is what is left, as it is not asked of the
 * engine for single pictures.
 */
export function effectParts(pair: HeatmapPair, activation: number, setMean: number): EffectParts {
  const patches = pair.secondOrder.reduce((sum, value) => sum + value, 0);
  return {
    patches,
    cls: pair.clsTerm,
    setMean,
    activation,
    shared: activation + setMean - patches - pair.clsTerm,
  };
}
