import styles from './rankedBars.module.css';

export interface RankedBar {
  readonly id: string;
  readonly label: string;
  /** 0…100 */
  readonly value: number;
  readonly error: number | undefined;
  /** What the others are compared with is drawn fainter. */
  readonly quiet: boolean;
}

interface Props {
  readonly label: string;
  readonly bars: readonly RankedBar[];
  /** The bar at whose end a line is drawn through all. */
  readonly rule?: string | undefined;
}

/** Named percentages as bars with error bars, each with its number; read as a list. */
export function RankedBars({ label, bars, rule }: Props) {
  const ends = bars.map(({ value, error = 0 }) => (Number.isFinite(value) ? value + error : 0));
  const longest = Math.max(1, ...ends);
  const share = (value: number): string => `${(100 * Math.max(0, value)) / longest}%`;
  const ruled = bars.find(({ id }) => id === rule);
  return (
    <ul className={styles.bars} aria-label={label}>
      {bars.map(({ id, label: name, value, error, quiet }) => (
        <li key={id} data-quiet={quiet || undefined}>
          <span className={styles.name}>{name}</span>
          <span className={styles.track} aria-hidden="true">
            <span className={styles.bar} style={{ inlineSize: share(value) }} />
            {error !== undefined && (
              <span
                className={styles.error}
                style={{
                  insetInlineStart: share(value - error),
                  inlineSize: share(Math.min(value, error) + error),
                }}
              />
            )}
            {ruled && <span className={styles.rule} style={{ insetInlineStart: share(ruled.value) }} />}
          </span>
          <span className={styles.value}>
            {Number.isFinite(value) ? value.toFixed(1) : '–'}
            {error !== undefined && <small> ± {error.toFixed(1)}</small>}
          </span>
        </li>
      ))}
    </ul>
  );
}
