import { type KeyboardEvent, useRef, useState } from 'react';

interface RovingItem {
  readonly tabIndex: 0 | -1;
  readonly ref: (element: HTMLElement | SVGElement | null) => void;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export interface Roving {
  /** The item that has the tab stop. */
  readonly current: number;
  readonly item: (index: number) => RovingItem;
}

/** Where a key leads from an item in a grid of `columns`; undefined for keys that do not move. */
export function nextIndex(key: string, from: number, count: number, columns: number): number | undefined {
  const rowStart = from - (from % columns);
  const moves: Record<string, number> = {
    ArrowRight: from + 1,
    ArrowLeft: from - 1,
    ArrowDown: columns === 1 || columns >= count ? from + 1 : from + columns,
    ArrowUp: columns === 1 || columns >= count ? from - 1 : from - columns,
    Home: columns >= count ? 0 : rowStart,
    End: columns >= count ? count - 1 : Math.min(count - 1, rowStart + columns - 1),
  };
  const to = moves[key];
  return to === undefined || to < 0 || to >= count ? undefined : to;
}

/**
 * One tab stop for a whole chart; arrow keys, Home and End move inside it. Items are numbered row by
 * row in a grid of `columns`.
 */
export function useRoving(count: number, columns: number, start = 0): Roving {
  const [chosen, setChosen] = useState(start);
  const elements = useRef(new Map<number, HTMLElement | SVGElement>());
  const current = Math.min(chosen, Math.max(0, count - 1));
  return {
    current,
    item: (index) => ({
      tabIndex: index === current ? 0 : -1,
      ref: (element) => {
        if (element) elements.current.set(index, element);
        else elements.current.delete(index);
      },
      onFocus: () => setChosen(index),
      onKeyDown: (event) => {
        if (event.key.startsWith('Arrow')) event.stopPropagation(); // at an end, too: it is this chart's key
        const to = nextIndex(event.key, index, count, columns);
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        elements.current.get(to)?.focus();
      },
    }),
  };
}
