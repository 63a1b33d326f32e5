import { useMemo, useState } from 'react';
import {
  encodeView,
  failed,
  loadedValue,
  type NeuronPage as NeuronData,
  overviewOf,
  type TermCount,
  useLens,
  useNeuron,
  type View,
} from '../../state/index.ts';
import { HeadGrid } from '../charts/HeadGrid.tsx';
import type { MapForm } from '../charts/upsample.ts';
import { ActivationHistogram } from './ActivationHistogram.tsx';
import { engineWords } from './engineWords.ts';
import { headRows } from './headRows.ts';
import { MapControls } from './MapControls.tsx';
import { MeasureStrip } from './MeasureStrip.tsx';
import { shownMeasures } from './measures.ts';
import { Neighbours } from './Neighbours.tsx';
import { NeuronHeader } from './NeuronHeader.tsx';
import styles from './neuron.module.css';
import { OwnRow, ownPairs } from './OwnRow.tsx';
import { Panel } from './Panel.tsx';
import { Pending } from './Pending.tsx';
import { TextCode } from './TextCode.tsx';
import { TopImages } from './TopImages.tsx';
import { type Description, useDescription } from './useDescription.ts';
import { useMapScales } from './useMapScales.ts';
import { useOwnEntries } from './useOwnEntries.ts';

/** The neuron in view: its pictures, its words, its spread, its heads, its neighbours. */
export function NeuronPage() {
  const block = useLens((state) => state.view.block);
  const neuron = useLens((state) => state.view.neuron ?? 0);
  const terms = useLens((state) => state.view.terms);
  const atoms = useLens((state) => state.view.atoms);
  const [form, setForm] = useState<MapForm>('smooth');
  const page = useWhatIsKnown(block, neuron);
  const description = useDescription(page, terms, atoms);
  const { stepNeuron, randomNeuron } = useLens.getState();
  return (
    <div className={styles.page}>
      <NeuronHeader
        block={block}
        neuron={neuron}
        code={description.code}
        onStep={stepNeuron}
        onRandom={randomNeuron}
      />
      <Measures page={page} description={description} />
      {/* Nothing of the last neuron stays: which picture was open, which bin was pointed at. */}
      <div className={styles.panels} key={`${block} ${neuron}`}>
        <PicturePanels page={page} form={form} onForm={setForm} />
        <WordsPanel page={page} description={description} terms={terms} atoms={atoms} />
        <HeadsPanel page={page} />
        <NeighboursPanel page={page} />
      </div>
    </div>
  );
}

/** The neuron's data; when the analysis itself could not be opened, that is why its parts are missing. */
function useWhatIsKnown(block: number, neuron: number): NeuronData {
  const page = useNeuron(block, neuron);
  const manifest = useLens((state) => state.manifest);
  return useMemo(
    () => (manifest.status === 'failed' ? { ...page, detail: failed(manifest.message) } : page),
    [page, manifest],
  );
}

function reload(block: number): void {
  const { openCatalogue, ensureBlock } = useLens.getState();
  void openCatalogue().then(() => ensureBlock(block));
}

interface PanelProps {
  readonly page: NeuronData;
}

function Measures({ page, description }: PanelProps & { readonly description: Description }) {
  const manifest = useLens((state) => loadedValue(state.manifest));
  const code = loadedValue(description.code);
  const facts = {
    neurons: page.neurons,
    images: manifest?.set.count ?? 0,
    topK: manifest?.options.topK ?? 0,
  };
  return (
    <MeasureStrip
      measures={shownMeasures(page.measures, facts, code && { r2: code.r2, words: code.terms.length })}
    />
  );
}

interface PicturePanelsProps extends PanelProps {
  readonly form: MapForm;
  readonly onForm: (form: MapForm) => void;
}

/** The set's pictures, the person's own, and the spread both lie in: they share their maps' scales. */
function PicturePanels({ page, form, onForm }: PicturePanelsProps) {
  const { block, neuron } = page;
  const overlay = useLens((state) => state.view.overlay);
  const kind = useLens((state) => state.view.map);
  const sign = useLens((state) => state.view.sign);
  const pictures = useLens((state) => state.pictures);
  const words = engineWords(useLens((state) => state.engine));
  const { setView } = useLens.getState();
  const own = useOwnEntries(block, neuron);
  const scales = useMapScales(
    page,
    useMemo(() => ownPairs(own), [own]),
  );
  const shared = { scales, overlay, kind, form, engineWords: words };
  const controls = (
    <MapControls
      overlay={overlay}
      kind={kind}
      form={form}
      sign={sign}
      onOverlay={(chosen) => setView({ overlay: chosen })}
      onKind={(chosen) => setView({ map: chosen })}
      onForm={onForm}
      onSign={(chosen) => setView({ sign: chosen })}
    />
  );
  const threshold = page.measures?.threshold;
  const marks = own.flatMap(({ name, value }) => (value === undefined ? [] : [{ label: name, value }]));
  return (
    <>
      <Panel title="Pictures at both ends" explain="activation" area="images" aside={controls}>
        <Pending loadable={page.detail} what="the analysis of this block" onRetry={() => reload(block)}>
          {(detail) => (
            <Pending loadable={pictures} what="pictures" onRetry={() => reload(block)}>
              {(set) => (
                <TopImages
                  detail={detail}
                  pictures={set}
                  heatmaps={page.heatmaps}
                  sign={sign}
                  onNeedMaps={page.requestHeatmaps}
                  {...shared}
                />
              )}
            </Pending>
          )}
        </Pending>
      </Panel>
      {page.detail.status === 'ready' && (
        <ActivationHistogram histogram={page.detail.value.histogram} threshold={threshold} marks={marks} />
      )}
      {own.length > 0 && page.detail.status === 'ready' && (
        <Panel title="Your pictures" explain="activation" area="own">
          <OwnRow
            entries={own}
            block={block}
            neuron={neuron}
            threshold={threshold}
            detail={page.detail.value}
            {...shared}
          />
        </Panel>
      )}
    </>
  );
}

interface WordsPanelProps extends PanelProps {
  readonly description: Description;
  readonly terms: TermCount;
  readonly atoms: View['atoms'];
}

function WordsPanel({ page, description, terms, atoms }: WordsPanelProps) {
  const { setView } = useLens.getState();
  return (
    <Panel title="Its direction in words" explain="direction" area="code">
      <TextCode
        code={description.code}
        curve={description.curve}
        terms={terms}
        atoms={atoms}
        onTerms={(chosen) => setView({ terms: chosen })}
        onAtoms={(chosen) => setView({ atoms: chosen })}
        onRetry={() => page.requestSparseCode(terms, atoms)}
      />
    </Panel>
  );
}

function HeadsPanel({ page }: PanelProps) {
  if (page.detail.status !== 'ready') return null;
  return (
    <Panel title="Which later heads carry it" explain="headShare" area="heads">
      <HeadGrid
        rows={headRows(page.detail.value.headShares)}
        label="Share of the effect carried by each later head, in percent"
      />
    </Panel>
  );
}

function NeighboursPanel({ page }: PanelProps) {
  const view = useLens((state) => state.view);
  const previews = useLens((state) => overviewOf(state, page.block)?.previewImages);
  if (page.detail.status !== 'ready') return null;
  const previewsOf = (neuron: number): readonly number[] =>
    previews ? [...previews.subarray(4 * neuron, 4 * neuron + 4)].filter((image) => image >= 0) : [];
  return (
    <Panel title="Neurons like it, and against it" explain="cosine" area="neighbours">
      <Neighbours
        similar={page.detail.value.neighbours}
        opposite={page.detail.value.opposites}
        previews={previewsOf}
        href={(neuron) => encodeView({ ...view, page: 'neuron', neuron })}
      />
    </Panel>
  );
}
