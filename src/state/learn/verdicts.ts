import { classListOf } from '../classesSlice.ts';
import { loadedValue } from '../data.ts';
import type { ClassScore } from '../imageTypes.ts';
import { classStanding } from '../imageView.ts';
import type { LensState } from '../state.ts';

/** What the model takes the picture in view for, whole and without what is off. */
export interface Taken {
  readonly before: ClassScore;
  readonly after: ClassScore;
  /** Whether what is off was taken into account. */
  readonly settled: boolean;
}

/** Undefined until the picture that a step is about was read, and the classes too. */
export function takenFor(state: LensState, image: number): Taken | undefined {
  const reading = loadedValue(state.picture)?.reading;
  const vectors = loadedValue(state.classVectors);
  if (state.view.page !== 'image' || state.view.image !== String(image) || !reading || !vectors)
    return undefined;
  const ablated = loadedValue(state.ablated)?.representation;
  const rows = classStanding(classListOf(state).names, vectors, reading.embedding, ablated, 1);
  const [before] = rows;
  const after = [...rows].sort((a, b) => b.after - a.after)[0];
  return (
    before && after && { before, after, settled: state.off.length === 0 || state.ablated.status === 'ready' }
  );
}

/** Whether all neurons of one block are off, and nothing else. */
export const isBlockOff = ({ off }: LensState, block: number): boolean =>
  off.length === 1 &&
  off.every(
    (part) => 'chosen' in part && part.chosen.every((one) => one.block === block && one.neurons === 'all'),
  );

/** How many single neurons are off; infinitely many where a patch or a whole block is. */
export function neuronsOff({ off }: LensState): number {
  let count = 0;
  for (const part of off) {
    if ('patch' in part) return Number.POSITIVE_INFINITY;
    for (const { neurons } of part.chosen)
      count += typeof neurons === 'string' ? Number.POSITIVE_INFINITY : neurons.length;
  }
  return count;
}
