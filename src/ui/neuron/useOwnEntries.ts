import { useMemo } from 'react';
import {
  type HeatmapPair,
  type Loadable,
  loadedValue,
  ownKey,
  sourceOf,
  useLens,
} from '../../state/index.ts';
import type { Mark } from '../charts/Histogram.tsx';

/** One of the person's pictures as one neuron sees it. */
export interface OwnEntry {
  readonly id: string;
  readonly name: string;
  readonly file: Blob;
  /** Signed activation; undefined while it is not measured. */
  readonly value: number | undefined;
  /** Why it could not be measured. */
  readonly failure: string | undefined;
  readonly map: Loadable<HeatmapPair> | undefined;
}

/** The person's pictures on one neuron, largest |activation| first, those not yet measured last. */
export function useOwnEntries(block: number, neuron: number): readonly OwnEntry[] {
  const own = useLens((state) => state.own);
  const key = useLens((state) => ownKey(sourceOf(state, block), block));
  return useMemo(() => {
    const entries = own.map((picture): OwnEntry => {
      const effects = picture.effects.get(key);
      return {
        id: picture.id,
        name: picture.name,
        file: picture.file,
        value: loadedValue(effects)?.activations[neuron],
        failure: effects?.status === 'failed' ? effects.message : undefined,
        map: picture.heatmaps.get(`${key} ${neuron}`),
      };
    });
    const size = (entry: OwnEntry): number => (entry.value === undefined ? -1 : Math.abs(entry.value));
    return entries.sort((a, b) => size(b) - size(a));
  }, [own, key, neuron]);
}

/** Those that have been measured, as marks on an axis. */
export const measuredValues = (entries: readonly OwnEntry[]): Mark[] =>
  entries.flatMap(({ id, name, value }) => (value === undefined ? [] : [{ id, label: name, value }]));
