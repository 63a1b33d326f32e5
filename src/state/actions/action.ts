import { loadedValue } from '../data.ts';
import { directionsOf } from '../directions.ts';
import type { LensState } from '../state.ts';

/** What only the page itself can do for an action. */
export interface ActionPort {
  focusSearch(): void;
  showHelp(): void;
  showPalette(): void;
  showShare(): void;
  copyLink(): void;
  toggleFullScreen(): void;
}

export const ACTION_GROUPS = ['Move', 'Look', 'Compute', 'Page', 'Share', 'Learn', 'Present'] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

/** Something a person can do: the same data feeds buttons, menus, keys, the list of keys and the palette. */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly group: ActionGroup;
  /** Chords (see chord.ts), any of them: `j`, `B`, `ArrowRight`, `Mod+k`; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** Words a person may look for that its label does not have. */
  readonly words?: string;
  /** What has to be there for it, to follow “needs”. Without it, an action that is not possible is not offered. */
  readonly needs?: string;
  /** A row of the list of keys that it shares with others, as the ten digits do. */
  readonly series?: string;
  /** Its keys act while presenting only, and come before those of others. */
  readonly presenting?: true;
  /** Its keys act in a text field too. */
  readonly inFields?: true;
  enabled(state: LensState): boolean;
  perform(state: LensState, port: ActionPort): void;
}

export const always = () => true;
export const hasSubject = (state: LensState): boolean => state.subject.status === 'ready';
export const isRunning = (state: LensState): boolean => state.job.status === 'running';
export const isDirections = (state: LensState): boolean => directionsOf(state) !== undefined;
export const subjectOf = (state: LensState) => loadedValue(state.subject);

/** The one after, round at the end. */
export function next<T>(values: readonly T[], current: T): T {
  return values[(values.indexOf(current) + 1) % values.length]!;
}
