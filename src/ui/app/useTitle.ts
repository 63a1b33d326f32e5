import { useEffect } from 'react';
import { directionsOf } from '../../state/directions.ts';
import { type LensState, loadedValue, useLens } from '../../state/index.ts';
import { PAGE_TITLES } from './pages.tsx';

const NAME = 'neuronlens';

/** What the window is called. */
export function titleOf({ view, subject }: LensState): string {
  const page = PAGE_TITLES[view.page];
  if (page) return `${page} · ${NAME}`;
  if (!loadedValue(subject)) return NAME;
  const given = directionsOf({ subject });
  if (given && view.page === 'neuron') return `Direction ${view.neuron} of ${given.name} · ${NAME}`;
  if (given) return `${given.name} · ${NAME}`;
  if (view.page === 'neuron') return `Neuron ${view.neuron} of block ${view.block} · ${NAME}`;
  return `Block ${view.block} · ${NAME}`;
}

export function useTitle(): void {
  const title = useLens(titleOf);
  useEffect(() => {
    document.title = title;
  }, [title]);
}
