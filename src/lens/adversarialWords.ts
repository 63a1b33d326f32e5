import { LensError } from '../errors.ts';
import type { Form } from './form.ts';
import { type BlockScores, type ChosenNeuron, chooseNeurons } from './neuronChoice.ts';
import { randomChoice } from './randomChoice.ts';
import { cosines } from './similarity.ts';
import type { SparseCode } from './sparseCode.ts';
import { largest } from './topSet.ts';
import { dot, norm } from './vectors.ts';
import { type VotedWord, type Voter, votedWords } from './wordVotes.ts';

/**
 * Words that pull a picture of one class towards another that is not in it (generate_adversarial_images.py).
 */

/** A block's neurons: their directions and what they are called. */
export interface DescribedBlock {
  readonly block: number;
  /** r [N, D] */
  readonly directions: ArrayLike<number>;
  /** [N] */
  readonly codes: readonly (Pick<SparseCode, 'texts' | 'coefficients'> | undefined)[];
}

export interface AdversarialOptions {
  /** How many neurons have a say; the released README takes 100. */
  readonly neurons: number;
  /** How many words to list; there 50. */
  readonly words: number;
  readonly form: Form;
  /** Texts of the pool that may be listed: leave out the target and its kin (`wordKinship.ts`). */
  readonly keep?: (text: number) => boolean;
}

export interface AdversarialWords {
  readonly form: Form;
  /** Those with a say, largest |⟨r_n, direction⟩| first. */
  readonly neurons: readonly ChosenNeuron[];
  /** Best first. */
  readonly words: readonly VotedWord[];
}

/**
 * target − depicted, [D], of unit text embeddings: towards the class that should be seen and is absent,
 * away from the one that is there.
 * @throws LensError `bad-request` when the two are the same.
 */
export function classDirection(target: ArrayLike<number>, depicted: ArrayLike<number>): Float64Array {
  const lengths = [norm(target), norm(depicted)] as const;
  const direction = Float64Array.from(target, (x, d) => x / lengths[0] - depicted[d]! / lengths[1]);
  if (norm(direction) > 1e-9) return direction;
  throw new LensError('bad-request', 'Target and depicted class must differ.');
}

/**
 * Neurons of largest |⟨r_n, direction⟩| vote for the words of their codes with γ·⟨r_n, direction⟩.
 * - `corrected`: a word's score is the sum over the neurons, as in the paper.
 * - `as-released`: a word counts by its strongest single vote, and each (neuron, word) pair takes one of the
 *   `words` places: the list has as many different words as the best pairs name, often fewer than asked for.
 *
 * With directions and codes of indirect effects these are the paper's indirect-effect words.
 * @param direction [D] of {@link classDirection}
 */
export function adversarialWords(
  blocks: readonly DescribedBlock[],
  direction: ArrayLike<number>,
  { neurons: count, words, form, keep }: AdversarialOptions,
): AdversarialWords {
  const dim = direction.length;
  const scored = blocks.map(({ block, directions }): BlockScores => {
    const scores = Float64Array.from({ length: directions.length / dim }, (_, n) =>
      dot(directions, direction, dim, n * dim),
    );
    return { block, scores };
  });
  const neurons = chooseNeurons(scored, count, 'absolute');
  const voters = neurons.flatMap(({ block, neuron, score }): Voter[] => {
    const code = blocks.find((b) => b.block === block)!.codes[neuron];
    return code ? [{ block, neuron, code, weight: score }] : [];
  });
  const all = votedWords(voters, keep);
  return { form, neurons, words: form === 'corrected' ? all.slice(0, words) : ofBestPairs(all, words) };
}

/** The different words of the `places` largest single votes. */
function ofBestPairs(words: readonly VotedWord[], places: number): VotedWord[] {
  const pairs = words
    .flatMap(({ text, votes }) => votes.map((vote) => ({ text, vote })))
    .sort((a, b) => b.vote.part - a.vote.part || a.text - b.text)
    .slice(0, places);
  const listed = new Map<number, VotedWord>();
  for (const { text, vote } of pairs) {
    const before = listed.get(text);
    listed.set(text, {
      text,
      score: before?.score ?? vote.part,
      votes: [...(before?.votes ?? []), vote],
    });
  }
  return [...listed.values()];
}

/** The baseline of words nearest to a vector by cosine (the target's embedding), best first: pool indices. */
export function similarWords(
  pool: ArrayLike<number>,
  target: ArrayLike<number>,
  count: number,
  keep: (text: number) => boolean = () => true,
): Int32Array {
  const scores = cosines(pool, target).map((score, text) => (keep(text) ? score : Number.NaN));
  const kept = scores.reduce((sum, score) => sum + (Number.isNaN(score) ? 0 : 1), 0);
  return largest(scores, Math.min(count, kept));
}

/** The baseline of words at random, each alike likely: pool indices; the same for a seed. */
export function randomWords(
  poolSize: number,
  count: number,
  seed: number,
  keep: (text: number) => boolean = () => true,
): Int32Array {
  const allowed = Int32Array.from({ length: poolSize }, (_, i) => i).filter(keep);
  return randomChoice(Math.min(count, allowed.length), allowed.length, seed).map((i) => allowed[i]!);
}
