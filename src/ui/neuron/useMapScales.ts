import { useMemo } from 'react';
import { type HeatmapPair, loadedValue, MAPS, type NeuronPage } from '../../state/index.ts';
import { type MapScale, sharedScale } from '../charts/mapScale.ts';
import { mapOf, type ShownMap, scaleKind } from './overlayMaps.ts';

export interface MapScales {
  readonly byKind: Readonly<Record<ShownMap, MapScale | undefined>>;
  /** How many pictures the scales are shared by. */
  readonly pictures: number;
}

/**
 * One scale a kind of map over everything the page shows of the neuron: its listed pictures and the
 * person's own. Equal colours mean equal values wherever they stand.
 */
export function useMapScales(page: NeuronPage, own: readonly HeatmapPair[]): MapScales {
  const detail = loadedValue(page.detail);
  return useMemo(() => {
    const listed = detail ? [...detail.positive, ...detail.negative] : [];
    const pairs = [...listed.flatMap((item) => loadedValue(page.heatmaps.get(item.image)) ?? []), ...own];
    const scale = (kind: ShownMap): MapScale | undefined =>
      sharedScale(
        scaleKind(kind),
        pairs.map((pair) => mapOf(pair, kind)),
      );
    const [activation, secondOrder] = MAPS.map(scale);
    const byKind = { activation, 'second-order': secondOrder, direction: scale('direction') };
    return { byKind, pictures: pairs.length };
  }, [detail, page.heatmaps, own]);
}
