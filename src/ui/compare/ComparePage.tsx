import { useMemo } from 'react';
import { comparedOf, MOST_COMPARED, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { AddNeuron } from './AddNeuron.tsx';
import { CompareColumn } from './CompareColumn.tsx';
import styles from './compare.module.css';
import { SharedPanel } from './SharedPanel.tsx';
import { Suggestions } from './Suggestions.tsx';

/** Two to four neurons side by side, and what they have in common. */
export function ComparePage() {
  const text = useLens((state) => state.view.neurons);
  const neurons = useMemo(() => comparedOf(text), [text]);
  return (
    <div className={page.page}>
      <header className={styles.head}>
        <div>
          <h1>Neurons side by side</h1>
          <p className={page.lead}>
            {neurons.length < 2
              ? 'Choose two to four neurons. The address of this page names them, so that a link shows others the same.'
              : 'The same things of each in one row, and below them what each two have in common.'}
          </p>
        </div>
        {neurons.length < MOST_COMPARED && <AddNeuron neurons={neurons} />}
      </header>
      <div className={neurons.length === 1 ? styles.beside : styles.below}>
        {neurons.length > 0 && (
          <ol className={styles.columns} aria-label="Compared neurons" data-count={neurons.length}>
            {neurons.map((place, i) => (
              <li key={`${place.block} ${place.neuron}`} className={`panel ${styles.column}`}>
                <CompareColumn place={place} first={i === 0} last={i === neurons.length - 1} />
              </li>
            ))}
          </ol>
        )}
        {neurons.length > 1 ? <SharedPanel neurons={neurons} /> : <Suggestions neurons={neurons} />}
      </div>
    </div>
  );
}
