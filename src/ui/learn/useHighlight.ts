import { useEffect } from 'react';
import './highlight.css';
import { findNamed } from './named.ts';

/** After the page has changed, it is looked at again once it rests. */
const REST_MS = 120;
const RING = 'data-lesson-ring';

/**
 * Puts a ring around the part of the page that has a name, and brings it into view once. Parts that come later, or are
 * drawn anew, are found when they are there.
 * @param turn changes when it is to be brought into view again
 */
export function useHighlight(name: string | undefined, turn: unknown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn looks again, whatever it is
  useEffect(() => {
    if (name === undefined) return;
    let marked: Element | undefined;
    let shown = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const found = findNamed(name, document);
      if (found !== marked) marked?.removeAttribute(RING);
      marked = found;
      if (!found) return;
      if (!found.hasAttribute(RING)) found.setAttribute(RING, '');
      if (!shown) bringIntoView(found);
      shown = true;
    };
    const watcher = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(look, REST_MS);
    });
    timer = setTimeout(look, REST_MS);
    watcher.observe(document.body, { childList: true, subtree: true });
    return () => {
      clearTimeout(timer);
      watcher.disconnect();
      marked?.removeAttribute(RING);
    };
  }, [name, turn]);
}

function bringIntoView(element: Element): void {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const tall = element.getBoundingClientRect().height > innerHeight / 2;
  element.scrollIntoView({ block: tall ? 'start' : 'nearest', behavior: still ? 'auto' : 'smooth' });
}
