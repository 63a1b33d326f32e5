import type { ExperimentName } from '../../state/index.ts';
import styles from './experiments.module.css';
import { EXPERIMENT_WORDS } from './experimentWords.ts';

/** How to read the answer: in full before there is one, folded away above it after. */
export function LookFor({
  experiment,
  waiting,
}: {
  readonly experiment: ExperimentName;
  readonly waiting: boolean;
}) {
  const { lookFor, care } = EXPERIMENT_WORDS[experiment];
  const lines = (
    <>
      <ul>
        {lookFor.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className={styles.soft}>{care}</p>
    </>
  );
  if (waiting) {
    return (
      <section className={styles.waiting} aria-labelledby="look-for">
        <h2 id="look-for">What to look for</h2>
        {lines}
        <p className={styles.soft}>Nothing has been run with these options yet.</p>
      </section>
    );
  }
  return (
    <details className={styles.question}>
      <summary>What to look for</summary>
      {lines}
    </details>
  );
}
