import type { Form } from './form.ts';
import type { SparseCode } from './sparseCode.ts';
import { isSignificant } from './topSet.ts';
import type { NeuronRef } from './withoutNeurons.ts';
import { type VotedWord, type Voter, votedWords } from './wordVotes.ts';

/** What a block's neurons do on one image, and what they are called. */
export interface BlockOnConcepts {
  readonly block: number;
  /** ‖phi_n − mean_n‖ on this image, [N]. */
  readonly norms: ArrayLike<number>;
  /** [N] smallest norm of each neuron's top set. */
  readonly thresholds: ArrayLike<number>;
  /** x_n on this image, [N]. */
  readonly activations: ArrayLike<number>;
  /** [N]; a neuron without a code has no say. */
  readonly codes: readonly (Pick<SparseCode, 'texts' | 'coefficients'> | undefined)[];
}

export interface DiscoveredConcepts {
  readonly form: Form;
  /** The image's significant neurons, block by block. */
  readonly neurons: readonly NeuronRef[];
  /** The words they add up to, best first, with who said so. */
  readonly words: readonly VotedWord[];
}

/**
 * Concept discovery (concept_discovery.ipynb): every neuron that is significant on the image votes for the
 * words of its sparse code.
 * - `as-released`: with γ·‖phi − mean‖. The effect's sign is lost: on an image at the far end of its line a
 *   neuron votes for the words of the near end. The codes of the released script are of `as-released` atoms.
 * - `corrected`: with γ·x: for the end of its line at which the image is, and by as much as it lies along it. Take
 *   codes of unit atoms, or parts of different words cannot be added.
 * @param count how many words to list
 */
export function discoverConcepts(
  blocks: readonly BlockOnConcepts[],
  count: number,
  form: Form,
): DiscoveredConcepts {
  const neurons: NeuronRef[] = [];
  const voters: Voter[] = [];
  for (const { block, norms, thresholds, activations, codes } of blocks) {
    for (let neuron = 0; neuron < norms.length; neuron++) {
      if (!isSignificant(norms[neuron]!, thresholds[neuron]!)) continue;
      neurons.push({ block, neuron });
      const code = codes[neuron];
      const weight = form === 'as-released' ? norms[neuron]! : activations[neuron]!;
      if (code) voters.push({ block, neuron, code, weight });
    }
  }
  return { form, neurons, words: votedWords(voters).slice(0, count) };
}
