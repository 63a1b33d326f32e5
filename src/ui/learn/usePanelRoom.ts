import { type RefObject, useEffect, useRef } from 'react';
import './room.css';

/** On which side of the page the panel stands where there is room for that; on a phone it is below. */
export type Side = 'left' | 'right';

/** Makes room for the panel, so that it stands beside the page and not on it; see learn.module.css. */
export function usePanelRoom(side: Side, folded: boolean): RefObject<HTMLElement | null> {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const { dataset, style } = document.documentElement;
    dataset.lesson = folded ? 'folded' : side;
    const watcher = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      style.setProperty('--lesson-height', `${Math.round(height)}px`);
    });
    if (panel.current) watcher.observe(panel.current);
    return () => {
      watcher.disconnect();
      delete dataset.lesson;
      style.removeProperty('--lesson-height');
    };
  }, [side, folded]);
  return panel;
}
