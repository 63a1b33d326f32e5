import type { Action } from './action.ts';

/**
 * How well a typed word fits a name of several words: 3 where it begins one, 2 where it stands inside one, 1 where its
 * letters begin one and follow in order (`abl` and `atbn` in “ablation”), 0 for not at all.
 */
export function fitOfWord(typed: string, names: readonly string[]): number {
  let best = 0;
  for (const name of names) {
    if (name.startsWith(typed)) return 3;
    if (name.includes(typed)) best = Math.max(best, 2);
    else if (typed.length > 2 && name[0] === typed[0] && isInOrder(typed, name)) best = Math.max(best, 1);
  }
  return best;
}

function isInOrder(letters: string, word: string): boolean {
  let at = 0;
  for (const letter of word) if (letter === letters[at]) at++;
  return at === letters.length;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** What an action is worth to what was typed: every word must fit; its label counts twice what else it is known by. */
export function fitOfAction(typed: string, action: Action): number {
  const words = wordsOf(typed);
  const label = wordsOf(action.label);
  const other = [...wordsOf(action.group), ...wordsOf(action.words ?? '')];
  let sum = 0;
  for (const word of words) {
    const fit = Math.max(2 * fitOfWord(word, label), fitOfWord(word, other));
    if (fit === 0) return 0;
    sum += fit;
  }
  return sum / words.length;
}

/** The actions that fit at least half as well as the best, the best first; those that fit alike stay as they were. */
export function actionsMatching(typed: string, actions: readonly Action[]): Action[] {
  if (wordsOf(typed).length === 0) return [...actions];
  const fits = actions.map((action) => ({ action, fit: fitOfAction(typed, action) }));
  const best = Math.max(...fits.map(({ fit }) => fit));
  return fits
    .filter(({ fit }) => fit > 0 && 2 * fit >= best)
    .sort((a, b) => b.fit - a.fit)
    .map(({ action }) => action);
}
