import { useMemo } from 'react';
import {
  agreementWithTruth,
  type FoundMap,
  isOfSet,
  loadedValue,
  trueMap,
  useLens,
} from '../../state/index.ts';

const NOTHING: readonly string[] = [];

/** What is truly on the picture in view, in words. */
export function useLabels(): readonly string[] {
  const image = useLens((state) => state.view.image);
  const pictures = useLens((state) => loadedValue(state.pictures));
  return useMemo(
    () => (pictures && isOfSet(image) ? pictures.labels(Number(image)) : NOTHING),
    [pictures, image],
  );
}

/** Where the things of a name truly are, [S·S]; undefined where the set does not say. */
export function useTruth(text: string | undefined): Float32Array | undefined {
  const truth = useLens((state) => loadedValue(state.truth));
  const labels = useLabels();
  return useMemo(() => (truth && text ? trueMap(text, truth, labels) : undefined), [truth, text, labels]);
}

/** How well a map meets the truth. */
export function useAgreement(map: FoundMap | undefined, truth: Float32Array | undefined) {
  const threshold = useLens((state) => state.view.findCut);
  return useMemo(
    () => (map && truth ? agreementWithTruth(map.map, threshold, truth) : undefined),
    [map, truth, threshold],
  );
}
