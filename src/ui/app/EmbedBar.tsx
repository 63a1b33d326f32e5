import { loadedValue, sourceOf, useLens } from '../../state/index.ts';
import { permalink } from '../../state/share.ts';
import styles from './embed.module.css';
import { Mark } from './Mark.tsx';

/** All there is around an embedded view: whose numbers these are, and the way to all of it. */
export function EmbedBar() {
  const link = useLens((state) => permalink(state.view, location.href));
  const subject = useLens((state) => loadedValue(state.subject));
  const live = useLens((state) => sourceOf(state, state.view.block) === 'live');
  return (
    <footer className={styles.bar}>
      {subject && (
        <span className={styles.source}>
          {live ? 'Computed here' : 'Shipped numbers'}: {subject.model.title}, {subject.set.title}
        </span>
      )}
      <a className={styles.open} href={link} target="_blank" rel="noopener">
        <Mark />
        Open in neuronlens
      </a>
    </footer>
  );
}
