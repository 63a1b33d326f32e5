import { useEffect, useRef } from 'react';
import { useLens } from '../../state/index.ts';
import { drawNumber } from '../pictures-grid/drawNumber.ts';
import { drawCell, miniSheet } from './miniSheets.ts';
import styles from './thumb.module.css';

interface Props {
  /** Index of a picture of the set; below zero for an empty place. */
  readonly image: number;
  /** Side in CSS pixels. */
  readonly size: number;
  /** Takes the width of its parent instead, of about that size. */
  readonly fill?: boolean;
}

/** CSS pixels up to which the set's small pictures do. */
const SMALL = 64;

/**
 * A small picture of the set for lists, where the neuron, not the picture, is what matters: a canvas
 * that screen readers pass over for the measures beside it. Larger ones are SetPicture's.
 */
export function Thumb({ image, size, fill }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const pictures = useLens((state) => (state.pictures.status === 'ready' ? state.pictures.value : undefined));
  const pixels = Math.round(size * Math.min(2, globalThis.devicePixelRatio || 1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas of another size is an empty one
  useEffect(() => {
    if (!pictures || image < 0) return;
    let wanted = true;
    const cell = (size <= SMALL && pictures.thumb?.(image)) || pictures.cell(image);
    if (cell.url === '') {
      if (ref.current) drawNumber(ref.current, image);
      return;
    }
    miniSheet(cell).then(
      (sheet) => {
        const context = wanted ? ref.current?.getContext('2d') : null;
        if (!context) return;
        drawCell(context, sheet, cell);
        ref.current!.dataset.drawn = 'true';
      },
      () => undefined, // an empty tile says it; the list stays readable without pictures
    );
    return () => {
      wanted = false;
    };
  }, [pictures, image, pixels, size]);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without a tab index takes no focus
    <canvas
      ref={ref}
      aria-hidden="true"
      key={image}
      className={styles.thumb}
      width={pixels}
      height={pixels}
      style={fill ? { inlineSize: '100%' } : { inlineSize: size }}
    />
  );
}
