/** A neuron somebody set aside, with what they said of it. */
export interface Pin {
  readonly model: string;
  readonly set: string;
  /** Where its analysis is, of one made elsewhere. */
  readonly pack?: string;
  readonly block: number;
  readonly neuron: number;
  /** At most LONGEST_NOTE characters. */
  readonly note: string;
}

/** Pinned neurons in an order, under a name. */
export interface PinList {
  readonly name: string;
  /** At most MOST_PINS, no neuron twice. */
  readonly pins: readonly Pin[];
}

export const MOST_PINS = 200;
export const LONGEST_NOTE = 500;
export const LONGEST_LIST_NAME = 80;

export const NO_PINS: PinList = { name: '', pins: [] };

/** What a pin is of: everything but the note. */
export type PinPlace = Omit<Pin, 'note'>;

/** Says which neuron it is, of all neurons anywhere. */
export const pinKey = ({ model, set, pack, block, neuron }: PinPlace): string =>
  [pack ?? '', model, set, block, neuron].join(' ');

export const isPinned = ({ pins }: PinList, place: PinPlace): boolean => {
  const key = pinKey(place);
  return pins.some((pin) => pinKey(pin) === key);
};

/** The list with the neuron at its end; the same list where it is already there, or full. */
export function withPin(list: PinList, place: PinPlace, note = ''): PinList {
  if (isPinned(list, place) || list.pins.length >= MOST_PINS) return list;
  return { ...list, pins: [...list.pins, { ...place, note: note.slice(0, LONGEST_NOTE) }] };
}

export function withoutPin(list: PinList, place: PinPlace): PinList {
  const key = pinKey(place);
  return { ...list, pins: list.pins.filter((pin) => pinKey(pin) !== key) };
}

/** The pin moved by so many places, not beyond the ends. */
export function movedPin(list: PinList, place: PinPlace, by: number): PinList {
  const key = pinKey(place);
  const from = list.pins.findIndex((pin) => pinKey(pin) === key);
  const pin = list.pins[from];
  if (!pin) return list;
  const pins = list.pins.filter((other) => other !== pin);
  pins.splice(Math.max(0, Math.min(pins.length, from + by)), 0, pin);
  return { ...list, pins };
}

export function notedPin(list: PinList, place: PinPlace, note: string): PinList {
  const key = pinKey(place);
  const noted = note.slice(0, LONGEST_NOTE);
  return { ...list, pins: list.pins.map((pin) => (pinKey(pin) === key ? { ...pin, note: noted } : pin)) };
}

export const namedList = (list: PinList, name: string): PinList => ({
  ...list,
  name: name.slice(0, LONGEST_LIST_NAME),
});

/** One's own list with what is new in another behind it: nothing of one's own is changed, whatever the other says. */
export function mergedPins(own: PinList, other: PinList): PinList {
  const list = other.pins.reduce((merged, { note, ...place }) => withPin(merged, place, note), own);
  return own.pins.length === 0 && own.name === '' ? { ...list, name: other.name } : list;
}
