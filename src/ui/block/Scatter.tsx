import { quadtree } from 'd3-quadtree';
import {
  type KeyboardEvent,
  memo,
  type PointerEvent,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { directionsOf } from '../../state/directions.ts';
import { type BlockOverview, type GlossaryId, useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { useDark } from '../app/useTheme.ts';
import { number, percent } from '../charts/format.ts';
import { usePixelRatio } from '../charts/usePixelRatio.ts';
import { useSize } from '../charts/useSize.ts';
import styles from './block.module.css';
import { dotRadius, drawScatter, inkOf } from './drawScatter.ts';
import { useMatchColours } from './matchColours.ts';
import { PreviewCard } from './PreviewCard.tsx';
import {
  type Direction,
  logTicks,
  type Margin,
  nearestInDirection,
  type Point,
  type ScatterLayout,
  scatterLayout,
} from './scatterLayout.ts';

interface Props {
  readonly overview: BlockOverview;
  readonly effect: 'typicalNorm' | 'maxNorm';
  /** The neuron pointed at here or in the list. */
  readonly pointed: number | undefined;
  readonly onPoint: (neuron: number | undefined) => void;
}

/** In the height of a line of text, so that axes fit on a phone as across a stage. */
const MARGIN_EM = { top: 2.2, right: 1.2, bottom: 2.9, left: 3.4 };
/** How near the pointer must be to a dot, in CSS pixels. */
const REACH = 28;

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** All neurons of a block: how much each moves the answer, and how much of that is along one line. */
export const Scatter = memo(function Scatter({ overview, effect, pointed, onPoint }: Props) {
  const scores = useMatchColours();
  const given = useLens((state) => directionsOf(state) !== undefined);
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const help = useId();
  const [touched, setTouched] = useState(false);
  const { width = 0, height = 0 } = size ?? {};
  const layout = useMemo(
    () =>
      width > 0 && height > 0
        ? scatterLayout(overview[effect], overview.varianceShares, { width, height }, marginIn(frame.current))
        : undefined,
    [overview, effect, width, height],
  );
  const tree = useMemo(
    () =>
      quadtree<Point>()
        .x((point) => point.x)
        .y((point) => point.y)
        .addAll([...(layout?.points ?? [])]),
    [layout],
  );
  const open = (neuron: number | undefined): void => {
    if (neuron !== undefined) useLens.getState().openNeuron(neuron);
  };
  const find = (event: PointerEvent): number | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    return tree.find(event.clientX - box.left, event.clientY - box.top, REACH)?.neuron;
  };
  const walk = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') open(pointed);
    if (event.key === 'Escape') onPoint(undefined);
    const direction = DIRECTIONS[event.key];
    if (!direction || !layout) return;
    event.preventDefault();
    const from = pointed === undefined ? undefined : layout.points[pointed];
    const to = from ? nearestInDirection(layout.points, from, direction) : tree.find(width / 2, height / 2);
    if (to) onPoint(to.neuron);
  };
  const point = pointed === undefined ? undefined : layout?.points[pointed];
  return (
    <div className={styles.scatter} ref={frame} data-export="fixed">
      {layout && (
        <>
          <Axes layout={layout} names={given ? OF_DIRECTIONS[effect] : OF_NEURONS[effect]} />
          <Dots layout={layout} scores={scores} />
          <div
            className={styles.field}
            role="application"
            aria-roledescription="scatter plot"
            aria-label={`All ${layout.points.length} ${given ? 'directions by activation and share' : 'neurons by effect size and variance share'}`}
            aria-describedby={help}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
            tabIndex={0}
            onPointerMove={(event) => {
              if (event.pointerType !== 'touch') onPoint(find(event));
            }}
            onPointerLeave={(event) => event.pointerType !== 'touch' && onPoint(undefined)}
            onPointerUp={(event) => {
              const found = find(event);
              // A finger has no hover: the first tap shows, the second opens.
              if (event.pointerType === 'touch' && found !== pointed) onPoint(found);
              else open(found);
            }}
            onKeyDown={walk}
            onFocus={() => setTouched(true)}
            data-over={point !== undefined || undefined}
          />
          {point && <Ring point={point} layout={layout} />}
          {point && <PreviewCard point={point} layout={layout} overview={overview} scores={scores} />}
        </>
      )}
      <p id={help} className="sr-only">
        Arrow keys move to the nearest dot in that direction, Enter opens it. The list beside it holds the
        same as a table.
      </p>
      <p className="sr-only" role="status">
        {touched && pointed !== undefined
          ? `${given ? 'Direction' : 'Neuron'} ${pointed}: ${given ? 'activation' : 'effect size'} ${number(overview[effect][pointed] ?? 0)}, ${given ? 'share' : 'variance share'} ${percent(overview.varianceShares[pointed] ?? 0, 0)}`
          : ''}
      </p>
    </div>
  );
});

function marginIn(element: Element | null): Margin {
  const em = element ? Number.parseFloat(getComputedStyle(element).fontSize) : 16;
  const { top, right, bottom, left } = MARGIN_EM;
  return { top: top * em, right: right * em, bottom: bottom * em, left: left * em };
}

function Dots({
  layout,
  scores,
}: {
  readonly layout: ScatterLayout;
  readonly scores: Float32Array | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const ratio = usePixelRatio();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    // One frame later: by then the document wears the colours of a theme just chosen.
    const frame = requestAnimationFrame(() => {
      element.width = Math.round(layout.width * ratio);
      element.height = Math.round(layout.height * ratio);
      drawScatter(context, { layout, ink: inkOf(element, dark), ratio, scores });
    });
    return () => cancelAnimationFrame(frame);
  }, [layout, scores, dark, ratio]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without a tab index takes no focus
  return <canvas ref={canvas} className={styles.dots} aria-hidden="true" />;
}

function Ring({ point, layout }: { readonly point: Point; readonly layout: ScatterLayout }) {
  return (
    <svg className={styles.overlay} aria-hidden="true">
      <circle cx={point.x} cy={point.y} r={dotRadius(layout) + 4} />
    </svg>
  );
}

interface AxisName {
  readonly id: GlossaryId;
  readonly name: string;
}
interface AxisNames {
  readonly x: AxisName;
  readonly y: AxisName;
}

const VARIANCE = { id: 'varianceShare', name: 'Variance share' } as const;
const OF_NEURONS: Readonly<Record<Props['effect'], AxisNames>> = {
  typicalNorm: { x: { id: 'typicalNorm', name: 'Effect size' }, y: VARIANCE },
  maxNorm: { x: { id: 'maxNorm', name: 'Largest effect' }, y: VARIANCE },
};
const SHARE = { id: 'directionShare', name: 'Share of what sets its strongest apart' } as const;
const OF_DIRECTIONS: Readonly<Record<Props['effect'], AxisNames>> = {
  typicalNorm: { x: { id: 'directionSize', name: 'Typical activation' }, y: SHARE },
  maxNorm: { x: { id: 'givenDirection', name: 'Largest activation' }, y: SHARE },
};

const Axes = memo(function Axes({
  layout,
  names,
}: {
  readonly layout: ScatterLayout;
  readonly names: AxisNames;
}) {
  const { width, height, margin, x, y } = layout;
  const across = logTicks(x.domain(), Math.max(3, Math.floor(width / (1.6 * margin.left))));
  const up = y.ticks(Math.max(3, Math.floor(height / (1.5 * margin.left))));
  const bottom = height - margin.bottom;
  return (
    <>
      <svg className={styles.axes} aria-hidden="true">
        {across.map((tick) => (
          <g key={tick} transform={`translate(${x(tick)} 0)`}>
            <line y1={margin.top} y2={bottom} />
            <text y={bottom + 0.4 * margin.bottom} textAnchor="middle">
              {String(tick)}
            </text>
          </g>
        ))}
        {up.map((tick) => (
          <g key={tick} transform={`translate(0 ${y(tick)})`}>
            <line x1={margin.left} x2={width - margin.right} />
            <text x={margin.left - 8} dy="0.34em" textAnchor="end">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
      </svg>
      <div className={styles.xName}>
        <Explain id={names.x.id}>{names.x.name}</Explain>
        <span aria-hidden="true"> →</span>
      </div>
      <div className={styles.yName}>
        <span aria-hidden="true">↑ </span>
        <Explain id={names.y.id}>{names.y.name}</Explain>
      </div>
    </>
  );
});
