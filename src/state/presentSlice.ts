import type { Slice } from './state.ts';

/** How things are shown in front of people, beside what is in the view. */
export interface PresentSlice {
  /** A large dot follows the mouse or the finger. */
  readonly pointer: boolean;
  /** How much larger than usual the type is. */
  readonly presentScale: number;
  setPointer(on: boolean): void;
  /** One size larger (1) or smaller (−1). */
  stepPresentScale(by: 1 | -1): void;
  present(on: boolean): void;
}

export const PRESENT_SCALES = [1, 1.25, 1.5, 1.75, 2, 2.5] as const;

export const presentSlice: Slice<PresentSlice> = (set, get) => ({
  pointer: false,
  presentScale: 1.5,
  setPointer: (pointer) => set({ pointer }),
  stepPresentScale(by) {
    const scale = PRESENT_SCALES[PRESENT_SCALES.indexOf(get().presentScale as never) + by];
    if (scale !== undefined) set({ presentScale: scale });
  },
  present(on) {
    set({ pointer: false });
    get().setView({ present: on, embed: false });
  },
});
