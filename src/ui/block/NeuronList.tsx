// biome-ignore-all lint/a11y/useSemanticElements: rows that come and go while scrolling cannot be a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the links and buttons inside these cells take the focus
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { directionName, directionsOf } from '../../state/directions.ts';
import {
  type BlockOverview,
  type BlockWords,
  blockWordsOf,
  encodeView,
  isSearching,
  orderOf,
  type SortKey,
  searchScoresOf,
  useLens,
} from '../../state/index.ts';
import { Thumbs, thumbsLength } from '../app/Thumbs.tsx';
import { useSize } from '../charts/useSize.ts';
import { PinButton } from '../pins/PinButton.tsx';
import styles from './block.module.css';
import { type Column, columnsFor, INDEX } from './columns.ts';

interface Props {
  readonly overview: BlockOverview;
  readonly pointed: number | undefined;
  readonly onPoint: (neuron: number | undefined) => void;
}

/** Narrower than this, only the measure that orders the list stands beside the pictures. */
const NARROW = 440;
const WIDE = 620;
/** Across a stage. */
const HUGE = 1300;
/** Rows made ready on either side of those on screen. */
const OVERSCAN = 2;
/** Rows that show another order at once; the others follow a moment later. */
const AT_ONCE = 6;

/** The list's neurons in order, with what is told of them. */
interface Ranked {
  readonly order: readonly number[];
  readonly overview: BlockOverview;
  readonly scores: Float32Array | undefined;
  /** Undefined where the list has no words. */
  readonly words: BlockWords | undefined;
}

/** All neurons of the block in order, of which only the rows on screen exist. */
export function NeuronList({ overview, pointed, onPoint }: Props) {
  const order = useLens(orderOf);
  const scores = useLens(searchScoresOf);
  const searching = useLens(isSearching);
  const words = useLens(blockWordsOf);
  const sort = useLens((state) => state.view.sort);
  const descending = useLens((state) => state.view.descending);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useSize(scroller)?.width ?? 0;
  const thumb = thumbSide(width);
  const worded = width >= NARROW ? words : undefined;
  const given = useLens(directionsOf);
  const now = useMemo<Ranked>(
    () => ({ order, overview, scores, words: worded }),
    [order, overview, scores, worded],
  );
  const soon = useDeferredValue(now);
  const room = worded ? width / 2 : width;
  const columns = useMemo(
    () => shownColumns(columnsFor(searching, given !== undefined), room, sort),
    [searching, given, room, sort],
  );
  const rows = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => thumb + 13,
    overscan: OVERSCAN,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size of rows, another measure
  useEffect(() => {
    rows.measure();
  }, [thumb]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order begins at its top
  useEffect(() => {
    if (rows.scrollOffset) scroller.current?.scrollTo({ top: 0 }); // asked in vain it would cost a layout
  }, [order]);
  const [current, setCurrent] = useState(0);
  const walk = (event: KeyboardEvent): void => {
    const to = nextRow(event.key, current, order.length);
    if (to === undefined) return;
    event.preventDefault();
    rows.scrollToIndex(to);
    setCurrent(to);
    // The row may only exist after the scroll.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-row="${to}"] a`)?.focus(),
      ),
    );
  };
  const template = `minmax(3.9em, 0.7fr) ${thumbsLength(4, thumb) + 3}px ${worded ? 'minmax(7em, 3fr) ' : ''}${columns.map(() => 'minmax(3.4em, 1fr)').join(' ')}`;
  return (
    <div
      className={styles.table}
      role="table"
      aria-label={given ? `Directions of ${given.name}` : 'Neurons of the block'}
      aria-rowcount={order.length + 1}
    >
      <div role="rowgroup">
        <div
          className={styles.headRow}
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template }}
        >
          <HeadCell column={given ? { ...INDEX, short: 'No.' } : INDEX} sort={sort} descending={descending} />
          <span role="columnheader" className={styles.headPictures}>
            {given ? 'Most along it' : 'Answers to'}
          </span>
          {worded && (
            <span role="columnheader" className={styles.headPictures}>
              In words
            </span>
          )}
          {columns.map((column) => (
            <HeadCell key={column.key} column={column} sort={sort} descending={descending} />
          ))}
        </div>
      </div>
      <div
        className={styles.scroller}
        ref={scroller}
        role="rowgroup"
        onKeyDown={walk}
        onPointerLeave={() => onPoint(undefined)}
      >
        <div className={styles.rows} style={{ height: rows.getTotalSize() }} role="presentation">
          {rows.getVirtualItems().map((row, i) => {
            const ranked = i < AT_ONCE || soon.order.length !== order.length ? now : soon;
            const neuron = ranked.order[row.index]!;
            return (
              <Row
                key={row.index} // another order fills the same rows anew, which is cheaper than other rows
                neuron={neuron}
                name={given && (directionName(given, neuron) ?? '')}
                place={row.index}
                top={row.start}
                height={row.size}
                template={template}
                thumb={thumb}
                columns={columns}
                words={ranked.words?.terms[neuron]}
                overview={ranked.overview}
                scores={ranked.scores}
                sort={sort}
                pointed={neuron === pointed}
                tabStop={row.index === current}
                onPoint={onPoint}
                onFocus={setCurrent}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function thumbSide(width: number): number {
  if (width >= HUGE) return 80;
  if (width >= 1.35 * WIDE) return 52;
  if (width >= WIDE) return 44;
  return width >= NARROW ? 40 : 36;
}

function nextRow(key: string, from: number, count: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + 8,
    PageUp: from - 8,
    Home: 0,
    End: count - 1,
  };
  const to = moves[key];
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}

/** As many measures as fit; always the one the list is ordered by. */
function shownColumns(all: readonly Column[], width: number, sort: SortKey): readonly Column[] {
  const room = width >= WIDE ? all.length : width >= NARROW ? 3 : width >= 340 ? 2 : 1;
  if (room >= all.length) return all;
  const ordering = all.find((column) => column.key === sort);
  const kept = ordering ? [ordering] : [];
  const preferred = ['typicalNorm', 'varianceShare', 'maxNorm'];
  for (const key of preferred) {
    const column = all.find((candidate) => candidate.key === key);
    if (column && kept.length < room && !kept.includes(column)) kept.push(column);
  }
  return all.filter((column) => kept.includes(column));
}

interface HeadProps {
  readonly column: Column;
  readonly sort: SortKey;
  readonly descending: boolean;
}

function HeadCell({ column, sort, descending }: HeadProps) {
  const here = column.key === sort;
  const order = () => {
    const down = here ? !descending : column.key !== 'index';
    useLens.getState().setView({ sort: column.key, descending: down });
  };
  return (
    <span
      role="columnheader"
      aria-sort={here ? (descending ? 'descending' : 'ascending') : 'none'}
      className={styles.headCell}
      data-here={here || undefined}
    >
      <button type="button" onClick={order} title={`Order by ${column.name.toLowerCase()}`}>
        {column.short}
        <span aria-hidden="true">{here ? (descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </span>
  );
}

interface RowProps {
  readonly neuron: number;
  /** Of a direction made elsewhere, '' where it has none; undefined for a neuron. */
  readonly name: string | undefined;
  readonly place: number;
  readonly top: number;
  readonly height: number;
  readonly template: string;
  readonly thumb: number;
  readonly columns: readonly Column[];
  /** Undefined where the list has no words. */
  readonly words: BlockWords['terms'][number] | undefined;
  readonly overview: BlockOverview;
  readonly scores: Float32Array | undefined;
  readonly sort: SortKey;
  readonly pointed: boolean;
  readonly tabStop: boolean;
  readonly onPoint: (neuron: number | undefined) => void;
  readonly onFocus: (place: number) => void;
}

const Row = memo(function Row(props: RowProps) {
  const {
    neuron,
    name,
    place,
    top,
    height,
    template,
    thumb,
    columns,
    words,
    overview,
    scores,
    sort,
    pointed,
    tabStop,
  } = props;
  const { view } = useLens.getState();
  const { block } = view;
  const href = encodeView({ ...view, page: 'neuron', neuron });
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    useLens.getState().openNeuron(neuron);
  };
  return (
    <div
      className={styles.row}
      role="row"
      aria-rowindex={place + 2}
      data-row={place}
      data-pointed={pointed || undefined}
      style={{ height, transform: `translateY(${top}px)`, gridTemplateColumns: template }}
      onPointerEnter={(event) => event.pointerType !== 'touch' && props.onPoint(neuron)}
    >
      <span role="rowheader" className={styles.index}>
        <a
          href={href}
          tabIndex={tabStop ? 0 : -1}
          onClick={open}
          onFocus={() => {
            props.onFocus(place);
            props.onPoint(neuron);
          }}
        >
          <span className="sr-only">{name === undefined ? 'Neuron' : 'Direction'} </span>
          {neuron}
          {name && <small title={name}>{name}</small>}
        </a>
        <PinButton block={block} neuron={neuron} reachable={tabStop} />
      </span>
      <span role="cell">
        <Thumbs images={overview.previewImages.subarray(4 * neuron, 4 * neuron + 4)} size={thumb} />
      </span>
      {words && (
        <span role="cell" className={styles.words}>
          {words.map(({ text, positive }) => (
            <span key={text} data-positive={positive}>
              {positive ? '+' : '−'} {text}{' '}
            </span>
          ))}
        </span>
      )}
      {columns.map((column) => (
        <span
          key={column.key}
          role="cell"
          className={styles.measure}
          data-here={column.key === sort || undefined}
        >
          {column.text(overview, neuron, scores)}
        </span>
      ))}
    </div>
  );
});
