import { useState } from 'react';
import { formOfFind, loadedValue, useLens } from '../../state/index.ts';
import { mapsSheet } from '../../state/tables/imageTables.ts';
import { Panel } from '../panel/Panel.tsx';
import { CompareMaps } from './CompareMaps.tsx';
import { FoundCanvas } from './FoundCanvas.tsx';
import styles from './image.module.css';
import { MAP_TITLES } from './mapNames.ts';
import { PatchGrid } from './PatchGrid.tsx';
import { PatchNeurons } from './PatchNeurons.tsx';
import { ThePicture } from './ThePicture.tsx';

/** The picture, where a text was found in it, and the patch that was pointed at. */
export function Stage() {
  const found = useLens((state) => loadedValue(state.found));
  const view = useLens((state) => state.view);
  const { findCut, findLook, findMap } = view;
  const key = useLens((state) => loadedValue(state.picture)?.key);
  const side = useLens((state) => loadedValue(state.picture)?.reading.gridSide);
  const [pointed, setPointed] = useState<{ readonly key: string | undefined; readonly patch: number }>();
  const map = found?.maps.get(findMap)?.map;
  const patch = pointed && pointed.key === key ? pointed.patch : undefined;
  const point = (chosen: number): void => setPointed({ key, patch: chosen });
  const over = map && findLook !== 'beside';
  const panel = {
    title: found ? `Where “${found.text}” is` : 'The picture',
    plain: true,
    table: found && ((of: string) => mapsSheet(of, found, findCut)),
    ...(found && {
      note: `${findLook === 'compare' ? 'All maps' : MAP_TITLES[findMap]}, cut at ${findCut}`,
      about: { form: formOfFind(view) ?? 'corrected' } as const,
    }),
  };
  if (found && findLook === 'compare') {
    return (
      <Panel {...panel}>
        <CompareMaps found={found} />
      </Panel>
    );
  }
  return (
    <>
      <Panel {...panel}>
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
      </Panel>
      {patch !== undefined && side && (
        <PatchNeurons patch={patch} side={side} onPatch={point} onClose={() => setPointed(undefined)} />
      )}
    </>
  );
}
