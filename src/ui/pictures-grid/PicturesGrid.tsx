import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { useRoving } from '../charts/useRoving.ts';
import { useSize } from '../charts/useSize.ts';
import { columnsFor } from './columnsFor.ts';
import styles from './pictures.module.css';

interface TileProps extends Omit<ReturnType<ReturnType<typeof useRoving>['item']>, 'ref'> {
  readonly ref: (element: HTMLElement | null) => void;
}

interface Props<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string | number;
  /** One tile; the given props go on its one focusable element. */
  readonly tile: (item: Item, index: number, props: TileProps) => ReactNode;
  readonly label: string;
  /** Tiles are at least this wide, in CSS pixels; as many columns as fit. */
  readonly minTile?: number;
  /** However wide it is: on a stage fewer, larger pictures are seen better. */
  readonly mostColumns?: number;
  /** Height of what stands under the square picture. */
  readonly foot?: number;
}

const GAP = 8;

/** Any number of pictures, of which only the rows on screen exist; one tab stop, arrow keys walk it. */
export function PicturesGrid<Item>({
  items,
  keyOf,
  tile,
  label,
  minTile = 84,
  mostColumns = 12,
  foot = 22,
}: Props<Item>) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useSize(scroller)?.width ?? 0;
  const columns = Math.min(mostColumns, columnsFor(width, minTile, GAP));
  const side = Math.max(1, Math.floor((width - GAP * (columns - 1)) / columns));
  const rows = Math.ceil(items.length / columns);
  const roving = useRoving(items.length, columns);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => side + foot + GAP,
    overscan: 2,
    enabled: width > 0,
  });
  const measuredFor = useRef(side);
  if (measuredFor.current !== side) {
    measuredFor.current = side;
    virtual.measure();
  }
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.rows} aria-label={label} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().flatMap((row) =>
          items.slice(row.index * columns, (row.index + 1) * columns).map((item, column) => {
            const index = row.index * columns + column;
            return (
              <li
                key={keyOf(item)}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                className={styles.cell}
                style={{ width: side, transform: `translate(${column * (side + GAP)}px, ${row.start}px)` }}
              >
                {tile(item, index, roving.item(index))}
              </li>
            );
          }),
        )}
      </ul>
    </div>
  );
}
