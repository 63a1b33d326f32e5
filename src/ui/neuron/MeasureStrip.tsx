import { Explain } from '../app/Explain.tsx';
import type { ShownMeasure } from './measures.ts';
import styles from './neuron.module.css';

interface Props {
  readonly measures: readonly ShownMeasure[];
}

/** The neuron in a handful of numbers, each of which can explain itself. */
export function MeasureStrip({ measures }: Props) {
  return (
    <dl className={`panel ${styles.measures}`}>
      {measures.map((measure) => (
        <div key={measure.id} className={styles.measure}>
          <dt>
            <Explain id={measure.id}>{measure.name}</Explain>
          </dt>
          <dd>
            {measure.value}
            <small>{measure.note}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
