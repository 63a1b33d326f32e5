import type { Sheet } from '../table.ts';

/** What a picture of one's own does to one neuron; `relative` is |activation| as a multiple of its threshold. */
interface Moved {
  readonly neuron: number;
  readonly activation: number;
  readonly norm: number;
  readonly relative: number;
}

interface Listed {
  /** SHA-256 of the file. */
  readonly id: string;
  readonly name: string;
  /** Strongest first; empty while it is not measured. */
  readonly neurons: readonly Moved[];
}

/** A row a listed neuron of each picture. */
export const movedSheet = (of: string, pictures: readonly Listed[]): Sheet => ({
  name: `${of} own pictures and their neurons`,
  columns: ['file', 'sha256', 'neuron', 'activation', 'norm', 'timesThreshold'],
  rows: pictures.flatMap(({ id, name, neurons }) =>
    neurons.map(({ neuron, activation, norm, relative }) => [name, id, neuron, activation, norm, relative]),
  ),
});
