import { useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { number } from '../charts/format.ts';
import { SignedBars } from '../charts/SignedBars.tsx';
import { JobProgress } from '../own/JobProgress.tsx';
import styles from './image.module.css';

/** The words that the significant neurons add up to. */
export function ConceptsPanel() {
  const concepts = useLens((state) => state.concepts);
  const reading = useLens((state) => state.reading);
  const { cancelReading, findConcepts } = useLens.getState();
  return (
    <section className={styles.panel} aria-labelledby="concepts-title">
      <h2 id="concepts-title">
        <Explain id="conceptDiscovery">Its concepts</Explain>
      </h2>
      {concepts.status === 'idle' && (
        <button type="button" className="button" onClick={() => void findConcepts()}>
          Ask its significant neurons
        </button>
      )}
      {concepts.status === 'loading' &&
        (reading ? (
          <JobProgress progress={reading} onCancel={cancelReading} />
        ) : (
          <p role="status">Neurons are put into words …</p>
        ))}
      {concepts.status === 'failed' && (
        <p role="alert" className={styles.problem}>
          {concepts.message}
        </p>
      )}
      {concepts.status === 'ready' && (
        <>
          <p className={styles.soft}>
            What {concepts.value.neurons} significant neurons add up to (corrected form: each votes for the
            end of its line at which the picture is).
          </p>
          <SignedBars
            label="Words by the votes of significant neurons"
            terms={concepts.value.words.map(({ name, score }) => ({ label: name, value: score }))}
          />
          <details className={styles.names}>
            <summary>Who says so</summary>
            <ul>
              {concepts.value.words.map(({ name, votes }) => (
                <li key={name}>
                  <strong>{name}</strong>:{' '}
                  {votes
                    .slice(0, 4)
                    .map(({ block, neuron, part }) => `block ${block} neuron ${neuron} (${number(part, 2)})`)
                    .join(', ')}
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
    </section>
  );
}
