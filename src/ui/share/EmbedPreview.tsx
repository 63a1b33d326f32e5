import { useRef } from 'react';
import { useSize } from '../charts/useSize.ts';
import styles from './share.module.css';

interface Props {
  readonly address: string;
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

/** The frame itself, made smaller where it is larger than the dialog. */
export function EmbedPreview({ address, width, height, title }: Props) {
  const room = useRef<HTMLDivElement>(null);
  const size = useSize(room);
  const scale = size ? Math.min(1, size.width / width) : 0;
  return (
    <figure className={styles.preview}>
      <div ref={room} className={styles.room} style={{ blockSize: height * scale }}>
        {scale > 0 && (
          <iframe
            className={styles.frame}
            src={address}
            title={`Preview of ${title}`}
            width={width}
            height={height}
            style={{ transform: `scale(${scale})` }}
          />
        )}
      </div>
      <figcaption className={styles.note}>
        {width} × {height} pixels{scale < 1 && `, shown here at ${Math.round(100 * scale)}%`}
      </figcaption>
    </figure>
  );
}
