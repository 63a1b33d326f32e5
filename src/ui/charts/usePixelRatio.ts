import { useSyncExternalStore } from 'react';

const query = (): MediaQueryList => matchMedia(`(resolution: ${devicePixelRatio}dppx)`);

/** Re-arms after every change: a resolution query only ever matches the ratio it was made for. */
function subscribe(notify: () => void): () => void {
  let current = query();
  const changed = (): void => {
    current.removeEventListener('change', changed);
    current = query();
    current.addEventListener('change', changed);
    notify();
  };
  current.addEventListener('change', changed);
  return () => current.removeEventListener('change', changed);
}

/** devicePixelRatio, followed when the window moves to another screen or the page is zoomed. */
export const usePixelRatio = (): number =>
  useSyncExternalStore(
    subscribe,
    () => devicePixelRatio,
    () => 1,
  );
