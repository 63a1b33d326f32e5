import { LensError } from '../errors.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { MOST_FILE_BYTES, parsePinFile, pinFile } from './pinFile.ts';
import { unpackedList } from './pinLink.ts';
import {
  isPinned,
  MOST_PINS,
  mergedPins,
  movedPin,
  NO_PINS,
  namedList,
  notedPin,
  type PinList,
  type PinPlace,
  withoutPin,
  withPin,
} from './pins.ts';
import type { Slice } from './state.ts';
import type { View } from './view.ts';

/** A person's pinned neurons, kept on this machine. */
export interface PinsSlice {
  readonly pins: PinList;
  /** Why pins are here for this visit only. */
  readonly pinsProblem: string | undefined;
  /** The list before the last thing that took something away, and what that was. */
  readonly pinsBefore: { readonly list: PinList; readonly words: string } | undefined;
  /** Pins a neuron, or takes it off. */
  togglePin(place: PinPlace): void;
  movePin(place: PinPlace, by: number): void;
  notePin(place: PinPlace, note: string): void;
  namePins(name: string): void;
  clearPins(): void;
  /** Brings back what was last taken away, or takes away what was last added by others. */
  undoPins(): void;
  /** Puts what is new in somebody's list behind one's own. */
  keepPins(list: PinList): void;
  /** Adds the pins of a file. */
  openPinFile(file: Blob): Promise<void>;
}

/** Under which name the list is kept. */
const NAME = 'neuronlens.pins';

/** The neuron in view as a pin would name it. */
export const pinPlace = (
  { model, set, pack }: Pick<View, 'model' | 'set' | 'pack'>,
  block: number,
  neuron: number,
): PinPlace => ({ model, set, ...(pack !== undefined && { pack }), block, neuron });

/** The page of a pinned neuron, from wherever one is. */
export function pinView(view: View, { model, set, pack, block, neuron }: PinPlace): View {
  const { pack: _, ...rest } = view;
  return { ...rest, ...(pack !== undefined && { pack }), page: 'neuron', model, set, block, neuron };
}

export const pinsSlice: Slice<PinsSlice> = (set, get, services) => {
  /** What is kept, as another tab may have left it. */
  function read(): Partial<Pick<PinsSlice, 'pins' | 'pinsProblem'>> {
    const text = services.kept(NAME);
    if (text === undefined) return {};
    try {
      return { pins: parsePinFile(text), pinsProblem: undefined };
    } catch (error) {
      return {
        pinsProblem: `The pins kept here could not be read; a new list begins. ${sentenceFor(error)}`,
      };
    }
  }

  /** Changes the newest list there is, and keeps it. */
  function change(work: (list: PinList) => PinList, undo?: string): void {
    const before = read().pins ?? get().pins;
    const pins = work(before);
    if (pins === before) return;
    const isKept = services.keep(NAME, pinFile(pins));
    set({
      pins,
      pinsBefore: undo === undefined ? undefined : { list: before, words: undo },
      pinsProblem: isKept
        ? undefined
        : 'This browser lets the page keep nothing: your pins are here until the tab is closed. Save them as a file, or copy the link.',
    });
  }

  services.onKept((name) => name === NAME && set({ pins: NO_PINS, pinsBefore: undefined, ...read() }));

  return {
    pins: NO_PINS,
    pinsProblem: undefined,
    ...read(),
    pinsBefore: undefined,
    togglePin(place) {
      if (isPinned(get().pins, place))
        return change(
          (list) => withoutPin(list, place),
          `Neuron ${place.neuron} of block ${place.block} was taken off.`,
        );
      if (get().pins.pins.length >= MOST_PINS)
        return get().notify('error', `A list holds ${MOST_PINS} pins at most; take one off first.`);
      change((list) => withPin(list, place));
    },
    movePin: (place, by) => change((list) => movedPin(list, place, by)),
    notePin: (place, note) => change((list) => notedPin(list, place, note)),
    namePins: (name) => change((list) => namedList(list, name)),
    clearPins: () => change(() => NO_PINS, 'All pins were taken off.'),
    undoPins() {
      const before = get().pinsBefore;
      if (before) change(() => before.list);
    },
    keepPins(other) {
      const own = get().pins.pins.length;
      change((list) => mergedPins(list, other), 'The pins were added to yours.');
      const added = get().pins.pins.length - own;
      const left = other.pins.filter((pin) => !isPinned(get().pins, pin)).length;
      const words =
        added + left === 0
          ? 'You have all of these pins already.'
          : `${added} ${added === 1 ? 'pin was' : 'pins were'} added to yours.`;
      if (left === 0) get().notify('info', words);
      else
        get().notify(
          'error',
          `${words} ${left} found no room: a list holds ${MOST_PINS}; take some off first.`,
        );
    },
    async openPinFile(file) {
      try {
        if (file.size > MOST_FILE_BYTES)
          throw new LensError(
            'bad-file',
            'This file is far larger than a list of pins can be; it was not read.',
          );
        get().keepPins(parsePinFile(await file.text()));
      } catch (error) {
        if (!isCancelled(error)) get().notify('error', sentenceFor(error));
      }
    },
  };
};

/** Somebody's list, out of the view's `list`; or why it cannot be read. */
export type SharedPins =
  | { readonly list: PinList; readonly problem?: undefined }
  | { readonly list?: undefined; readonly problem: string };

/** Undefined where the view names none. */
export function sharedPins(text: string): SharedPins | undefined {
  if (text === '') return undefined;
  try {
    return { list: unpackedList(text) };
  } catch (error) {
    return { problem: sentenceFor(error) };
  }
}
