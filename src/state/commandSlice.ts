import type { Slice } from './state.ts';

/** What a person did by its name, the newest first: what is done again is found again. */
export interface CommandSlice {
  /** Ids of actions. */
  readonly recentActions: readonly string[];
  noteAction(id: string): void;
  /** Takes what was kept from an earlier visit; anything but a list of short texts is nothing. */
  restoreActions(kept: unknown): void;
}

const MOST_RECENT = 8;
const LONGEST_ID = 40;

export const commandSlice: Slice<CommandSlice> = (set, get) => ({
  recentActions: [],
  noteAction(id) {
    const others = get().recentActions.filter((other) => other !== id);
    set({ recentActions: [id, ...others].slice(0, MOST_RECENT) });
  },
  restoreActions(kept) {
    const isId = (id: unknown): id is string => typeof id === 'string' && id.length <= LONGEST_ID;
    if (Array.isArray(kept)) set({ recentActions: kept.filter(isId).slice(0, MOST_RECENT) });
  },
});
