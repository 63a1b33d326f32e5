import { useEffect } from 'react';
import { type ActionPort, dispatchKey, type KeyPress, useLens } from '../../state/index.ts';

const OVERLAYS = '[role="dialog"], [role="alertdialog"], [role="listbox"], [role="menu"]';
const FIELDS =
  'textarea, select, [contenteditable="true"], input:not([type="radio"], [type="checkbox"], [type="range"], [type="button"])';
/** What arrows move something in. */
const WIDGETS =
  'input, [role="slider"], [role="radiogroup"], [role="toolbar"], [role="tablist"], [role="grid"], [role="row"], [role="tree"], [role="application"]';
/** What Space and Enter press. */
const BUTTONS = 'button, a, summary, [role="button"], [role="link"]';

function placeOf(target: EventTarget | null): KeyPress['where'] {
  if (!(target instanceof Element)) return 'page';
  if (target.closest(OVERLAYS)) return 'overlay';
  if (target.closest(FIELDS)) return 'field';
  if (target.closest(WIDGETS)) return 'widget';
  return target.closest(BUTTONS) ? 'button' : 'page';
}

/** Sends key presses to the actions, except those that what has the focus needs itself. */
export function useKeys(port: ActionPort): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      const held = { key, ctrlKey, metaKey, altKey, shiftKey };
      if (dispatchKey({ ...held, where: placeOf(event.target) }, useLens.getState(), port))
        event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [port]);
}
