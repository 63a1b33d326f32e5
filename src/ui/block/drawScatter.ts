import { css, diverging } from '../charts/colour.ts';
import type { ScatterLayout } from './scatterLayout.ts';

export interface ScatterInk {
  readonly dot: string;
  readonly edge: string;
  readonly dark: boolean;
}

/** The page's own colours, as they are right now. */
export function inkOf(element: Element, dark: boolean): ScatterInk {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    dot: of('--accent'),
    edge: of('--line-strong'),
    dark,
  };
}

/** Dots cover a fixed share of the plot, so that 768 on a phone and across a stage both read as dots. */
export function dotRadius({ points, width, height }: ScatterLayout): number {
  return Math.max(1.8, 0.13 * Math.sqrt((width * height) / Math.max(60, points.length)));
}

interface Drawing {
  readonly layout: ScatterLayout;
  readonly ink: ScatterInk;
  readonly ratio: number;
  /** Colours the dots when there is a search: blue against, orange along the words. */
  readonly scores: Float32Array | undefined;
}

/** Paints all dots. A thousand take about a millisecond. */
export function drawScatter(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const { layout, ink, ratio, scores } = drawing;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, layout.height);
  const radius = dotRadius(layout);
  if (scores) drawScored(context, layout, ink, scores, radius);
  else drawPlain(context, layout, ink, radius);
}

function drawPlain(
  context: CanvasRenderingContext2D,
  layout: ScatterLayout,
  ink: ScatterInk,
  radius: number,
): void {
  context.fillStyle = ink.dot;
  context.globalAlpha = 0.5;
  for (const { x, y } of layout.points) dot(context, x, y, radius);
  context.globalAlpha = 1;
}

function drawScored(
  context: CanvasRenderingContext2D,
  layout: ScatterLayout,
  ink: ScatterInk,
  scores: Float32Array,
  radius: number,
): void {
  let most = 1e-6;
  for (const score of scores) most = Math.max(most, Math.abs(score));
  const byScore = [...layout.points].sort(
    (a, b) => Math.abs(scores[a.neuron] ?? 0) - Math.abs(scores[b.neuron] ?? 0),
  );
  context.lineWidth = 0.75;
  context.strokeStyle = ink.edge;
  for (const { x, y, neuron } of byScore) {
    const t = (scores[neuron] ?? 0) / most;
    context.fillStyle = css(diverging(t, ink.dark ? 'ink' : 'paper'));
    context.globalAlpha = 0.45 + 0.55 * Math.abs(t);
    dot(context, x, y, radius * (0.85 + 0.9 * Math.abs(t)));
    context.stroke();
  }
  context.globalAlpha = 1;
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
