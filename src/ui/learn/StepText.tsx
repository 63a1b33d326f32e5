import type { Step } from '../../state/learn/lesson.ts';
import styles from './learn.module.css';
import { Formula } from './math/Formula.tsx';

/** What a step says, and behind “More” its mathematics. */
export function StepText({ step: { text, more } }: { readonly step: Step }) {
  return (
    <>
      {text.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      {more && (
        <details className={styles.more}>
          <summary>More: the mathematics</summary>
          {more.formulas?.map((id) => (
            <Formula key={id} id={id} />
          ))}
          <p>{more.text}</p>
        </details>
      )}
    </>
  );
}
