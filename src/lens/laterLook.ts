import { LensError } from '../errors.ts';
import { type BlockState, meanOf } from './blockState.ts';
import type { BlockSummary } from './blockSummary.ts';
import { topOf, uncertifiedNeurons } from './certificate.ts';
import {
  joinedStrongest,
  noneStrongest,
  repaired,
  type Strongest,
  type StrongestSizes,
} from './secondLook.ts';
import { type BothEnds, type EndSizes, joinedEnds, noEnds, withEnds } from './signedEnds.ts';

/**
 * What only another look at the images can tell of a block, once a first has told means and directions: which images are in the
 * top sets that are not proven, and which lie at both ends along the directions. Both in one look: of nearly all neurons that are not
 * proven, the top set turns out to be the one that was taken. Parts of the images may be looked at one by one, by anyone
 * who has the question; what is found adds up ({@link joinedFindings}).
 */
export interface Question {
  /** What is known: ends are looked for along its directions. */
  readonly summary: BlockSummary;
  /** K: images kept of a neuron that is not proven. */
  readonly kept: number;
  /** Neurons whose top sets are not proven, ascending. */
  readonly unproven: Int32Array;
  /** [u, R] mean ĉ of these, and mean e [D]. */
  readonly means: Float64Array;
  readonly sharedMean: Float64Array;
  /** Neurons whose ends and histogram are of their strongest images alone, ascending. */
  readonly along: Int32Array;
}

/** What was found among some of the images: a commutative monoid, exactly. */
export interface Findings {
  readonly block: number;
  /** Places of the source asked for so far, sound pictures or not: where a look goes on. */
  readonly read: number;
  /** Images looked at. */
  readonly images: number;
  /** Of the neurons that are not proven. */
  readonly strongest: Strongest;
  /** Of the neurons along whose directions was looked. */
  readonly ends: BothEnds;
}

/** Sizes of what is found for a question. */
export const findingSizes = ({
  summary,
  kept,
  unproven,
  along,
}: Question): { readonly strongest: StrongestSizes; readonly ends: EndSizes } => ({
  strongest: { neurons: unproven.length, kept, heads: summary.laterHeads.length },
  ends: { neurons: along.length, listed: summary.listed, bins: summary.bins },
});

/** Nothing found yet. */
export function noFindings(question: Question): Findings {
  const sizes = findingSizes(question);
  return {
    block: question.summary.block,
    read: 0,
    images: 0,
    strongest: noneStrongest(sizes.strongest),
    ends: noEnds(sizes.ends),
  };
}

/** What a settled state and what was made of it leave open. */
export function questionOf(state: BlockState, summary: BlockSummary): Question {
  const { heads, neurons } = state;
  const unproven = uncertifiedNeurons(state, summary.topK);
  const { coefficients, shared } = meanOf(state);
  const means = new Float64Array(unproven.length * heads);
  unproven.forEach((n, i) => {
    means.set(coefficients.subarray(n * heads, (n + 1) * heads), i * heads);
  });
  const along = Int32Array.from({ length: summary.looked === 'all' ? 0 : neurons }, (_, n) => n);
  return { summary, kept: state.kept, unproven, means, sharedMean: shared, along };
}

/** Whether anything is to be looked for. */
export const isOpen = ({ unproven, along }: Question): boolean => unproven.length + along.length > 0;

/** What was found among two parts of the images together: the same in any order. */
export function joinedFindings(question: Question, a: Findings, b: Findings): Findings {
  const sizes = findingSizes(question);
  return {
    block: a.block,
    read: a.read + b.read,
    images: a.images + b.images,
    strongest: joinedStrongest(a.strongest, b.strongest, sizes.strongest),
    ends: joinedEnds(a.ends, b.ends, sizes.ends),
  };
}

/** @throws LensError `bad-request` when other images were looked at than the analysis is of: more or fewer */
export function requireAll({ summary }: Question, { images }: Findings): void {
  if (images === summary.images) return;
  throw new LensError(
    'bad-request',
    `${images} pictures were looked at again, but the analysis is of ${summary.images}: give it the same pictures.`,
  );
}

/**
 * A state with all top sets exact, and the neurons, ascending, whose top sets are others than was taken.
 * @param state the one of the question; its arrays are changed in place
 */
export function provenState(
  { summary, unproven }: Question,
  { strongest }: Findings,
  state: BlockState,
): { readonly state: BlockState; readonly changed: Int32Array } {
  const exact = repaired(state, unproven, strongest);
  const { topK, detail } = summary;
  const changed = unproven.filter((n) => {
    const before = new Set(detail.topImages.subarray(n * topK, (n + 1) * topK));
    return topOf(exact, n, topK).places.some(
      (place) => !before.has(exact.candidates.images[n * exact.kept + place]!),
    );
  });
  return { state: exact, changed };
}

/**
 * What is known with the findings of all images, and what is still open: the ends of the neurons whose top sets were others.
 * @param changed these neurons
 * @param anew the summary of the proven state, where there are such
 */
export function answered(
  question: Question,
  findings: Findings,
  changed: Int32Array,
  anew: BlockSummary | undefined,
): Question {
  requireAll(question, findings);
  const { summary, along } = question;
  const wrong = new Set(changed);
  const known = withEnds(summary, along, findings.ends);
  const whole = anew ? withNeurons(known, anew, changed) : known;
  return {
    ...question,
    summary: { ...whole, uncertified: 0, looked: wrong.size === 0 ? 'all' : 'strongest' },
    unproven: new Int32Array(0),
    means: new Float64Array(0),
    along: changed,
  };
}

/** A summary that says of some neurons what another one says. */
function withNeurons(summary: BlockSummary, other: BlockSummary, neurons: Int32Array): BlockSummary {
  const merged = <T extends object>(own: T, theirs: T): T =>
    Object.fromEntries(
      Object.entries(own).map(([name, values]: [string, Float32Array | Int32Array]) => {
        const copy = values.slice();
        const width = values.length / summary.neurons;
        const from = (theirs as Record<string, typeof values>)[name]!;
        for (const n of neurons) copy.set(from.subarray(n * width, (n + 1) * width), n * width);
        return [name, copy];
      }),
    ) as T;
  return {
    ...summary,
    overview: merged(summary.overview, other.overview),
    detail: merged(summary.detail, other.detail),
  };
}
