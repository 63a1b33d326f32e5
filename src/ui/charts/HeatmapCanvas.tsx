import { useEffect, useRef } from 'react';
import styles from './charts.module.css';
import { type MapScale, overlay } from './mapScale.ts';
import { type MapForm, upsample } from './upsample.ts';
import { usePixelRatio } from './usePixelRatio.ts';
import { useSize } from './useSize.ts';

/** More pixels than this show nothing new on grids of a few dozen patches. */
const LARGEST = 640;

function paint(canvas: HTMLCanvasElement, map: Float32Array, side: number, scale: MapScale, form: MapForm) {
  const size = canvas.width;
  const context = canvas.getContext('2d');
  if (!context || size === 0) return;
  const values = upsample(map, side, size, form);
  const pixels = context.createImageData(size, size);
  for (let i = 0; i < values.length; i++) {
    const { rgb, alpha } = overlay(values[i]!, scale);
    pixels.data[4 * i] = rgb[0];
    pixels.data[4 * i + 1] = rgb[1];
    pixels.data[4 * i + 2] = rgb[2];
    pixels.data[4 * i + 3] = Math.round(255 * alpha);
  }
  context.putImageData(pixels, 0, 0);
}

interface Props {
  /** [side·side], row-major from the top left. */
  readonly map: Float32Array;
  readonly side: number;
  readonly scale: MapScale;
  readonly form: MapForm;
}

/** A map drawn over the picture it lies on; fills its parent. What it shows, mapSentence.ts says beside it. */
export function HeatmapCanvas({ map, side, scale, form }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const width = useSize(ref)?.width ?? 0;
  const ratio = usePixelRatio();
  const size = Math.min(LARGEST, Math.round(width * ratio));
  useEffect(() => {
    if (ref.current && size > 0) {
      ref.current.width = size;
      ref.current.height = size;
      paint(ref.current, map, side, scale, form);
    }
  }, [size, map, side, scale, form]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without a tab index takes no focus
  return <canvas ref={ref} className={styles.heatmap} aria-hidden="true" />;
}
