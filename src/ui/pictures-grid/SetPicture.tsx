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

/** One picture of the set, cut from its sheet; the small one stands in while that loads. Fills the width of its parent. */
export function SetPicture({ cell, alt, grey }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState<'waiting' | 'small' | 'drawn' | 'failed' | 'unseen'>('waiting');
  const { url, column, row, columns, sheet, number, small } = cell;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what follows from the address is made anew at every render
  useEffect(() => {
    let wanted = true;
    if (url === '') {
      if (ref.current) drawNumber(ref.current, number ?? 0);
      return setState('unseen');
    }
    let sharp = false;
    if (small) {
      miniSheet(small).then(
        (bitmap) => {
          const canvas = ref.current;
          if (!wanted || sharp || !canvas || !small.side) return;
          canvas.width = small.side;
          canvas.height = small.side;
          const context = canvas.getContext('2d');
          if (context) drawCell(context, bitmap, small);
          setState('small');
        },
        () => undefined, // the large one is on its way
      );
    }
    sheetCrop({ url, column, row, columns, ...(sheet && { sheet }) }).then(
      (bitmap) => {
        const canvas = ref.current;
        if (!wanted || !canvas) return;
        sharp = true;
        canvas.width = bitmap.width;
        canvas.height = bitmap.height;
        canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
        setState('drawn');
      },
      () => wanted && setState('failed'),
    );
    return () => {
      wanted = false;
    };
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
