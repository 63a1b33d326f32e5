import type { Series } from '../../state/index.ts';
import { LineKey } from '../charts/BlockChart.tsx';
import styles from './experiments.module.css';

interface Props {
  readonly series: readonly Series[];
  readonly hidden: readonly string[];
  readonly onHidden: (hidden: readonly string[]) => void;
}

/** Which line is which; a press hides a line or brings it back. */
export function Legend({ series, hidden, onHidden }: Props) {
  return (
    <ul className={styles.legend} aria-label="Lines of the chart">
      {series.map(({ id, label, look }) => {
        const shown = !hidden.includes(id);
        return (
          <li key={id} data-export={shown ? undefined : 'no'}>
            <button
              type="button"
              aria-pressed={shown}
              onClick={() => onHidden(shown ? [...hidden, id] : hidden.filter((other) => other !== id))}
            >
              <LineKey look={look} />
              {label}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
