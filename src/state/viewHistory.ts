import { PLACE } from './history.ts';
import type { View } from './view.ts';

/** What was in view before, and what steps back have left: undo and redo of the view, beside the browser's own. */
export interface ViewHistory {
  /** Oldest first. */
  readonly past: readonly View[];
  /** The one undone last comes last. */
  readonly future: readonly View[];
  /** The last step, so that the next may go on with it. */
  readonly last?: { readonly settings: readonly (keyof View)[]; readonly at: number };
}

export const NO_HISTORY: ViewHistory = { past: [], future: [] };

/** Steps that can be undone. */
export const MOST_STEPS = 100;
/** Changes of the same settings within this many ms of each other are one step: a slider drawn, a word typed. */
export const ONE_STEP_MS = 1200;

/** How the page is shown, not what: these stay as they are while steps are undone. */
const MODES = ['embed', 'present'] as const satisfies readonly (keyof View)[];
const isMode = (key: keyof View): boolean => (MODES as readonly string[]).includes(key);

/** The settings that differ, modes left out. */
export function changedSettings(a: View, b: View): (keyof View)[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof View>;
  return [...keys].filter((key) => !isMode(key) && a[key] !== b[key]);
}

/**
 * The history after a change of the view that a person made, by whatever way.
 * @param at ms, never going back
 */
export function recordStep(history: ViewHistory, before: View, after: View, at: number): ViewHistory {
  const settings = changedSettings(before, after);
  if (settings.length === 0) return history;
  const { past, last } = history;
  const goesOn = last && at - last.at < ONE_STEP_MS && settings.every((key) => last.settings.includes(key));
  if (goesOn) return { past, future: [], last: { ...last, at } };
  const step = { past: [...past, before].slice(-MOST_STEPS), future: [] };
  const isPlace = settings.some((key) => (PLACE as readonly string[]).includes(key));
  return isPlace ? step : { ...step, last: { settings, at } };
}

/** A step taken back or again: what is in view then, and the history then. */
export interface Step {
  readonly view: View;
  readonly history: ViewHistory;
}

/** @returns undefined where there is nothing to undo */
export function stepBack({ past, future }: ViewHistory, now: View): Step | undefined {
  const before = past.at(-1);
  if (!before) return undefined;
  return { view: inMode(before, now), history: { past: past.slice(0, -1), future: [...future, now] } };
}

/** @returns undefined where nothing was undone */
export function stepAgain({ past, future }: ViewHistory, now: View): Step | undefined {
  const after = future.at(-1);
  if (!after) return undefined;
  return { view: inMode(after, now), history: { past: [...past, now], future: future.slice(0, -1) } };
}

const inMode = (view: View, { embed, present }: View): View => ({ ...view, embed, present });
