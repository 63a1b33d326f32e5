import { useEffect, useMemo, useRef } from 'react';
import { type FoundMap, maskOf, type PixelMap, pixelMap } from '../../state/index.ts';
import { sequential } from '../charts/colour.ts';
import { number } from '../charts/format.ts';
import { mapSentence, maskSentence } from '../charts/mapSentence.ts';
import styles from './image.module.css';

/**
 * - `overlay`: the map in colour over the picture, its outline in white.
 * - `outline`: what lies outside is darkened.
 * - `alone`: the map itself, opaque.
 */
export type Drawn = 'overlay' | 'outline' | 'alone';

interface Props {
  readonly map: FoundMap['map'];
  /** Pixels above it are inside the outline. */
  readonly threshold: number;
  readonly drawn: Drawn;
  /** Pixels a side of the enlarged map. */
  readonly size?: number;
}

type Rgba = readonly [number, number, number, number];

const WHITE: Rgba = [255, 255, 255, 255];
const OUTSIDE: Rgba = [8, 12, 16, 165];
const CLEAR: Rgba = [0, 0, 0, 0];

/** Where something was found; a picture whose name says where. */
export function FoundCanvas({ map, threshold, drawn, size = 224 }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const fine = useMemo(() => pixelMap(map, size), [map, size]);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (canvas && context) draw(canvas, context, fine, threshold, drawn);
  }, [fine, threshold, drawn]);
  const words = useMemo(() => inWords(map, fine, threshold, drawn), [map, fine, threshold, drawn]);
  return <canvas ref={ref} className={styles.found} role="img" aria-label={words} />;
}

/** What is drawn, for who cannot see it. A map of what was found has as many rows as columns. */
function inWords(map: FoundMap['map'], fine: PixelMap, threshold: number, drawn: Drawn): string {
  const outline = maskSentence(maskOf(fine, threshold), fine.size);
  if (drawn === 'outline') return outline;
  const side = Math.round(Math.sqrt(map.length));
  return `${mapSentence(map, side, (value) => number(value, 2))} ${outline}`;
}

function draw(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  map: PixelMap,
  threshold: number,
  drawn: Drawn,
): void {
  const { size, values } = map;
  canvas.width = size;
  canvas.height = size;
  const mask = maskOf(map, threshold);
  const pixels = context.createImageData(size, size);
  for (let i = 0; i < values.length; i++) {
    const colour = onEdge(mask, size, i) ? WHITE : within(drawn, values[i]!, mask[i] === 1);
    pixels.data.set(colour, 4 * i);
  }
  context.putImageData(pixels, 0, 0);
}

function within(drawn: Drawn, value: number, inside: boolean): Rgba {
  if (drawn === 'outline') return inside ? CLEAR : OUTSIDE;
  const [r, g, b] = sequential(value);
  return [r, g, b, drawn === 'alone' ? 255 : Math.round(215 * value)];
}

/** Whether a pixel of the mask has a neighbour outside it. */
function onEdge(mask: Uint8Array, size: number, i: number): boolean {
  if (!mask[i]) return false;
  const x = i % size;
  return (
    (x > 0 && !mask[i - 1]) || (x < size - 1 && !mask[i + 1]) || mask[i - size] === 0 || mask[i + size] === 0
  );
}
