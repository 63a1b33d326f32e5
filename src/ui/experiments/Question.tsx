import type { ExperimentName } from '../../state/index.ts';
import styles from './experiments.module.css';
import { EXPERIMENT_WORDS } from './experimentWords.ts';

/** What an experiment asks, and how. */
export function Question({ experiment }: { readonly experiment: ExperimentName }) {
  const { question, how } = EXPERIMENT_WORDS[experiment];
  return (
    <section className={styles.question} aria-labelledby="question">
      <h2 id="question">{question}</h2>
      <p>{how}</p>
    </section>
  );
}
