import { useEffect, useRef } from 'react';
import styles from './present.module.css';

/** A large dot where the mouse or the finger is; it follows at once, without a tail, and assistive tech passes over it. */
export function Pointer() {
  const dot = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = ({ clientX, clientY }: PointerEvent): void => {
      const { current } = dot;
      if (!current) return;
      current.style.transform = `translate(${clientX}px, ${clientY}px)`;
      current.dataset.there = 'true';
    };
    addEventListener('pointermove', follow, { passive: true });
    addEventListener('pointerdown', follow, { passive: true });
    return () => {
      removeEventListener('pointermove', follow);
      removeEventListener('pointerdown', follow);
    };
  }, []);
  return <div ref={dot} className={styles.pointer} aria-hidden="true" />;
}
