import { Button } from 'react-aria-components';
import { type Offline, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { bytes } from '../charts/format.ts';
import styles from './about.module.css';

/** Whether the page works without a network, and the person's say over it. */
export function OfflineSection() {
  const offline = useLens((state) => state.offline);
  const threads = useLens((state) => state.threadsAfterReload);
  const { keepOffline, forgetOffline, reloadForThreads } = useLens.getState();
  const kept = 'kept' in offline;
  return (
    <section className={styles.section} aria-labelledby="offline">
      <h2 id="offline">Without a network</h2>
      <p>
        The browser keeps this page, its model, its pictures and its numbers on this machine, so that all of
        it works without a network, computing too. Only this page’s own files are kept, in one version.
      </p>
      <p role="status">
        <strong>Works offline: {wordsOf(offline)}</strong>
        {reasonOf(offline) && <> {reasonOf(offline)}</>}
      </p>
      {offline.status !== 'barred' && (
        <p className={page.buttons}>
          <Button
            className="button"
            isDisabled={offline.status === 'starting' || offline.status === 'keeping'}
            onPress={() => void keepOffline()}
          >
            {offline.status === 'kept' ? 'Look for a newer version' : 'Keep it on this machine'}
          </Button>
          {kept && (
            <Button className="button" onPress={() => void forgetOffline()}>
              Delete what is kept
            </Button>
          )}
        </p>
      )}
      {threads && (
        <p>
          Loaded once more, this page can compute with all threads of this machine.{' '}
          <Button className="button" onPress={reloadForThreads}>
            Load it again
          </Button>
        </p>
      )}
    </section>
  );
}

function wordsOf(offline: Offline): string {
  switch (offline.status) {
    case 'starting':
      return 'not yet.';
    case 'off':
    case 'barred':
      return 'no.';
    case 'kept':
      return `yes (${bytes(offline.total)} kept).`;
    case 'keeping':
      return `not yet, ${bytes(offline.kept)} of ${bytes(offline.total)} are here.`;
    case 'paused':
    case 'failed':
      return `in part, ${bytes(offline.kept)} of ${bytes(offline.total)} are here.`;
  }
}

function reasonOf(offline: Offline): string | undefined {
  if (offline.status === 'off') return 'You deleted what was kept, and nothing is kept unasked.';
  if (offline.status === 'paused') return 'The browser is set to save data, so the rest waits for your word.';
  return 'reason' in offline ? offline.reason : undefined;
}
