import { useRef } from 'react';
import styles from './blockChart.module.css';
import {
  blockChartLayout,
  type ChartBox,
  type ChartLine,
  type ChartPoint,
  type PlacedPoint,
  rampShare,
} from './blockChartLayout.ts';
import { useRoving } from './useRoving.ts';
import { useSize } from './useSize.ts';

/** How a line is drawn: a colour by number, or a place on a ramp; chance is faint and dashed. */
export type LineLook =
  | { readonly kind: 'plain'; readonly tone: number }
  | { readonly kind: 'ramp'; readonly step: number; readonly of: number }
  | { readonly kind: 'chance'; readonly tone: number };

export interface BlockLine extends ChartLine {
  readonly label: string;
  readonly look: LineLook;
}

interface Props {
  readonly lines: readonly BlockLine[];
  /** Of the values; charts side by side share it. */
  readonly range: readonly [number, number];
  /** A value that the lines are compared with. */
  readonly rule?: number | undefined;
  readonly label: string;
  readonly yLabel: string;
  /** A point in words. */
  readonly sentence: (line: BlockLine, point: ChartPoint) => string;
  readonly print: (value: number) => string;
  /** The point that is looked at; undefined when none. */
  readonly onPoint: (sentence: string | undefined) => void;
  readonly height?: number;
}

const MARGIN = { left: 52, right: 12, top: 14, bottom: 40 };

/** Values over blocks with error bars. Points are one tab stop; arrow keys walk along a line and between lines. */
export function BlockChart(props: Props) {
  const { lines, range, rule, label, yLabel, sentence, print, onPoint, height = 320 } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useSize(frame)?.width ?? 0;
  const box: ChartBox = { width: Math.max(width, 200), height, ...MARGIN };
  const layout = blockChartLayout(lines, range, box);
  const columns = Math.max(1, layout.blocks.length);
  const places = lines.flatMap((line, row) =>
    layout.lines[row]!.points.map((point) => ({
      line,
      point,
      index: row * columns + layout.blocks.findIndex(({ block }) => block === point.block),
    })),
  );
  const roving = useRoving(lines.length * columns, columns);
  return (
    <div ref={frame} className={styles.frame} style={{ height }}>
      {width > 0 && (
        <>
          <svg width={box.width} height={height} aria-hidden="true" className={styles.chart}>
            <Axes layout={layout} box={box} yLabel={yLabel} print={print} />
            {rule !== undefined && (
              <line
                className={styles.rule}
                x1={box.left}
                x2={box.width - box.right}
                y1={layout.y(rule)}
                y2={layout.y(rule)}
              />
            )}
            {layout.lines.map((placed, row) => (
              <Line key={placed.id} path={placed.path} points={placed.points} look={lines[row]!.look} />
            ))}
          </svg>
          <ul className={styles.points} aria-label={label}>
            {places.map(({ line, point, index }) => {
              const words = sentence(line, point);
              const item = roving.item(index);
              return (
                <li key={`${line.id} ${point.block}`}>
                  <button
                    type="button"
                    className={styles.point}
                    aria-label={words}
                    style={{ insetInlineStart: point.x, insetBlockStart: point.y }}
                    {...item}
                    onFocus={() => {
                      item.onFocus();
                      onPoint(words);
                    }}
                    onBlur={() => onPoint(undefined)}
                    onMouseEnter={() => onPoint(words)}
                    onMouseLeave={() => onPoint(undefined)}
                  />
                </li>
              );
            })}
          </ul>
        </>
      )}
    </div>
  );
}

interface AxesProps {
  readonly layout: ReturnType<typeof blockChartLayout>;
  readonly box: ChartBox;
  readonly yLabel: string;
  readonly print: (value: number) => string;
}

function Axes({ layout, box, yLabel, print }: AxesProps) {
  const floor = box.height - box.bottom;
  return (
    <>
      {layout.ticks.map(({ value, y }) => (
        <g key={value}>
          <line
            className={styles.grid}
            data-zero={value === 0 || undefined}
            x1={box.left}
            x2={box.width - box.right}
            y1={y}
            y2={y}
          />
          <text className={styles.tick} x={box.left - 7} y={y} dy="0.32em" textAnchor="end">
            {print(value)}
          </text>
        </g>
      ))}
      {layout.blocks.map(({ block, x }) => (
        <text key={block} className={styles.tick} x={x} y={floor + 18} textAnchor="middle">
          {block}
        </text>
      ))}
      <text
        className={styles.axisLabel}
        x={(box.left + box.width - box.right) / 2}
        y={box.height - 4}
        textAnchor="middle"
      >
        block
      </text>
      <text
        className={styles.axisLabel}
        transform={`translate(12 ${(box.top + floor) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {yLabel}
      </text>
    </>
  );
}

interface LineProps {
  readonly path: string;
  readonly points: readonly PlacedPoint[];
  readonly look: LineLook;
}

function Line({ path, points, look }: LineProps) {
  return (
    <g className={styles.line} {...lookOf(look)}>
      <path d={path} className={styles.path} />
      {points.map(({ block, x, y, bar }) => (
        <g key={block}>
          {bar && <line className={styles.bar} x1={x} x2={x} y1={bar[0]} y2={bar[1]} />}
          <path d={markOf(look)} transform={`translate(${x} ${y})`} className={styles.mark} />
        </g>
      ))}
    </g>
  );
}

/** What the style sheet draws a line by. */
function lookOf(look: LineLook) {
  if (look.kind !== 'ramp') return { 'data-look': look.kind, 'data-tone': look.tone };
  const share = rampShare(look.step, look.of);
  return {
    'data-look': 'ramp',
    style: { '--share': `${Math.round(100 * share)}%` } as Record<string, string>,
  };
}

/** Circle, square, triangle, diamond: lines are told apart without colours too. */
const MARKS = [
  'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0',
  'M-3.6,-3.6h7.2v7.2h-7.2z',
  'M0,-4.6L4.6,3.8H-4.6z',
  'M0,-5L5,0L0,5L-5,0z',
];
const RAMP_MARK = 'M-3,0a3,3 0 1,0 6,0a3,3 0 1,0 -6,0';
const markOf = (look: LineLook): string =>
  look.kind === 'ramp' ? RAMP_MARK : MARKS[look.tone % MARKS.length]!;

/** A line's mark on a bit of the line, for a legend. */
export function LineKey({ look }: { readonly look: LineLook }) {
  return (
    <svg width="30" height="14" viewBox="-15 -7 30 14" aria-hidden="true" className={styles.key}>
      <g className={styles.line} {...lookOf(look)}>
        <path d="M-15,0H15" className={styles.path} />
        <path d={markOf(look)} className={styles.mark} />
      </g>
    </svg>
  );
}
