import { useDeferredValue } from 'react';
import { searchScoresOf, useLens } from '../../state/index.ts';

/** What colours the dots, [neurons]: taken a moment after the list has its order, which is what was asked for. */
export const useMatchColours = (): Float32Array | undefined => useDeferredValue(useLens(searchScoresOf));
