import { useEffect, useRef } from 'react';
import { maskOf, type PixelMap } from '../../state/index.ts';
import { sequential } from '../charts/colour.ts';
import styles from './image.module.css';

interface Props {
  readonly map: PixelMap;
  /** Pixels above it are inside the outline. */
  readonly threshold: number;
}

/** Where a text was found: the map in colour, the mask outlined. What it shows is said beside it. */
export function FoundCanvas({ map, threshold }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const { size, values } = map;
    canvas.width = size;
    canvas.height = size;
    const mask = maskOf(map, threshold);
    const pixels = context.createImageData(size, size);
    for (let i = 0; i < values.length; i++) {
      const [r, g, b] = onEdge(mask, size, i) ? [255, 255, 255] : sequential(values[i]!);
      pixels.data.set([r, g, b, onEdge(mask, size, i) ? 255 : Math.round(200 * values[i]!)], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
  }, [map, threshold]);
  return <canvas ref={ref} className={styles.found} />;
}

/** Whether a pixel of the mask has a neighbour outside it. */
function onEdge(mask: Uint8Array, size: number, i: number): boolean {
  if (!mask[i]) return false;
  const x = i % size;
  return (
    (x > 0 && !mask[i - 1]) || (x < size - 1 && !mask[i + 1]) || mask[i - size] === 0 || mask[i + size] === 0
  );
}
