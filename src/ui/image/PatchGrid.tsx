import type { MouseEvent } from 'react';
import styles from './image.module.css';

interface Props {
  readonly side: number;
  /** The one that is pointed at. */
  readonly patch: number | undefined;
  readonly onPatch: (patch: number) => void;
}

/** Lies over the picture and takes a click for a patch. */
export function PatchGrid({ side, patch, onPatch }: Props) {
  const point = (event: MouseEvent<HTMLButtonElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = (at: number, size: number): number =>
      Math.min(side - 1, Math.max(0, Math.floor((at / size) * side)));
    // A press of Enter comes without a place: it starts in the middle.
    const keyed = event.detail === 0;
    const column = keyed ? Math.floor(side / 2) : place(event.clientX - box.left, box.width);
    const row = keyed ? Math.floor(side / 2) : place(event.clientY - box.top, box.height);
    onPatch(row * side + column);
  };
  const share = `${100 / side}%`;
  return (
    <button
      type="button"
      className={styles.grid}
      style={{ backgroundSize: `${share} ${share}` }}
      onClick={point}
      aria-label="Point at a patch: the neurons that write there are listed below"
    >
      {patch !== undefined && (
        <span
          className={styles.patch}
          style={{
            inlineSize: share,
            blockSize: share,
            insetInlineStart: `${(100 * (patch % side)) / side}%`,
            insetBlockStart: `${(100 * Math.floor(patch / side)) / side}%`,
          }}
        />
      )}
    </button>
  );
}
