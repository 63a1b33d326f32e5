import type { LensState } from '../state.ts';
import { ACTION_GROUPS, type Action } from './action.ts';
import { ACTIONS } from './index.ts';
import { actionsMatching } from './match.ts';
import { typedActions } from './typed.ts';

/** A row of the palette. */
export interface PaletteRow {
  readonly action: Action;
  /** Why it cannot be done now, as “needs …”; undefined where it can. */
  readonly needs?: string;
}

export interface PaletteSection {
  readonly name: string;
  readonly rows: readonly PaletteRow[];
}

/**
 * What the palette lists: with nothing typed what was done lately and all that is possible, else what fits, the best
 * group first. What is not possible now is listed only when it is asked for and can say what it needs.
 */
export function paletteSections(text: string, state: LensState): PaletteSection[] {
  const typed = typedActions(text, state);
  const [searches, places] = [typed.filter(isSearch), typed.filter((action) => !isSearch(action))];
  const isEmpty = text.trim() === '';
  const recent = isEmpty ? recentRows(state) : [];
  const listed = new Set(recent.map(({ action }) => action));
  const others = actionsMatching(text, ACTIONS.filter(isOffered))
    .filter((action) => !listed.has(action) && !(action.series && (isEmpty || places.length > 0)))
    .flatMap((action) => rowOf(action, state))
    .filter(({ needs }) => !(isEmpty && needs));
  const groups = isEmpty ? ACTION_GROUPS : new Set(others.map(({ action }) => action.group));
  return [
    { name: 'Go to', rows: places.map((action) => ({ action })) },
    { name: 'Recent', rows: recent },
    ...[...groups].map((name) => ({ name, rows: others.filter(({ action }) => action.group === name) })),
    { name: 'Neurons', rows: searches.map((action) => ({ action })) },
  ].filter((section) => section.rows.length > 0);
}

const isSearch = (action: Action): boolean => action.id === 'search for';
const isOffered = (action: Action): boolean => action.id !== 'palette' && !action.presenting;

function rowOf(action: Action, state: LensState): PaletteRow[] {
  if (action.enabled(state)) return [{ action }];
  return action.needs === undefined ? [] : [{ action, needs: action.needs }];
}

const recentRows = (state: LensState): PaletteRow[] =>
  state.recentActions
    .flatMap((id) => ACTIONS.filter((action) => action.id === id && isOffered(action)))
    .filter((action) => action.enabled(state))
    .map((action) => ({ action }));
