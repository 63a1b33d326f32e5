import { memo, type ReactNode, useEffect, useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { directionsOf } from '../../state/directions.ts';
import {
  blockWordsOf,
  CATALOGUE,
  isSearching,
  loadedValue,
  neuronsOf,
  orderOf,
  overviewOf,
  type Subject,
  searchScoresOf,
  useLens,
} from '../../state/index.ts';
import type { Sheet } from '../../state/table.ts';
import { blockSheet } from '../../state/tables/blockTables.ts';
import { ActionButton } from '../app/ActionButton.tsx';
import { Explain } from '../app/Explain.tsx';
import { count, duration } from '../charts/format.ts';
import { Panel } from '../panel/Panel.tsx';
import styles from './block.module.css';
import { NeuronList } from './NeuronList.tsx';
import { RecomputePanel } from './RecomputePanel.tsx';
import { Scatter } from './Scatter.tsx';
import { ScoreLegend } from './ScoreLegend.tsx';
import { WordsBar } from './WordsBar.tsx';

/** The overview of a block: all its neurons as dots and as a list. */
export function BlockPage() {
  const block = useLens((state) => state.view.block);
  const overview = useLens((state) => overviewOf(state, block));
  const given = useLens(directionsOf);
  const [effect, setEffect] = useState<Effect>('typicalNorm');
  const [pointed, setPointed] = useState<number>();
  useExpected(block, pointed);
  if (!overview) return <NotYet />;
  const shown = pointed !== undefined && pointed < overview.typicalNorm.length ? pointed : undefined;
  return (
    <div className={styles.page}>
      <section className={styles.left} aria-label="Overview">
        <Title block={block} rows={overview.typicalNorm.length} />
        <Panel
          title={given ? 'All directions' : 'All neurons'}
          className={styles.plot}
          fills
          table={sheetOfBlock}
          aside={
            <>
              <Across
                effect={effect}
                onChange={setEffect}
                typical={given ? 'typical activation' : 'typical effect'}
              />
              <ScoreLegend />
            </>
          }
        >
          <Scatter overview={overview} effect={effect} pointed={shown} onPoint={setPointed} />
        </Panel>
        {!given && <RecomputePanel />}
      </section>
      <div className={styles.right}>
        <ListPanel>
          <NeuronList overview={overview} pointed={shown} onPoint={setPointed} />
        </ListPanel>
      </div>
    </div>
  );
}

type Effect = 'typicalNorm' | 'maxNorm';

interface AcrossProps {
  readonly effect: Effect;
  readonly onChange: (effect: Effect) => void;
  /** What the typical size is called. */
  readonly typical: string;
}

/** Which size is drawn across. Nothing that is typed or pointed at changes it. */
const Across = memo(function Across({ effect, onChange, typical }: AcrossProps) {
  return (
    <RadioGroup
      className={styles.sources!}
      orientation="horizontal"
      aria-label="Across"
      value={effect}
      onChange={(value) => onChange(value === 'maxNorm' ? 'maxNorm' : 'typicalNorm')}
    >
      <span className={styles.sourcesLabel}>Across</span>
      <Radio value="typicalNorm" className={styles.source!}>
        {typical}
      </Radio>
      <Radio value="maxNorm" className={styles.source!}>
        largest
      </Radio>
    </RadioGroup>
  );
});

/** A pointer that only passes over asks for nothing. */
const REST_MS = 50;

function useExpected(block: number, neuron: number | undefined): void {
  useEffect(() => {
    if (neuron === undefined) return;
    const rest = setTimeout(() => useLens.getState().expectNeuron(block, neuron), REST_MS);
    return () => clearTimeout(rest);
  }, [block, neuron]);
}

const Title = memo(function Title({ block, rows }: { readonly block: number; readonly rows: number }) {
  const given = useLens(directionsOf);
  if (given) {
    return (
      <header className={styles.title}>
        <h1>{given.name}</h1>
        <p>
          {count(rows)} <Explain id="givenDirection">directions made elsewhere</Explain>, a dot each. Further
          right: pictures differ more along it. Higher up: it is more of what sets its strongest pictures
          apart.
        </p>
      </header>
    );
  }
  return (
    <header className={styles.title}>
      <h1>Block {block}</h1>
      <p>
        {count(rows)} <Explain id="neuron">neurons</Explain>, a dot each. Further right: it moves the model’s
        answer more. Higher up: it does so in one direction.
      </p>
    </header>
  );
});

/** All neurons as they are known now, in the order of the list. */
function sheetOfBlock(of: string): Sheet {
  const state = useLens.getState();
  const scores = searchScoresOf(state);
  return blockSheet(of, {
    overview: overviewOf(state, state.view.block)!,
    order: orderOf(state),
    names: directionsOf(state)?.names,
    search: scores && { query: state.view.query.trim(), scores },
    words: blockWordsOf(state),
  });
}

function ListPanel({ children }: { readonly children: ReactNode }) {
  const searching = useLens(isSearching);
  const answer = useLens((state) => loadedValue(state.search));
  const query = useLens((state) => state.view.query);
  const rows = useLens((state) => (directionsOf(state) ? 'Directions' : 'Neurons'));
  return (
    <Panel
      title={rows}
      heading={searching ? `${rows} for “${query.trim()}”` : rows}
      plain
      fills
      className={styles.list}
      table={sheetOfBlock}
      aside={<WordsBar />}
    >
      {answer && (
        <p className={styles.answer}>
          <Explain id="searchScore">
            {answer.from === 'pool'
              ? 'by the shipped vector of this word'
              : 'read just now by the model on this machine'}
          </Explain>
        </p>
      )}
      {children}
    </Panel>
  );
}

/** While there are no numbers, or when there will be none. */
function NotYet() {
  const block = useLens((state) => state.view.block);
  const subject = useLens((state) => state.subject);
  const overview = useLens((state) => state.overviews.get(block));
  if (subject.status === 'failed') return <Failed block={block} message={subject.message} />;
  if (overview?.status === 'failed') return <Failed block={block} message={overview.message} />;
  if (subject.status === 'ready' && !subject.value.pack) return <ToAnalyse subject={subject.value} />;
  return (
    <div className={styles.page} aria-busy="true">
      <div className={styles.left}>
        <header className={styles.title}>
          <h1>Block {subject.status === 'ready' ? block : '…'}</h1>
          <p role="status">The numbers are on their way.</p>
        </header>
        <div className={`panel ${styles.plot} ${styles.skeleton}`} />
      </div>
      <div className={`${styles.right} ${styles.skeleton}`} />
    </div>
  );
}

function Failed({ block, message }: { readonly block: number; readonly message: string }) {
  const again = () => {
    const { openSubject, ensureOverview } = useLens.getState();
    void openSubject().then(() => ensureOverview(block));
  };
  return (
    <div className={styles.notYet} role="alert">
      <h1>There are no numbers to show</h1>
      <p>{message}</p>
      <div className={styles.ways}>
        <ActionButton id="models" className="button" main>
          Models and pictures
        </ActionButton>
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      </div>
    </div>
  );
}

/** A model or set nobody analysed before: this machine can. */
function ToAnalyse({ subject }: { readonly subject: Subject }) {
  const block = useLens((state) => state.view.block);
  const { model, set, options } = subject;
  const away = useModelAway(model.name);
  return (
    <div className={styles.notYet}>
      <h1>Block {block}</h1>
      <p>
        {model.title} has {count(neuronsOf(subject, block))} neurons in this block. What they do to the answer
        has not been measured here on “{set.title}” yet: the {count(set.count)} pictures go through the model,
        and each neuron’s {count(options.topK)} strongest say where it points.
      </p>
      {away ? (
        <div className={styles.ways}>
          <ActionButton id="models" className="button" main>
            Get {model.title}
          </ActionButton>
          <p className={styles.recomputeText}>
            It is not on this machine yet; the Models page says what it takes.
          </p>
        </div>
      ) : (
        <>
          <RecomputePanel />
          <Estimate images={set.count} />
        </>
      )}
    </div>
  );
}

/** How long the pictures will take, where the plan of a model that runs says so: on a processor. */
function Estimate({ images }: { readonly images: number }) {
  const seconds = useLens(({ engine }) =>
    engine.status === 'ready' ? engine.info.plan?.secondsPerImage : undefined,
  );
  if (seconds === undefined) return null;
  return (
    <p className={styles.recomputeText}>
      Without a GPU the pictures alone take {duration(seconds * images)} here, by estimate.
    </p>
  );
}

/** Whether a model of the catalogue would have to be downloaded first, as far as is known. */
function useModelAway(name: string): boolean {
  const opened = useLens((state) => state.opened.has(name));
  const stored = useLens((state) => loadedValue(state.stored));
  const catalogued = CATALOGUE.some(({ id }) => id === name);
  useEffect(() => {
    if (catalogued && !opened) void useLens.getState().listStored();
  }, [catalogued, opened]);
  return catalogued && !opened && !stored?.some(({ id, complete }) => id === name && complete);
}
