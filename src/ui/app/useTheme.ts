import { useLayoutEffect, useSyncExternalStore } from 'react';
import { useLens } from '../../state/index.ts';

const query = '(prefers-color-scheme: dark)';

function subscribe(changed: () => void): () => void {
  const media = matchMedia(query);
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
}

/** Whether the page is dark right now: by choice, or as the system. For what CSS cannot paint. */
export function useDark(): boolean {
  const theme = useLens((state) => state.view.theme);
  const system = useSyncExternalStore(subscribe, () => matchMedia(query).matches);
  return theme === 'dark' || (theme === 'system' && system);
}

/** Puts the chosen theme on the document, before anything is painted. Used once, by the shell. */
export function useThemeOnPage(): void {
  const theme = useLens((state) => state.view.theme);
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
