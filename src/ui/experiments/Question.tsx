import type { ExperimentName } from '../../state/index.ts';
import styles from './experiments.module.css';
import { EXPERIMENT_WORDS } from './experimentWords.ts';

/** What an experiment asks, and how to read its answer. */
export function Question({ experiment }: { readonly experiment: ExperimentName }) {
  const { question, how, lookFor, care } = EXPERIMENT_WORDS[experiment];
  return (
    <section className={styles.question} aria-labelledby="question">
      <h2 id="question">{question}</h2>
      <p>{how}</p>
      <details open>
        <summary>What to look for</summary>
        <ul>
          {lookFor.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <p className={styles.soft}>{care}</p>
      </details>
    </section>
  );
}
