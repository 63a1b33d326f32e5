import { useEffect, useRef, useState } from 'react';
import pictures from '../pictures-grid/pictures.module.css';
import { blobThumb } from './blobThumb.ts';

interface Props {
  readonly file: Blob;
  readonly alt: string;
  readonly grey?: boolean;
}

/** A person's own picture, shown as the model sees it: the square in its middle. Made when it comes into view. */
export function BlobPicture({ file, alt, grey }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState<'waiting' | 'drawn' | 'failed'>('waiting');
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    let wanted = true;
    const draw = (): void => {
      blobThumb(file).then(
        (bitmap) => {
          if (!wanted) return;
          canvas.width = bitmap.width;
          canvas.height = bitmap.height;
          canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
          setState('drawn');
        },
        () => wanted && setState('failed'),
      );
    };
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        draw();
      },
      { rootMargin: '50%' },
    );
    observer.observe(canvas);
    return () => {
      wanted = false;
      observer.disconnect();
    };
  }, [file]);
  const text = state === 'failed' ? `${alt} (the picture could not be decoded)` : alt;
  const named = text ? ({ role: 'img', 'aria-label': text } as const) : ({ 'aria-hidden': true } as const);
  return (
    <canvas
      ref={ref}
      className={pictures.picture}
      data-state={state}
      data-grey={grey || undefined}
      {...named}
    />
  );
}
