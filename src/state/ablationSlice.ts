import { failed, IDLE, type Loadable, loadedValue, ready } from './data.ts';
import type { Ablated, SwitchedOff } from './imageTypes.ts';
import { sentenceFor } from './noticeSlice.ts';
import type { LensClient } from './services.ts';
import type { Slice } from './state.ts';

type Off = readonly SwitchedOff[];

/** What is switched off on the picture in view, every step of it undone and done again. */
export interface AblationSlice {
  readonly off: Off;
  /** What was off before each step, oldest first; and what undone steps had made of it, newest undone last. */
  readonly offBefore: readonly Off[];
  readonly offUndone: readonly Off[];
  /** Idle while nothing is off; what was there before stays until the new one is there. */
  readonly ablated: Loadable<Ablated>;
  /** A patch stands alone, or neurons together: a patch has no mean over a set to be replaced by. */
  switchOff(part: SwitchedOff): void;
  switchOn(label: string): void;
  undoOff(): void;
  redoOff(): void;
  allOn(): void;
}

/** Steps that can be undone. */
const MOST_STEPS = 100;

export const isOff = (off: Off, label: string): boolean => off.some((part) => part.label === label);

export const ablationSlice: Slice<AblationSlice> = (set, get, services) => {
  async function ablate(): Promise<void> {
    const { off, picture } = get();
    const reading = loadedValue(picture)?.reading;
    if (!reading) return;
    if (off.length === 0) return set({ ablated: IDLE });
    const put = (ablated: Loadable<Ablated>) => get().off === off && set({ ablated });
    try {
      put(ready(await without(await services.client(), reading.id, reading.blocks, off)));
    } catch (error) {
      put(failed(sentenceFor(error)));
    }
  }

  function step(off: Off): void {
    set({ off, offBefore: [...get().offBefore, get().off].slice(-MOST_STEPS), offUndone: [] });
    void ablate();
  }

  return {
    off: [],
    offBefore: [],
    offUndone: [],
    ablated: IDLE,
    switchOff(part) {
      const others = get().off.filter((other) => other.label !== part.label);
      step('patch' in part ? [part] : [...others.filter((other) => !('patch' in other)), part]);
    },
    switchOn: (label) => step(get().off.filter((part) => part.label !== label)),
    undoOff() {
      const { off, offBefore, offUndone } = get();
      const before = offBefore.at(-1);
      if (!before) return;
      set({ off: before, offBefore: offBefore.slice(0, -1), offUndone: [...offUndone, off] });
      void ablate();
    },
    redoOff() {
      const { off, offBefore, offUndone } = get();
      const undone = offUndone.at(-1);
      if (!undone) return;
      set({ off: undone, offBefore: [...offBefore, off], offUndone: offUndone.slice(0, -1) });
      void ablate();
    },
    allOn: () => get().off.length > 0 && step([]),
  };
};

async function without(
  client: LensClient,
  reading: number,
  blocks: readonly { readonly norms: Float32Array }[],
  off: Off,
): Promise<Ablated> {
  const patch = off.find((part) => 'patch' in part);
  if (patch) {
    const neurons = Math.max(1, ...blocks.map(({ norms }) => norms.length));
    const [{ representation }, writers] = await Promise.all([
      client.ablatePatch(reading, patch.patch),
      client.patchNeurons(reading, patch.patch, neurons),
    ]);
    const lost = writers.map(({ block, byEffect }) => {
      const effects = new Float32Array(byEffect.length);
      for (const { neuron, effect } of byEffect) effects[neuron] = effect;
      return [block, effects] as const;
    });
    return { representation, lost: new Map(lost) };
  }
  const selection = off
    .flatMap((part) => ('patch' in part ? [] : part.chosen))
    .map(({ block, neurons }) => ({
      block,
      neurons: typeof neurons === 'string' ? neurons : Int32Array.from(neurons),
    }));
  const { representation } = await client.ablateImage(reading, selection);
  return { representation, lost: new Map() };
}
