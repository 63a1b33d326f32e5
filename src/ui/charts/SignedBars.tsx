import styles from './charts.module.css';
import { signed } from './format.ts';
import { barLayout } from './signedBarLayout.ts';

export interface SignedTerm {
  readonly label: string;
  readonly value: number;
}

interface Props {
  readonly terms: readonly SignedTerm[];
  /** Names the list for who cannot see its heading. */
  readonly label: string;
}

/** Words and their signed weights; the words and numbers are the text of the list, the bars repeat them. */
export function SignedBars({ terms, label }: Props) {
  const bars = barLayout(terms.map((term) => term.value));
  return (
    <ol className={styles.bars} aria-label={label}>
      {terms.map((term, index) => {
        const bar = bars.bars[index]!;
        return (
          <li key={term.label} data-sign={term.value < 0 ? 'negative' : 'positive'}>
            <span className={styles.barLabel} title={term.label}>
              {term.label}
            </span>
            <span className={styles.barTrack} aria-hidden="true">
              <span className={styles.barZero} style={{ left: `${100 * bars.zero}%` }} />
              <span
                className={styles.bar}
                style={{ left: `${100 * bar.start}%`, width: `${100 * bar.length}%` }}
              />
            </span>
            <span className={styles.barValue}>{signed(term.value, 3)}</span>
          </li>
        );
      })}
    </ol>
  );
}
