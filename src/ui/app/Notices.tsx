import { Button } from 'react-aria-components';
import { useLens } from '../../state/index.ts';
import styles from './notices.module.css';
import { VersionNotice } from './VersionNotice.tsx';

/** What could not be followed in the address, and what went wrong: sentences, until dismissed. */
export function Notices() {
  const problems = useLens((state) => state.problems);
  const notices = useLens((state) => state.notices);
  return (
    <section className={styles.stack} aria-label="Notices" aria-live="polite">
      {problems.length > 0 && (
        <div className={styles.notice} data-kind="info">
          <ul>
            {[...new Set(problems)].slice(0, 6).map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
          <Close onPress={() => useLens.getState().dismissProblems()} />
        </div>
      )}
      <VersionNotice />
      {notices.map(({ id, kind, text }) => (
        <div key={id} className={styles.notice} data-kind={kind}>
          <p>{text}</p>
          <Close onPress={() => useLens.getState().dismiss(id)} />
        </div>
      ))}
    </section>
  );
}

function Close({ onPress }: { readonly onPress: () => void }) {
  return (
    <Button className={`icon ${styles.close}`} aria-label="Dismiss" onPress={onPress}>
      ×
    </Button>
  );
}
