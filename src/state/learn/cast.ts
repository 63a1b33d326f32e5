import type { Place } from './lesson.ts';

/**
 * The neurons and pictures that lessons send people to. None was picked by hand: test/state/learn/casting.ts has the
 * rules, and its test fails when the shipped analysis changes so that they choose others.
 */
export const CAST = {
  /** Of block 0's largest effects, the first with one kind of thing on four of its first pictures. */
  strong: { block: 0, neuron: 467 },
  /** Of all effects of 1 and more, the one most nearly along one line, and the one least. */
  narrow: { block: 2, neuron: 157 },
  wide: { block: 0, neuron: 542 },
  /** Of effects of a half and more, the one whose words its first pictures bear out most. */
  worded: { block: 1, neuron: 63 },
  /** Of effects of 1 and more whose words no first picture bears out, the best description by R². */
  misleading: { block: 0, neuron: 701 },
  /** Of those with two kinds on four of their first pictures each, the largest effect. */
  mixed: { block: 1, neuron: 248 },
} as const satisfies Record<string, Place>;

/** The first picture of one thing that the model knows for 99.9% and more, and does not know without block 0. */
export const SURE_PICTURE = 42;
/** The first that it knows for 70% and more, and does not know without its three most active neurons. */
export const TIPPING_PICTURE = 163;
