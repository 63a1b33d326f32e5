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
