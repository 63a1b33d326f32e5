import { useEffect, useRef, useState } from 'react';
import type { SpriteCell } from '../../state/index.ts';
import { drawCell, miniSheet } from '../app/miniSheets.ts';
import type { CellOf } from './cropQueue.ts';
import { drawNumber } from './drawNumber.ts';
import styles from './pictures.module.css';
import { sheetCrop } from './sheetCrops.ts';

interface Props {
  readonly cell: CellOf & { readonly number?: number; readonly small?: SpriteCell };
  /** What is on it, in words; an empty text where the same words stand beside it. */
  readonly alt: string;
  /** Shown without its colours, so that colour can mean a map lying over it. */
  readonly grey?: boolean;
}

/** Pixels a side of what stands for a picture that is not here. */
const NUMBER_SIDE = 192;

/** A canvas emptied for a picture of that side. */
function resized(canvas: HTMLCanvasElement, side: number): CanvasRenderingContext2D | null {
  canvas.width = side;
  canvas.height = side;
  return canvas.getContext('2d');
}

/** One picture of the set, cut from its sheet; the small one stands in while that loads. Fills the width of its parent. */
export function SetPicture({ cell, alt, grey }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState<'waiting' | 'small' | 'drawn' | 'failed' | 'unseen'>('waiting');
  const { url, column, row, columns, sheet, number, small } = cell;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what follows from the address is made anew at every render
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    if (url === '') {
      const context = ref.current && resized(ref.current, NUMBER_SIDE);
      if (context) drawNumber(context, number ?? 0, { x: 0, y: 0, side: NUMBER_SIDE });
      return setState('unseen');
    }
    let sharp = false;
    if (small) {
      miniSheet(small).then(
        (bitmap) => {
          const { side } = small;
          if (signal.aborted || sharp || !ref.current || !side) return;
          const context = resized(ref.current, side);
          if (context) drawCell(context, bitmap, small, { x: 0, y: 0, side });
          setState('small');
        },
        () => undefined, // the large one is on its way
      );
    }
    sheetCrop({ url, column, row, columns, ...(sheet && { sheet }) }, signal).then(
      (bitmap) => {
        const canvas = ref.current;
        if (signal.aborted || !canvas) return;
        sharp = true;
        canvas.width = bitmap.width;
        canvas.height = bitmap.height;
        canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
        setState('drawn');
      },
      () => signal.aborted || setState('failed'),
    );
    return () => leaving.abort();
  }, [url, column, row, columns, number]);
  const text = state === 'failed' ? `${alt} (the picture could not be loaded)` : alt;
  const named = text ? ({ role: 'img', 'aria-label': text } as const) : ({ 'aria-hidden': true } as const);
  return (
    <canvas
      ref={ref}
      className={styles.picture}
      data-state={state}
      data-grey={grey || undefined}
      {...named}
    />
  );
}
