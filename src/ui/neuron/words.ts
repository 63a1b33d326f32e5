import type { ChanceFit, WordedCode } from '../../state/index.ts';

/** Below this a reconstruction is called weak, below the second one partial. */
const WEAK = 0.25;
const PARTIAL = 0.5;

/** Spreads of random directions within which an R² is no finding. */
const SPREADS = 3;

/** What an R² means for a reader, in one sentence; what random directions reach is the measure where it is known. */
export function fitInWords(r2: number, chance?: ChanceFit): string {
  if (chance && r2 <= chance.mean + SPREADS * chance.deviation)
    return 'No better than chance: these words rebuild a random direction as well. They name nothing.';
  if (r2 < 0) return 'These words describe the direction worse than no words at all: do not trust them.';
  if (r2 < WEAK)
    return 'Weak: these words account for less than a quarter of the direction. Read them as hints, not as a name.';
  if (r2 < PARTIAL)
    return 'Partial: these words account for less than half of the direction; much of it has no word in the pool.';
  return 'These words account for most of the direction.';
}

/** The strongest few words with their signs, for one line. */
export function topWords(code: WordedCode, count: number): readonly { text: string; positive: boolean }[] {
  return code.terms.slice(0, count).map((term) => ({ text: term.text, positive: term.coefficient >= 0 }));
}
