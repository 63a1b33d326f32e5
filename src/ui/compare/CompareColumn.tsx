import { useEffect } from 'react';
import { directionsOf } from '../../state/directions.ts';
import {
  encodeView,
  type Loadable,
  loadedValue,
  type NeuronAt,
  type NeuronDetail,
  type NeuronPage,
  useLens,
  useNeuron,
  type WordedCode,
} from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { OrderButtons } from '../app/OrderButtons.tsx';
import page from '../app/page.module.css';
import { number } from '../charts/format.ts';
import { Histogram } from '../charts/Histogram.tsx';
import { SignedBars } from '../charts/SignedBars.tsx';
import { MeasureStrip } from '../neuron/MeasureStrip.tsx';
import { shownMeasures } from '../neuron/measures.ts';
import { Pending } from '../neuron/Pending.tsx';
import { reload } from '../neuron/reload.ts';
import { fitInWords } from '../neuron/words.ts';
import { PinButton } from '../pins/PinButton.tsx';
import { ColumnPictures } from './ColumnPictures.tsx';
import styles from './compare.module.css';

interface Props {
  readonly place: NeuronAt;
  readonly first: boolean;
  readonly last: boolean;
}

/** Words listed of each description; the rest is on the neuron's own page. */
const WORDS = 8;

/**
 * One of the compared neurons: the same parts in the same rows as its neighbours'. What is below something that is yet
 * to come would be pushed down by it, so it waits.
 */
export function CompareColumn({ place, first, last }: Props) {
  const { block, neuron } = place;
  const data = useNeuron(block, neuron);
  const detail = loadedValue(data.detail);
  const code = useWords(data);
  const analysed = useLens((state) => data.source === 'shipped' || state.live.has(block));
  const retry = (): void => reload(block, neuron);
  const name = nameOf(data);
  return (
    <>
      <ColumnHead place={place} first={first} last={last} />
      {analysed ? (
        <>
          <section className={styles.part} aria-label={`Pictures at both ends of ${name}`}>
            <Pending loadable={data.detail} what="its pictures" onRetry={retry}>
              {(detail) => <ColumnPictures page={data} detail={detail} />}
            </Pending>
          </section>
          {detail && (
            <section className={styles.part} aria-label={`${name} in words`}>
              <Words page={data} code={code} />
            </section>
          )}
          {detail && (code.status === 'ready' || code.status === 'failed') && (
            <>
              <Measures page={data} code={loadedValue(code)} />
              <Spread page={data} detail={detail} />
            </>
          )}
        </>
      ) : (
        <NotAnalysed block={block} />
      )}
    </>
  );
}

const nameOf = ({ block, neuron }: NeuronPage): string => `neuron ${neuron} of block ${block}`;

/** Asks for the neuron's words once its direction is there. */
function useWords(data: NeuronPage): Loadable<WordedCode> {
  const terms = useLens((state) => state.view.terms);
  const atoms = useLens((state) => state.view.atoms);
  const code = data.code(terms, atoms);
  const wanted = data.detail.status === 'ready' && code.status === 'idle';
  useEffect(() => {
    if (wanted) data.requestSparseCode(terms, atoms);
  }, [wanted, data, terms, atoms]);
  return code;
}

function ColumnHead({ place, first, last }: Props) {
  const { block, neuron } = place;
  const given = useLens((state) => directionsOf(state) !== undefined);
  const href = useLens((state) => encodeView({ ...state.view, page: 'neuron', block, neuron }));
  const { removeCompared, moveCompared } = useLens.getState();
  const name = given ? `direction ${neuron}` : `neuron ${neuron}`;
  return (
    <header className={styles.columnHead}>
      <h3>
        <a href={href}>{given ? `Direction ${neuron}` : `Block ${block} · neuron ${neuron}`}</a>
      </h3>
      <div className={styles.tools} data-export="no">
        <PinButton block={block} neuron={neuron} />
        <OrderButtons
          name={name}
          of="columns"
          first={first}
          last={last}
          onMove={(by) => moveCompared(place, by)}
          away="out"
          onRemove={() => removeCompared(place)}
        />
      </div>
    </header>
  );
}

interface WordsProps {
  readonly page: NeuronPage;
  readonly code: Loadable<WordedCode>;
}

function Words({ page: data, code }: WordsProps) {
  const terms = useLens((state) => state.view.terms);
  const atoms = useLens((state) => state.view.atoms);
  const chance = data.chance(terms, atoms);
  return (
    <Pending
      loadable={code.status === 'idle' ? { status: 'loading' } : code}
      what="words"
      onRetry={() => data.requestSparseCode(terms, atoms)}
    >
      {(value) => (
        <>
          <p className={styles.fit} title={fitInWords(value.r2, chance)}>
            <strong>
              <Explain id="r2">R²</Explain> {number(value.r2, 2)}
            </strong>{' '}
            with {value.terms.length} words{chance && `; random directions: ${number(chance.mean, 2)}`}
          </p>
          <SignedBars
            label={`The first ${Math.min(WORDS, value.terms.length)} of ${value.terms.length} words with signed coefficients`}
            terms={value.terms.slice(0, WORDS).map((term) => ({ label: term.text, value: term.coefficient }))}
          />
        </>
      )}
    </Pending>
  );
}

interface MeasuresProps {
  readonly page: NeuronPage;
  readonly code: WordedCode | undefined;
}

function Measures({ page: data, code }: MeasuresProps) {
  const subject = useLens((state) => loadedValue(state.subject));
  const facts = {
    neurons: data.neurons,
    images: subject?.set.count ?? 0,
    topK: subject?.options.topK ?? 0,
    directions: subject?.directions !== undefined,
  };
  const fit = code && { r2: code.r2, words: code.terms.length };
  // How many pictures count as strongest is the same for all; R² stands with the words.
  const measures = shownMeasures(data.measures, facts, fit).filter(
    ({ id }) => id !== 'significant' && id !== 'r2',
  );
  return (
    <section className={styles.part} aria-label={`Measures of ${nameOf(data)}`}>
      <MeasureStrip measures={measures} />
    </section>
  );
}

interface SpreadProps {
  readonly page: NeuronPage;
  readonly detail: NeuronDetail;
}

function Spread({ page: data, detail }: SpreadProps) {
  const { from, to, counts } = detail.histogram;
  const step = (to - from) / counts.length;
  const edges = Array.from({ length: counts.length + 1 }, (_, i) => from + i * step);
  const threshold = data.measures?.threshold;
  return (
    <section className={styles.part} aria-label={`Spread of ${nameOf(data)} over the set`}>
      <Histogram
        bins={{ edges, counts }}
        axis="log"
        xLabel="signed activation"
        label={`Images by signed activation of neuron ${data.neuron} of block ${data.block}, bin by bin`}
        height={150}
        {...(threshold === undefined ? {} : { threshold })}
      />
    </section>
  );
}

function NotAnalysed({ block }: { readonly block: number }) {
  const href = useLens((state) => encodeView({ ...state.view, page: 'block', block }));
  return (
    <p className={page.soft}>
      Block {block} has not been analysed on this machine yet. <a href={href}>Open the block</a> to analyse
      it.
    </p>
  );
}
