/**
 * Of docs/results.md, the figures that lessons tell: of scenes of one object in the trained styles, in points of
 * accuracy; and how often words fooled the model. test/state/learn/measured.test.ts holds them against the document.
 */
export const MEASURED = {
  scenes: 1032,
  /** Accuracy lost without the second-order effects of block 0, of block 1. */
  withoutEffects: [14.2, 5.4],
  /** What is still lost with each neuron's one direction put back. */
  fromDirections: [1.2, 0],
  /** What a random push as long as block 0's effects loses. */
  randomPush: 3.1,
  /** Pictures in a hundred, over six pairs. */
  fooled: { byNeurons: 36.6, byRandomWords: 25.1, byDifference: 43.1 },
} as const;
