import { useEffect } from 'react';
import { useLens } from '../../state/index.ts';

/** Ctrl/⌘ Z and Ctrl/⌘ Shift Z for what is switched off; in a field they stay the field's. */
export function useUndoKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const inField =
        event.target instanceof Element && event.target.closest('input, textarea, [role="dialog"]');
      if (inField || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
      event.preventDefault();
      const { redoOff, undoOff } = useLens.getState();
      if (event.shiftKey) redoOff();
      else undoOff();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
