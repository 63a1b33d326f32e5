import {
  type BlockDetail,
  type BlockOverview,
  type Head,
  IDLE,
  type Loadable,
  type Looked,
  loadedValue,
  type NumberSource,
} from './data.ts';
import type { LensState } from './state.ts';
import { laterHeadsOf } from './subject.ts';

type Sources = Pick<LensState, 'source' | 'live' | 'overviews' | 'details' | 'subject'>;

/** Whose numbers a block shows: live ones only where they were computed. */
export const sourceOf = (state: Sources, block: number): NumberSource =>
  !shipped(state) || (state.source === 'live' && state.live.has(block)) ? 'live' : 'shipped';

/** Whether there are shipped numbers at all: else what is not computed here does not exist. */
const shipped = (state: Sources): boolean => {
  const subject = loadedValue(state.subject);
  return !subject || subject.pack !== undefined;
};

export function overviewOf(state: Sources, block: number): BlockOverview | undefined {
  if (sourceOf(state, block) === 'live') return state.live.get(block)?.overview;
  return loadedValue(state.overviews.get(block));
}

export function detailOf(state: Sources, block: number): Loadable<BlockDetail> {
  if (sourceOf(state, block) === 'shipped') return state.details.get(block) ?? IDLE;
  return state.live.get(block)?.loadableDetail ?? IDLE;
}

/** Among which images a block's lists and histograms were found. */
export function lookedOf(state: Sources, block: number): Looked {
  if (sourceOf(state, block) === 'live') return state.live.get(block)?.looked ?? 'all';
  const blocks = loadedValue(state.subject)?.pack?.blocks;
  return blocks?.find((entry) => entry.block === block)?.looked ?? 'all';
}

export const headsOf = (state: Sources, block: number): readonly Head[] => {
  const subject = loadedValue(state.subject);
  return subject ? laterHeadsOf(subject, block) : [];
};
