import { useLens } from '../../state/index.ts';

/** Tries again what could not be loaded: model and pictures, then the neuron. */
export function reload(block: number, neuron: number): void {
  const { openSubject, ensureOverview, ensureNeuron } = useLens.getState();
  void openSubject().then(() => Promise.all([ensureOverview(block), ensureNeuron(block, neuron)]));
}
