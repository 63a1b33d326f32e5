import { Button } from 'react-aria-components';
import { loadedValue, overviewOf, sourceOf, useLens } from '../../state/index.ts';
import { count, percent } from '../charts/format.ts';
import { Explain } from './Explain.tsx';
import { engineWords } from './engineWords.ts';
import styles from './shell.module.css';

/** The truth about the numbers on the screen: whose they are, from what, how exact. */
export function StatusBar() {
  return (
    <footer className={styles.status}>
      <Source />
      <Subject />
      <Strongest />
      <Engine />
    </footer>
  );
}

const SOURCES = {
  live: { explain: 'liveNumbers', words: 'live numbers' },
  pack: { explain: 'packNumbers', words: 'numbers of a pack' },
  shipped: { explain: 'shippedNumbers', words: 'shipped numbers' },
} as const;

function Source() {
  const source = useLens((state) => sourceOf(state, state.view.block));
  const elsewhere = useLens((state) => state.view.pack !== undefined);
  const shown = source === 'live' ? 'live' : elsewhere ? 'pack' : 'shipped';
  const none = useLens((state) => source === 'live' && overviewOf(state, state.view.block) === undefined);
  if (none) return <span className={styles.chip}>no numbers yet</span>;
  return (
    <span className={styles.chip} data-source={source}>
      <Explain id={SOURCES[shown].explain}>{SOURCES[shown].words}</Explain>
    </span>
  );
}

function Subject() {
  const subject = useLens((state) => loadedValue(state.subject));
  if (!subject) return null;
  return (
    <span>
      {subject.model.title} <span aria-hidden="true">·</span> {subject.set.title}
    </span>
  );
}

function Strongest() {
  const subject = useLens((state) => loadedValue(state.subject));
  if (!subject) return null;
  const { topK } = subject.options;
  const images = subject.set.count;
  return (
    <span>
      <Explain id="significant">
        top {count(topK)} of {count(images)} pictures
      </Explain>{' '}
      ({percent(topK / images, 0)})
    </span>
  );
}

function Engine() {
  const engine = useLens((state) => state.engine);
  const shipped = useLens((state) => loadedValue(state.subject)?.pack?.backend);
  const live = useLens((state) => sourceOf(state, state.view.block) === 'live');
  const reason = engine.status === 'ready' ? engine.info.backend.fallbackReason : undefined;
  const reload = useLens((state) => state.threadsAfterReload);
  const isolated = engine.status !== 'ready' || engine.info.backend.crossOriginIsolated;
  const precision = live && engine.status === 'ready' ? engine.info.backend.precision : shipped?.precision;
  return (
    <>
      {precision && (
        <span>
          <Explain id="precision">{precision}</Explain>
        </span>
      )}
      <span className={styles.engine} data-engine={engine.status} role="status">
        <Explain id="backend">this machine</Explain>: {engineWords(engine)}
        {engine.status === 'failed' && (
          <>
            {' '}
            <Button
              className={styles.retry!}
              onPress={() =>
                useLens
                  .getState()
                  .ensureEngine()
                  .catch(() => undefined)
              }
            >
              try again
            </Button>
          </>
        )}
      </span>
      {engine.status === 'failed' && <span className={styles.reason}>{engine.message}</span>}
      {reason && <span className={styles.reason}>{reason}</span>}
      {!isolated && (
        <span className={styles.reason}>
          One thread only: this page was served without cross-origin isolation.{' '}
          {reload && (
            <Button className={styles.retry!} onPress={() => useLens.getState().reloadForThreads()}>
              Load it again for all threads
            </Button>
          )}
        </span>
      )}
    </>
  );
}
