/** `words`: which words are these pictures’? `pictures`: which pictures are these words’? */
export const GAME_MODES = ['words', 'pictures'] as const;
export type GameMode = (typeof GAME_MODES)[number];

/** `words.17`: mode and seed, as they stand in the address. */
export function readGame(text: string): { readonly mode: GameMode; readonly seed: number } | undefined {
  const [mode, seed] = text.split('.');
  const known = GAME_MODES.find((candidate) => candidate === mode);
  return known && seed !== undefined && /^\d{1,9}$/.test(seed)
    ? { mode: known, seed: Number(seed) }
    : undefined;
}
