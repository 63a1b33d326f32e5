import { GLOSSARY, type GlossaryEntry } from '../../state/index.ts';
import styles from './about.module.css';

const ENTRIES: readonly GlossaryEntry[] = Object.values(GLOSSARY);

/** Every word that explains itself somewhere on the page, in one list. */
export function GlossaryList() {
  return (
    <section className={styles.section} aria-labelledby="glossary">
      <h2 id="glossary">What the words and numbers mean</h2>
      <dl className={styles.glossary}>
        {ENTRIES.map(({ term, sentence, more }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              {sentence}
              {more && <span className={styles.more}> {more}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
