import { scaleLinear, scalePoint } from 'd3-scale';
import styles from './charts.module.css';

interface Props {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Which x is the current one. */
  readonly current?: number;
  readonly yMax: number;
  /** The whole curve in words. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

/** A small curve over a few equally spaced steps. */
export function Sparkline({ points, current, yMax, label, width = 120, height = 34 }: Props) {
  const x = scalePoint(
    points.map((point) => point.x),
    [5, width - 5],
  );
  const y = scaleLinear([0, yMax], [height - 4, 5]);
  const at = (point: { x: number; y: number }): string => `${x(point.x) ?? 0},${y(point.y)}`;
  const marked = points.find((point) => point.x === current);
  return (
    <svg className={styles.sparkline} width={width} height={height} role="img" aria-label={label}>
      <line x1={0} x2={width} y1={y(0)} y2={y(0)} className={styles.axisLine} />
      <polyline points={points.map(at).join(' ')} className={styles.sparkPath} />
      {points.map((point) => (
        <circle key={point.x} cx={x(point.x)} cy={y(point.y)} r={1.75} className={styles.sparkDot} />
      ))}
      {marked && <circle cx={x(marked.x)} cy={y(marked.y)} r={4} className={styles.sparkCurrent} />}
    </svg>
  );
}
