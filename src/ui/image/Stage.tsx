import { type MouseEvent, useMemo, useState } from 'react';
import { loadedValue, pixelMap, useLens } from '../../state/index.ts';
import { BlobPicture } from '../own/BlobPicture.tsx';
import { SetPicture } from '../pictures-grid/SetPicture.tsx';
import { FoundCanvas } from './FoundCanvas.tsx';
import styles from './image.module.css';
import { PatchNeurons } from './PatchNeurons.tsx';

/** Pixels a side of the enlarged map. */
const FINE = 224;

/** The picture, where a text was found in it, and the patch that was pointed at. */
export function Stage() {
  const image = useLens((state) => state.view.image);
  const pictures = useLens((state) => loadedValue(state.pictures));
  const mine = useLens((state) => state.own.find((picture) => picture.id.startsWith(image)));
  const found = useLens((state) => loadedValue(state.found));
  const threshold = useLens((state) => state.findOptions.threshold);
  const side = useLens((state) => loadedValue(state.picture)?.reading.gridSide);
  const [patch, setPatch] = useState<number>();
  const map = useMemo(() => (found ? pixelMap(found.map, FINE) : undefined), [found]);
  const isSet = /^\d+$/.test(image);
  const caption = isSet ? (pictures?.caption(Number(image)) ?? '') : (mine?.name ?? '');
  const point = (event: MouseEvent<HTMLButtonElement>): void => {
    if (!side) return;
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * side);
    const row = Math.floor(((event.clientY - box.top) / box.height) * side);
    setPatch(Math.min(side - 1, Math.max(0, row)) * side + Math.min(side - 1, Math.max(0, column)));
  };
  return (
    <>
      <div className={styles.stage}>
        {isSet && pictures && Number(image) < pictures.count && (
          <SetPicture cell={pictures.cell(Number(image))} alt={caption} />
        )}
        {!isSet && mine && <BlobPicture file={mine.file} alt={mine.name} />}
        {map && <FoundCanvas map={map} threshold={threshold} />}
        {side && (
          <button
            type="button"
            className={styles.grid}
            onClick={point}
            aria-label="Point at a patch: the neurons that write there are listed below"
          >
            {patch !== undefined && (
              <span
                className={styles.patch}
                style={{
                  inlineSize: `${100 / side}%`,
                  blockSize: `${100 / side}%`,
                  insetInlineStart: `${(100 * (patch % side)) / side}%`,
                  insetBlockStart: `${(100 * Math.floor(patch / side)) / side}%`,
                }}
              />
            )}
          </button>
        )}
      </div>
      {patch !== undefined && side && <PatchNeurons patch={patch} side={side} onPatch={setPatch} />}
    </>
  );
}
