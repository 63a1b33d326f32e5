/**
 * Key presses as words: `j`, `B`, `?`, `ArrowRight`, `Space`, and with others held `Mod+k`, `Mod+Shift+z`.
 * Mod is Ctrl, or ⌘ on a Mac. A letter that is held with Mod is written small.
 */

/** A key press, as far as it matters here; a KeyboardEvent is one. */
export interface KeysHeld {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The chord of a key press; undefined for those with Alt, which types letters on many keyboards. */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeysHeld): string | undefined {
  if (altKey) return undefined;
  const mod = ctrlKey || metaKey;
  const named = key === ' ' ? 'Space' : key;
  const shows = named.length === 1 && !mod; // Shift is in the letter itself
  const last = mod && named.length === 1 ? named.toLowerCase() : named;
  return `${mod ? 'Mod+' : ''}${shiftKey && !shows ? 'Shift+' : ''}${last}`;
}

/** Whether it is a single letter, digit or sign, which software that types for a person may send unasked. */
export const isSingleKey = (chord: string): boolean => chord.length === 1;

/** Keys that sliders, lists and other widgets move by. */
export const movesWidgets = (chord: string): boolean => /^(Arrow|Page|Home|End)/.test(chord);

/** Keys that press what has the focus. */
export const pressesButtons = (chord: string): boolean => chord === 'Space' || chord === 'Enter';
