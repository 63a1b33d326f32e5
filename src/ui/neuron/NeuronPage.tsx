import { memo, useDeferredValue, useMemo, useRef, useState } from 'react';
import { directionsOf } from '../../state/directions.ts';
import { failed, loadedValue, type NeuronPage as NeuronData, useLens, useNeuron } from '../../state/index.ts';
import type { MapForm } from '../charts/upsample.ts';
import { AlignedPanel } from '../directions/AlignedPanel.tsx';
import { ActivationHistogram } from './ActivationHistogram.tsx';
import { HeadsPanel } from './HeadsPanel.tsx';
import { MeasureStrip } from './MeasureStrip.tsx';
import { shownMeasures } from './measures.ts';
import { NeighboursPanel } from './NeighboursPanel.tsx';
import { NeuronHeader } from './NeuronHeader.tsx';
import styles from './neuron.module.css';
import { OwnPanel } from './OwnPanel.tsx';
import { PicturesPanel } from './PicturesPanel.tsx';
import { type Description, useDescription } from './useDescription.ts';
import { useOverlay } from './useOverlay.ts';
import { measuredValues, useOwnEntries } from './useOwnEntries.ts';
import { WordsPanel } from './WordsPanel.tsx';

/** The neuron in view. Its name and measures come at once; the panels are much to lay out, and follow without holding up the page. */
export function NeuronPage() {
  const block = useLens((state) => state.view.block);
  const neuron = useLens((state) => state.view.neuron ?? 0);
  const place = useMemo(() => ({ block, neuron }), [block, neuron]);
  const drawn = useDeferredValue<Place | null>(place, null); // undefined would be no first value at all
  const page = useWhatIsKnown(block, neuron);
  const description = useTheDescription(page);
  const own = useOwnEntries(block, neuron);
  const ownPanel = useRef<HTMLDivElement>(null);
  const [form, setForm] = useState<MapForm>('smooth');
  const { stepNeuron, randomNeuron } = useLens.getState();
  return (
    <div className={styles.page}>
      <div className={styles.screen}>
        <NeuronHeader
          block={block}
          neuron={neuron}
          code={description.code}
          onStep={stepNeuron}
          onRandom={randomNeuron}
          own={own.length}
          onOwn={() => ownPanel.current?.scrollIntoView({ block: 'end' })}
        />
        <Measures page={page} description={description} />
        {/* Nothing of the last neuron stays: which picture was open, which bin was pointed at. */}
        {drawn && <Panels {...drawn} form={form} onForm={setForm} key={`${drawn.block} ${drawn.neuron}`} />}
      </div>
      {drawn && own.length > 0 && (
        <div ref={ownPanel}>
          <OwnPictures {...drawn} form={form} key={`${drawn.block} ${drawn.neuron}`} />
        </div>
      )}
    </div>
  );
}

interface Place {
  readonly block: number;
  readonly neuron: number;
}

interface PanelsProps extends Place {
  /** How heat maps are drawn. */
  readonly form: MapForm;
  readonly onForm: (form: MapForm) => void;
}

/** Its pictures, its words, its spread, its heads, its neighbours. */
const Panels = memo(function Panels({ block, neuron, form, onForm }: PanelsProps) {
  const terms = useLens((state) => state.view.terms);
  const atoms = useLens((state) => state.view.atoms);
  const given = useLens((state) => directionsOf(state) !== undefined);
  const page = useWhatIsKnown(block, neuron);
  const description = useTheDescription(page);
  const own = useOwnEntries(block, neuron);
  const overlay = useOverlay(page, own, form);
  const detail = loadedValue(page.detail);
  return (
    <div className={styles.panels}>
      <PicturesPanel page={page} overlay={overlay} onForm={onForm} />
      <WordsPanel page={page} description={description} terms={terms} atoms={atoms} />
      {detail && (
        <>
          <ActivationHistogram
            histogram={detail.histogram}
            looked={detail.looked}
            threshold={page.measures?.threshold}
            marks={measuredValues(own)}
          />
          {given ? <AlignedPanel aligned={detail.aligned} /> : <HeadsPanel shares={detail.headShares} />}
          <NeighboursPanel block={block} similar={detail.neighbours} opposite={detail.opposites} />
        </>
      )}
    </div>
  );
});

/** What it does in the person's own pictures. */
const OwnPictures = memo(function OwnPictures({ block, neuron, form }: Omit<PanelsProps, 'onForm'>) {
  const page = useWhatIsKnown(block, neuron);
  const own = useOwnEntries(block, neuron);
  const overlay = useOverlay(page, own, form);
  const detail = loadedValue(page.detail);
  if (!detail) return null;
  return (
    <OwnPanel
      entries={own}
      page={page}
      detail={detail}
      overlay={overlay}
      threshold={page.measures?.threshold}
    />
  );
});

function useTheDescription(page: NeuronData): Description {
  const terms = useLens((state) => state.view.terms);
  const atoms = useLens((state) => state.view.atoms);
  return useDescription(page, terms, atoms);
}

/** The neuron's data; when the analysis itself could not be opened, that is why its parts are missing. */
function useWhatIsKnown(block: number, neuron: number): NeuronData {
  const page = useNeuron(block, neuron);
  const subject = useLens((state) => state.subject);
  return useMemo(
    () => (subject.status === 'failed' ? { ...page, detail: failed(subject.message) } : page),
    [page, subject],
  );
}

interface MeasuresProps {
  readonly page: NeuronData;
  readonly description: Description;
}

function Measures({ page, description }: MeasuresProps) {
  const subject = useLens((state) => loadedValue(state.subject));
  const code = loadedValue(description.code);
  const facts = {
    neurons: page.neurons,
    images: subject?.set.count ?? 0,
    topK: subject?.options.topK ?? 0,
    directions: subject?.directions !== undefined,
  };
  const fit = code && { r2: code.r2, words: code.terms.length };
  return <MeasureStrip measures={shownMeasures(page.measures, facts, fit)} />;
}
