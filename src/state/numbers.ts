import { type NeuronRow, rowOf, type Vectors } from '../pack/index.ts';
import {
  type BlockDetail,
  type BlockOverview,
  type Head,
  IDLE,
  type Loadable,
  type Looked,
  loadedValue,
  type NumberSource,
  ready,
} from './data.ts';
import type { LensState } from './state.ts';
import { laterHeadsOf } from './subject.ts';

type Sources = Pick<LensState, 'source' | 'live' | 'overviews' | 'vectors' | 'rows' | 'subject'>;

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

/** Directions and means of a whole block; `idle` until something needs them. */
export function vectorsOf(state: Sources, block: number): Loadable<Vectors> {
  if (sourceOf(state, block) === 'shipped') return state.vectors.get(block) ?? IDLE;
  return state.live.get(block)?.loadableDetail ?? IDLE;
}

/** Among which images a block's lists and histograms were found. */
export function lookedOf(state: Sources, block: number): Looked {
  if (sourceOf(state, block) === 'live') return state.live.get(block)?.looked ?? 'all';
  const blocks = loadedValue(state.subject)?.pack?.blocks;
  return blocks?.find((entry) => entry.block === block)?.looked ?? 'all';
}

export const rowKey = (block: number, neuron: number): string => `${block} ${neuron}`;

/** What is known of one neuron: of a pack its row, of a live analysis a row out of the whole block. */
export function rowOfNeuron(state: Sources, block: number, neuron: number): Loadable<NeuronRow> {
  if (sourceOf(state, block) === 'shipped') return state.rows.get(rowKey(block, neuron)) ?? IDLE;
  const live = state.live.get(block);
  const neurons = live?.overview.typicalNorm.length ?? 0;
  return live && neuron < neurons ? liveRow(live.loadableDetail.value, neurons, neuron) : IDLE;
}

const liveRows = new WeakMap<BlockDetail, Map<number, Loadable<NeuronRow>>>();
/** Rows kept of a block: as many neurons as stand side by side, and a few more. */
const KEPT_ROWS = 8;

/** The same object while it is kept: its neighbours are looked for among all directions. */
function liveRow(detail: BlockDetail, neurons: number, neuron: number): Loadable<NeuronRow> {
  const rows = liveRows.get(detail) ?? new Map<number, Loadable<NeuronRow>>();
  liveRows.set(detail, rows);
  const row = rows.get(neuron) ?? ready(rowOf(detail, neurons, neuron));
  rows.delete(neuron);
  rows.set(neuron, row);
  for (const oldest of rows.keys()) {
    if (rows.size <= KEPT_ROWS) break;
    rows.delete(oldest);
  }
  return row;
}

export const headsOf = (state: Sources, block: number): readonly Head[] => {
  const subject = loadedValue(state.subject);
  return subject ? laterHeadsOf(subject, block) : [];
};
