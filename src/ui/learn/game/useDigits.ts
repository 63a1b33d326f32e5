import { useEffect } from 'react';
import { useLens } from '../../../state/index.ts';

/**
 * The keys 1 to `count` choose, while `open`. They come before the page's own meaning of digits, and not at all for
 * who has switched single keys off.
 */
export function useDigits(count: number, choose: (at: number) => void, open: boolean): void {
  useEffect(() => {
    if (!open) return;
    const press = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const busy = target instanceof Element && target.closest('input, textarea, select, [role="dialog"]');
      const at = Number(key) - 1;
      if (busy || ctrlKey || metaKey || altKey || !/^\d$/.test(key) || at < 0 || at >= count) return;
      if (!useLens.getState().singleKeys) return;
      event.preventDefault();
      choose(at);
    };
    window.addEventListener('keydown', press, { capture: true });
    return () => window.removeEventListener('keydown', press, { capture: true });
  }, [count, choose, open]);
}
