import { useMemo } from 'react';
import { directionsOf } from '../../state/directions.ts';
import { loadedValue, type NeuronPage, type Overlay, useLens } from '../../state/index.ts';
import type { MapForm } from '../charts/upsample.ts';
import type { ShownMap } from './overlayMaps.ts';
import { startWords } from './startWords.ts';
import { type MapScales, useMapScales } from './useMapScales.ts';
import type { OwnEntry } from './useOwnEntries.ts';

/** How maps lie over pictures, wherever on the page the pictures stand. */
export interface MapOverlay {
  /** When maps are drawn. */
  readonly when: Overlay;
  readonly kind: ShownMap;
  readonly form: MapForm;
  readonly scales: MapScales;
  /** What the engine is doing, while it is not yet running. */
  readonly engineWords: string | undefined;
}

export function useOverlay(page: NeuronPage, own: readonly OwnEntry[], form: MapForm): MapOverlay {
  const when = useLens((state) => state.view.overlay);
  const kind = useLens((state) => (directionsOf(state) ? 'direction' : state.view.map));
  const engine = useLens((state) => state.engine);
  const pairs = useMemo(() => own.flatMap((entry) => loadedValue(entry.map) ?? []), [own]);
  return { when, kind, form, scales: useMapScales(page, pairs), engineWords: startWords(engine) };
}
