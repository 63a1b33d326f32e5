import { useEffect, useRef, useState } from 'react';
import { useLens } from '../../state/index.ts';
import { titleOf } from './useTitle.ts';

/**
 * For who does not see that the page changed: its name is said, and where the focus went with the old page, it goes to
 * where the new one begins.
 */
export function NewPage() {
  const title = useLens(titleOf);
  const [said, setSaid] = useState('');
  const before = useRef(title);
  const last = useRef<Element>(undefined);
  useEffect(() => {
    const keep = ({ target }: FocusEvent): void => {
      if (target instanceof Element) last.current = target;
    };
    document.addEventListener('focusin', keep);
    return () => document.removeEventListener('focusin', keep);
  }, []);
  useEffect(() => {
    if (before.current === title) return;
    before.current = title;
    setSaid(title);
    // When the page stands there: moving the focus lays it out at once.
    const frame = requestAnimationFrame(() => {
      const lost = last.current?.isConnected === false && document.activeElement === document.body;
      if (lost) document.getElementById('main')?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [title]);
  return (
    <p className="sr-only" role="status">
      {said}
    </p>
  );
}
