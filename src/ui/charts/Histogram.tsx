import { useRef } from 'react';
import styles from './charts.module.css';
import { number, count as printCount, signed } from './format.ts';
import {
  type Bins,
  type Box,
  beyond,
  type CountAxis,
  type HistogramBar,
  type HistogramLayout,
  histogramLayout,
} from './histogramLayout.ts';
import { useRoving } from './useRoving.ts';
import { useSize } from './useSize.ts';

export interface Mark {
  readonly id: string;
  readonly value: number;
  readonly label: string;
}

export interface HistogramProps {
  readonly bins: Bins;
  readonly axis: CountAxis;
  /** Marked at ± this value. */
  readonly threshold?: number;
  readonly xLabel: string;
  readonly label: string;
  /** Values marked below the axis: a person's own pictures. */
  readonly marks?: readonly Mark[];
  /** The bin a person points at or has reached by keys; undefined when none. */
  readonly onBin?: (sentence: string | undefined) => void;
  readonly height?: number;
}

const MARGIN = { left: 46, right: 14, top: 24, bottom: 42 };

const sentence = (bar: HistogramBar): string =>
  `${printCount(bar.count)} ${bar.count === 1 ? 'image' : 'images'} from ${signed(bar.from)} to ${signed(bar.to)}`;

const tone = (bar: HistogramBar, threshold: number | undefined): string => {
  if (threshold !== undefined && beyond(bar.from, bar.to, threshold) !== 'outside') return 'quiet';
  return bar.from + bar.to < 0 ? 'negative' : 'positive';
};

/** How often each value occurs. Bins are one tab stop; arrow keys walk them and each says its numbers. */
export function Histogram(props: HistogramProps) {
  const { bins, axis, threshold, xLabel, label, marks = [], onBin, height = 220 } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useSize(frame)?.width ?? 0;
  const box: Box = { width: Math.max(width, 160), height, ...MARGIN };
  const layout = histogramLayout(
    bins,
    axis,
    box,
    marks.map((mark) => mark.value),
  );
  const fullest = layout.bars.reduce((best, bar, i) => (bar.count > layout.bars[best]!.count ? i : best), 0);
  const roving = useRoving(layout.bars.length, layout.bars.length, fullest);
  return (
    <div ref={frame} className={styles.frame} style={{ height }}>
      {width > 0 && (
        <>
          <div aria-hidden="true">
            <svg width={box.width} height={height} className={styles.histogram} role="presentation">
              <Axes layout={layout} box={box} xLabel={xLabel} />
              {layout.bars.map((bar) => (
                <rect
                  key={bar.index}
                  className={styles.binBar}
                  data-tone={tone(bar, threshold)}
                  x={bar.x}
                  y={bar.y}
                  width={bar.width}
                  height={bar.height}
                />
              ))}
              <line
                className={styles.zeroLine}
                x1={layout.x(0)}
                x2={layout.x(0)}
                y1={box.top}
                y2={height - box.bottom}
              />
              {threshold !== undefined && <Threshold value={threshold} layout={layout} box={box} />}
              {marks.map((mark) => (
                <path
                  key={mark.id}
                  className={styles.mark}
                  d={`M${layout.x(mark.value)},${height - box.bottom} l-5,-10 h10 z`}
                />
              ))}
            </svg>
          </div>
          <ul className={styles.bins} aria-label={label}>
            {layout.bars.map((bar) => {
              const item = roving.item(bar.index);
              return (
                <li key={bar.index}>
                  <button
                    type="button"
                    className={styles.bin}
                    aria-label={sentence(bar)}
                    title={sentence(bar)}
                    style={{
                      insetInlineStart: bar.x,
                      insetBlockStart: box.top,
                      inlineSize: bar.width,
                      blockSize: height - box.bottom - box.top,
                    }}
                    {...item}
                    onFocus={() => {
                      item.onFocus();
                      onBin?.(sentence(bar));
                    }}
                    onBlur={() => onBin?.(undefined)}
                    onMouseEnter={() => onBin?.(sentence(bar))}
                    onMouseLeave={() => onBin?.(undefined)}
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

interface PartProps {
  readonly layout: HistogramLayout;
  readonly box: Box;
}

function Axes({ layout, box, xLabel }: PartProps & { readonly xLabel: string }) {
  const floor = box.height - box.bottom;
  const right = box.width - box.right;
  return (
    <>
      {layout.yTicks.map((tick) => (
        <g key={tick.value}>
          <line className={styles.gridLine} x1={box.left} x2={right} y1={tick.y} y2={tick.y} />
          <text className={styles.tick} x={box.left - 6} y={tick.y} dy="0.32em" textAnchor="end">
            {printCount(tick.value)}
          </text>
        </g>
      ))}
      <line className={styles.axisLine} x1={box.left} x2={right} y1={floor} y2={floor} />
      {layout.xTicks.map((tick) => (
        <text
          key={tick.value}
          className={styles.tick}
          x={layout.x(tick.value)}
          y={floor + 17}
          textAnchor="middle"
        >
          {tick.text}
        </text>
      ))}
      <text className={styles.axisLabel} x={(box.left + right) / 2} y={box.height - 4} textAnchor="middle">
        {xLabel}
      </text>
    </>
  );
}

/** Narrower than this, two labels would lie on each other. */
const LABEL_WIDTH = 56;

/** Two dashed lines; the one outside the axis is left out. */
function Threshold({ value, layout, box }: PartProps & { readonly value: number }) {
  const close = layout.x(value) - layout.x(-value) < LABEL_WIDTH;
  return [-value, value].map((edge) => {
    const x = layout.x(edge);
    if (x < box.left || x > box.width - box.right) return null;
    return (
      <g key={edge}>
        <line className={styles.threshold} x1={x} x2={x} y1={box.top - 6} y2={box.height - box.bottom} />
        {(!close || edge > 0) && (
          <text
            className={styles.thresholdLabel}
            x={close ? layout.x(0) : x}
            y={box.top - 10}
            textAnchor="middle"
          >
            {close ? `±${number(value)}` : signed(edge)}
          </text>
        )}
      </g>
    );
  });
}
