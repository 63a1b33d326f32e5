import { useEffect } from 'react';
import {
  type Loadable,
  loadedValue,
  type NeuronPage,
  TERM_COUNTS,
  type TermCount,
  type View,
  type WordedCode,
} from '../../state/index.ts';

export interface Description {
  readonly code: Loadable<WordedCode>;
  readonly curve: readonly { readonly m: TermCount; readonly r2: number | undefined }[];
}

/**
 * The neuron's words for the chosen number of terms, and R² for the other numbers as it becomes known:
 * the chosen one is asked for first, the rest one at a time behind it.
 */
export function useDescription(page: NeuronPage, terms: TermCount, atoms: View['atoms']): Description {
  const ready = page.detail.status === 'ready';
  const asked = page.code(terms, atoms);
  // Without the direction there is nothing to put into words.
  const code = page.detail.status === 'failed' ? page.detail : asked;
  const codes = TERM_COUNTS.map((m) => ({ m, code: page.code(m, atoms) }));
  // Where some come ready-made, the others would fetch a whole list of words: only when they are chosen.
  const readyMade = page.readyMade(atoms);
  const isAtHand = (m: TermCount): boolean => readyMade.length === 0 || readyMade.includes(m);
  const busy = codes.some((entry) => entry.code.status === 'loading');
  const next =
    code.status === 'idle'
      ? terms
      : code.status === 'ready' && !busy
        ? codes.find((entry) => entry.code.status === 'idle' && isAtHand(entry.m))?.m
        : undefined;
  useEffect(() => {
    if (ready && next !== undefined) page.requestSparseCode(next, atoms);
  }, [ready, next, page, atoms]);
  return { code, curve: codes.map((entry) => ({ m: entry.m, r2: loadedValue(entry.code)?.r2 })) };
}
