import { useState } from 'react';
import { type Pin, pinKey } from '../../state/index.ts';

export interface Chosen {
  /** In the order of the list. */
  readonly pins: readonly Pin[];
  has(pin: Pin): boolean;
  choose(pin: Pin, on: boolean): void;
}

/** Which pins of a list are ticked; those taken off it are no longer. */
export function useChosen(pins: readonly Pin[]): Chosen {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const has = (pin: Pin): boolean => keys.has(pinKey(pin));
  return {
    pins: pins.filter(has),
    has,
    choose(pin, on) {
      const next = new Set(keys);
      if (on) next.add(pinKey(pin));
      else next.delete(pinKey(pin));
      setKeys(next);
    },
  };
}
