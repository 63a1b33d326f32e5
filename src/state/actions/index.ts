import type { LensState } from '../state.ts';
import type { Action, ActionPort } from './action.ts';
import { chordOf, isSingleKey, type KeysHeld, movesWidgets, pressesButtons } from './chord.ts';
import { COMPUTE } from './compute.ts';
import { LEARN } from './learn.ts';
import { LOOK } from './look.ts';
import { MOVE } from './move.ts';
import { PAGE } from './page.ts';
import { PRESENT } from './present.ts';
import { SHARE } from './share.ts';

export { ACTION_GROUPS, type Action, type ActionGroup, type ActionPort } from './action.ts';

export const ACTIONS: readonly Action[] = [
  ...MOVE,
  ...LOOK,
  ...COMPUTE,
  ...PAGE,
  ...SHARE,
  ...LEARN,
  ...PRESENT,
];

export function actionById(id: string): Action {
  const action = ACTIONS.find((candidate) => candidate.id === id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
}

/** A key press and where it was made. */
export interface KeyPress extends KeysHeld {
  /**
   * `page`: nobody else wants it; `button`: Space and Enter press it; `widget`: arrows move something in it, too;
   * `field`: it was typed; `overlay`: in an open dialog or menu.
   */
  readonly where: 'page' | 'button' | 'widget' | 'field' | 'overlay';
}

/** Performs the action a key stands for. True when there was one, so that the browser's own is left out. */
export function dispatchKey(press: KeyPress, state: LensState, port: ActionPort): boolean {
  const chord = chordOf(press);
  const action = chord && actionOfChord(chord, state);
  if (!action || isWantedElsewhere(chord, press.where, action)) return false;
  if (isSingleKey(chord) && !state.singleKeys) return false;
  if (!action.enabled(state)) return false;
  action.perform(state, port);
  return true;
}

function actionOfChord(chord: string, state: LensState): Action | undefined {
  const own = ACTIONS.filter(({ keys }) => keys.includes(chord));
  const shown = own.find(({ presenting }) => presenting && state.view.present);
  return shown ?? own.find(({ presenting }) => !presenting);
}

function isWantedElsewhere(chord: string, where: KeyPress['where'], action: Action): boolean {
  switch (where) {
    case 'page':
      return false;
    case 'button':
      return pressesButtons(chord);
    case 'widget':
      return pressesButtons(chord) || movesWidgets(chord);
    case 'field':
      return !action.inFields;
    case 'overlay':
      return true;
  }
}
