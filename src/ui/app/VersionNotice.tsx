import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useLens } from '../../state/index.ts';
import styles from './notices.module.css';

/** A newer version waits. Nobody is made to take it: what is on the screen would be lost. */
export function VersionNotice() {
  const waiting = useLens((state) => state.newVersion);
  const [put, setPut] = useState(false);
  if (!waiting || put) return null;
  return (
    <div className={styles.notice} data-kind="info">
      <p>
        A new version of neuronlens is ready.{' '}
        <Button className="button" onPress={() => void useLens.getState().useNewVersion()}>
          Load it now
        </Button>
      </p>
      <Button className={`icon ${styles.close}`} aria-label="Later" onPress={() => setPut(true)}>
        ×
      </Button>
    </div>
  );
}
