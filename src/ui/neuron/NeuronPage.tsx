import {
  encodeView,
  type LensState,
  loadedValue,
  overviewOf,
  type PictureSet,
  useLens,
  useNeuron,
} from '../../state/index.ts';
import { HeadGrid } from '../charts/HeadGrid.tsx';
import { ActivationHistogram } from './ActivationHistogram.tsx';
import { engineWords } from './engineWords.ts';
import { headRows } from './headRows.ts';
import { MeasureStrip } from './MeasureStrip.tsx';
import { shownMeasures } from './measures.ts';
import { Neighbours } from './Neighbours.tsx';
import { NeuronHeader } from './NeuronHeader.tsx';
import styles from './neuron.module.css';
import { Panel } from './Panel.tsx';
import { Pending } from './Pending.tsx';
import { TextCode } from './TextCode.tsx';
import { TopImages } from './TopImages.tsx';
import { useDescription } from './useDescription.ts';

/** The neuron in view: its pictures, its words, its spread, its heads, its neighbours. */
export function NeuronPage() {
  const view = useLens((state) => state.view);
  const { block, neuron = 0 } = view;
  // A neuron's page keeps nothing of the last neuron's: which picture was open, which bin was pointed at.
  return <NeuronOf key={`${block} ${neuron}`} block={block} neuron={neuron} />;
}

function NeuronOf({ block, neuron }: { readonly block: number; readonly neuron: number }) {
  const page = useNeuron(block, neuron);
  const { terms, atoms, overlay, map, sign } = useLens((state) => state.view);
  const { setView, stepNeuron, randomNeuron, ensureBlock, openCatalogue } = useLens.getState();
  const pictures = useLens((state) => state.pictures);
  const manifest = useLens((state) => loadedValue(state.manifest));
  const engine = useLens((state) => state.engine);
  const previews = useLens((state) => overviewOf(state, block)?.previewImages);
  const { code, curve } = useDescription(page, terms, atoms);
  const fit = code.status === 'ready' ? { r2: code.value.r2, words: code.value.terms.length } : undefined;
  const facts = {
    neurons: page.neurons,
    images: manifest?.set.count ?? 0,
    topK: manifest?.options.topK ?? 0,
  };
  const previewsOf = (other: number): readonly number[] =>
    previews ? [...previews.subarray(4 * other, 4 * other + 4)].filter((image) => image >= 0) : [];
  const reload = (): void => void ensureBlock(block);
  return (
    <div className={styles.page}>
      <NeuronHeader block={block} neuron={neuron} code={code} onStep={stepNeuron} onRandom={randomNeuron} />
      <MeasureStrip measures={shownMeasures(page.measures, facts, fit)} />
      <div className={styles.panels}>
        <Panel title="Pictures at both ends" explain="activation" area="images">
          <Pending loadable={page.detail} what="the analysis of this block" onRetry={reload}>
            {(detail) => (
              <Pending loadable={pictures} what="pictures" onRetry={() => void openCatalogue()}>
                {(set) => (
                  <TopImages
                    detail={detail}
                    pictures={set}
                    heatmaps={page.heatmaps}
                    overlay={overlay}
                    kind={map}
                    sign={sign}
                    engineWords={engineWords(engine)}
                    onOverlay={(chosen) => setView({ overlay: chosen })}
                    onKind={(chosen) => setView({ map: chosen })}
                    onSign={(chosen) => setView({ sign: chosen })}
                    onNeedMaps={page.requestHeatmaps}
                  />
                )}
              </Pending>
            )}
          </Pending>
        </Panel>
        <Panel title="Its direction in words" explain="coefficient" area="code">
          <TextCode
            code={code}
            curve={curve}
            terms={terms}
            atoms={atoms}
            onTerms={(chosen) => setView({ terms: chosen })}
            onAtoms={(chosen) => setView({ atoms: chosen })}
            onRetry={() => page.requestSparseCode(terms, atoms)}
          />
        </Panel>
        <Panel title="Spread over the whole set" explain="histogram" area="histogram">
          <Pending loadable={page.detail} what="the histogram">
            {({ histogram }) => (
              <ActivationHistogram histogram={histogram} threshold={page.measures?.threshold} marks={[]} />
            )}
          </Pending>
        </Panel>
        <Panel title="Which later heads carry it" explain="headShare" area="heads">
          <Pending loadable={page.detail} what="the shares of the heads">
            {({ headShares }) => (
              <HeadGrid rows={headRows(headShares)} label="Share of the effect carried by each later head" />
            )}
          </Pending>
        </Panel>
        <Panel title="Neurons like it, and against it" explain="cosine" area="neighbours">
          <Pending loadable={page.detail} what="neighbours">
            {({ neighbours, opposites }) => (
              <Neighbours
                similar={neighbours}
                opposite={opposites}
                pictures={pictureSet(pictures)}
                previews={previewsOf}
                href={(other) => encodeView({ ...useLens.getState().view, page: 'neuron', neuron: other })}
              />
            )}
          </Pending>
        </Panel>
      </div>
    </div>
  );
}

const pictureSet = (pictures: LensState['pictures']): PictureSet | undefined => loadedValue(pictures);
