import {
  type BlockDetail,
  type BlockOverview,
  type Head,
  IDLE,
  type Loadable,
  laterHeadsOf,
  loadedValue,
  type NumberSource,
} from './data.ts';
import type { LensState } from './state.ts';

type Sources = Pick<LensState, 'source' | 'live' | 'overviews' | 'details' | 'manifest'>;

/** Whose numbers a block shows: live ones only where they were computed. */
export const sourceOf = (state: Sources, block: number): NumberSource =>
  state.source === 'live' && state.live.has(block) ? 'live' : 'shipped';

export function overviewOf(state: Sources, block: number): BlockOverview | undefined {
  if (sourceOf(state, block) === 'live') return state.live.get(block)?.overview;
  return loadedValue(state.overviews.get(block));
}

export function detailOf(state: Sources, block: number): Loadable<BlockDetail> {
  const live = state.live.get(block);
  if (live && state.source === 'live') return live.loadableDetail;
  return state.details.get(block) ?? IDLE;
}

export const headsOf = (state: Sources, block: number): readonly Head[] => {
  const manifest = loadedValue(state.manifest);
  return manifest ? laterHeadsOf(manifest, block) : [];
};
