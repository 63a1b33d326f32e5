import { useEffect, useRef } from 'react';
import { useLens } from '../../state/index.ts';
import { paintThumb } from './paintThumb.ts';
import styles from './thumb.module.css';

interface Props {
  /** Indices of pictures of the set; below zero for an empty place. */
  readonly images: ArrayLike<number>;
  /** Side of one in CSS pixels. */
  readonly size: number;
  /** How many stand side by side; all of them unless told. */
  readonly columns?: number;
  /** Takes the width of its parent instead, of about that size. */
  readonly fill?: boolean;
}

/** CSS pixels between two. */
const GAP = 3;

/** How long `count` of them are, side by side, in CSS pixels. */
export const thumbsLength = (count: number, size: number): number => Math.max(0, count * (size + GAP) - GAP);

/**
 * Small pictures of the set for lists, where the neuron, not the picture, is what matters: screen readers pass over them
 * for the measures beside them. Larger ones are SetPicture's. They share a canvas: one each makes long lists slow.
 */
export function Thumbs({ images, size, columns = images.length, fill }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const pictures = useLens((state) => (state.pictures.status === 'ready' ? state.pictures.value : undefined));
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const width = thumbsLength(columns, size);
  const height = thumbsLength(Math.ceil(images.length / columns), size);
  const numbers = Array.from(images).join(' ');
  useEffect(() => {
    const canvas = ref.current!;
    const context = canvas.getContext('2d');
    canvas.dataset.drawn = '0';
    if (!context || !pictures || numbers === '') return;
    context.clearRect(0, 0, canvas.width, canvas.height);
    let wanted = true;
    let drawn = 0;
    const pixels = (length: number): number => Math.round(length * ratio);
    const draw = async (image: number, place: number): Promise<void> => {
      const x = pixels((place % columns) * (size + GAP));
      const y = pixels(Math.floor(place / columns) * (size + GAP));
      const square = { x, y, side: pixels(size) };
      await paintThumb(context, pictures, image, square, size, () => wanted);
      if (wanted) canvas.dataset.drawn = String(++drawn);
    };
    numbers.split(' ').forEach((number, place) => {
      // What cannot be painted leaves an empty place; the list stays readable without pictures.
      if (Number(number) >= 0) draw(Number(number), place).catch(() => undefined);
    });
    return () => {
      wanted = false;
    };
  }, [pictures, numbers, columns, ratio, size]);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without a tab index takes no focus
    <canvas
      ref={ref}
      aria-hidden="true"
      className={styles.thumbs}
      width={Math.round(width * ratio)}
      height={Math.round(height * ratio)}
      style={{ inlineSize: fill ? '100%' : width }}
    />
  );
}
