import { useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { loadedValue, overviewOf, searchScoresOf, useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { count } from '../charts/format.ts';
import styles from './block.module.css';
import { NeuronList } from './NeuronList.tsx';
import { RecomputePanel } from './RecomputePanel.tsx';
import { Scatter } from './Scatter.tsx';
import { ScoreLegend } from './ScoreLegend.tsx';

/** The overview of a block: all its neurons as dots and as a list. */
export function BlockPage() {
  const block = useLens((state) => state.view.block);
  const overview = useLens((state) => overviewOf(state, block));
  const scores = useLens(searchScoresOf);
  const searching = useLens((state) => state.search.status === 'ready' || state.search.status === 'loading');
  const [effect, setEffect] = useState<'meanNorm' | 'maxNorm'>('meanNorm');
  const [pointed, setPointed] = useState<number>();
  if (!overview) return <NotYet />;
  const shown = pointed !== undefined && pointed < overview.meanNorm.length ? pointed : undefined;
  return (
    <div className={styles.page}>
      <section className={styles.left} aria-label="Overview">
        <header className={styles.title}>
          <h1>Block {block}</h1>
          <p>
            {count(overview.meanNorm.length)} <Explain id="neuron">neurons</Explain>, a dot each. Further
            right: it moves the model’s answer more. Higher up: it does so in one direction.
          </p>
        </header>
        <div className={styles.plot}>
          <div className={styles.plotBar}>
            <RadioGroup
              className={styles.sources!}
              orientation="horizontal"
              aria-label="Across"
              value={effect}
              onChange={(value) => setEffect(value === 'maxNorm' ? 'maxNorm' : 'meanNorm')}
            >
              <span className={styles.sourcesLabel}>Across</span>
              <Radio value="meanNorm" className={styles.source!}>
                mean effect
              </Radio>
              <Radio value="maxNorm" className={styles.source!}>
                largest
              </Radio>
            </RadioGroup>
            {scores && <ScoreLegend scores={scores} />}
          </div>
          <Scatter overview={overview} effect={effect} scores={scores} pointed={shown} onPoint={setPointed} />
        </div>
        <RecomputePanel />
      </section>
      <section className={styles.right} aria-labelledby="neurons-title">
        <ListTitle searching={searching} />
        <NeuronList
          overview={overview}
          scores={scores}
          searching={searching}
          pointed={shown}
          onPoint={setPointed}
        />
      </section>
    </div>
  );
}

function ListTitle({ searching }: { readonly searching: boolean }) {
  const answer = useLens((state) => loadedValue(state.search));
  const query = useLens((state) => state.view.query);
  return (
    <header className={styles.listTitle}>
      <h2 id="neurons-title">{searching ? <>Neurons for “{query.trim()}”</> : 'Neurons'}</h2>
      {answer && (
        <p>
          <Explain id="searchScore">
            {answer.from === 'pool'
              ? 'by the shipped vector of this word'
              : 'read just now by the model on this machine'}
          </Explain>
        </p>
      )}
    </header>
  );
}

/** While there are no numbers, or when there will be none. */
function NotYet() {
  const block = useLens((state) => state.view.block);
  const manifest = useLens((state) => state.manifest);
  const overview = useLens((state) => state.overviews.get(block));
  const failure =
    manifest.status === 'failed'
      ? manifest.message
      : overview?.status === 'failed'
        ? overview.message
        : undefined;
  const again = () => {
    const { openCatalogue, ensureBlock } = useLens.getState();
    void openCatalogue().then(() => ensureBlock(block));
  };
  if (failure) {
    return (
      <div className={styles.notYet} role="alert">
        <h1>The numbers did not come</h1>
        <p>{failure}</p>
        <button type="button" className="button" data-main onClick={again}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <div className={styles.page} aria-busy="true">
      <div className={styles.left}>
        <header className={styles.title}>
          <h1>Block {manifest.status === 'ready' ? block : '…'}</h1>
          <p role="status">The shipped numbers are on their way.</p>
        </header>
        <div className={`${styles.plot} ${styles.skeleton}`} />
      </div>
      <div className={`${styles.right} ${styles.skeleton}`} />
    </div>
  );
}
