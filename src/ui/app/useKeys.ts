import { useEffect } from 'react';
import { type ActionPort, dispatchKey, useLens } from '../../state/index.ts';

const FIELDS =
  'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="listbox"], [role="menu"]';

/** Sends key presses to the actions, wherever the focus is, except while someone types or a dialog is open. */
export function useKeys(port: ActionPort): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      const busy = event.defaultPrevented || target?.closest(FIELDS) !== null;
      const { key, ctrlKey, metaKey, altKey } = event;
      if (dispatchKey({ key, ctrlKey, metaKey, altKey, busy }, useLens.getState(), port))
        event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [port]);
}
