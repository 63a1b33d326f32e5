/** Numbers in [0, 1) that a seed decides: mulberry32, small and good enough to draw cards with. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number below `end`. */
export const drawBelow = (random: () => number, end: number): number => Math.floor(random() * end);

/** In an order that `random` decides. */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const deck = [...values];
  for (let last = deck.length - 1; last > 0; last--) {
    const at = drawBelow(random, last + 1);
    [deck[last], deck[at]] = [deck[at]!, deck[last]!];
  }
  return deck;
}
