import type { Action } from './action.ts';

/** Lessons, tour and game. */
export const LEARN: readonly Action[] = [];
