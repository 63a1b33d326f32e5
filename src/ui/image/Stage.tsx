import { useState } from 'react';
import { loadedValue, useLens } from '../../state/index.ts';
import { CompareMaps } from './CompareMaps.tsx';
import { FoundCanvas } from './FoundCanvas.tsx';
import styles from './image.module.css';
import { PatchGrid } from './PatchGrid.tsx';
import { PatchNeurons } from './PatchNeurons.tsx';
import { ThePicture } from './ThePicture.tsx';

/** The picture, where a text was found in it, and the patch that was pointed at. */
export function Stage() {
  const found = useLens((state) => loadedValue(state.found));
  const { findCut, findLook, findMap } = useLens((state) => state.view);
  const key = useLens((state) => loadedValue(state.picture)?.key);
  const side = useLens((state) => loadedValue(state.picture)?.reading.gridSide);
  const [pointed, setPointed] = useState<{ readonly key: string | undefined; readonly patch: number }>();
  const map = found?.maps.get(findMap)?.map;
  if (found && findLook === 'compare') return <CompareMaps found={found} />;
  const patch = pointed && pointed.key === key ? pointed.patch : undefined;
  const point = (chosen: number): void => setPointed({ key, patch: chosen });
  const over = map && findLook !== 'beside';
  return (
    <>
      <div className={styles.stages} data-look={map ? findLook : undefined}>
        <div className={styles.stage}>
          <ThePicture grey={over && findLook === 'overlay'} />
          {over && (
            <FoundCanvas
              map={map}
              threshold={findCut}
              drawn={findLook === 'outline' ? 'outline' : 'overlay'}
            />
          )}
          {side && <PatchGrid side={side} patch={patch} onPatch={point} />}
        </div>
        {map && findLook === 'beside' && (
          <div className={styles.stage}>
            <FoundCanvas map={map} threshold={findCut} drawn="alone" />
          </div>
        )}
      </div>
      {patch !== undefined && side && (
        <PatchNeurons patch={patch} side={side} onPatch={point} onClose={() => setPointed(undefined)} />
      )}
    </>
  );
}
