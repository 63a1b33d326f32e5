import { type FindSettings, type FoundMap, formOfFind, loadedValue, useLens } from '../../state/index.ts';
import { chosenSheet } from '../../state/tables/imageTables.ts';
import { Explain } from '../app/Explain.tsx';
import page from '../app/page.module.css';
import { percent } from '../charts/format.ts';
import { Panel } from '../panel/Panel.tsx';
import { FindControls } from './FindControls.tsx';
import styles from './image.module.css';
import { OffToggle } from './OffToggle.tsx';
import { saveMask } from './saveMask.ts';
import { useAgreement, useLabels, useTruth } from './useAgreement.ts';

/** How the map that is shown came about. */
function inWords({ chosen, flat }: FoundMap, view: FindSettings): string {
  const text = `“${view.find.trim()}”`;
  if (flat) return 'The map is the same everywhere: it does not say where it is.';
  if (view.findMap === 'attention') return 'Where the last block looks, whatever the words: the baseline.';
  if (view.findMap === 'heads')
    return `By what attention heads add directly towards ${text}: no neurons in it.`;
  const who = {
    signed: `that point to ${text}`,
    absolute: `that point to ${text} or away from it`,
    random: 'taken at random',
  }[view.findOrder];
  const form = formOfFind(view) === 'as-released' ? ', as in the released code' : '';
  return `By ${chosen.length} neurons ${who}${form}.`;
}

/** Type a thing: the neurons that point to it show where it is. */
export function FindPanel() {
  const text = useLens((state) => state.view.find);
  const found = useLens((state) => state.found);
  const view = useLens((state) => state.view);
  const answer = loadedValue(found);
  const labels = useLabels();
  const { setView } = useLens.getState();
  return (
    <Panel
      title="Find by words"
      explain="findText"
      className={styles.panel}
      figure={false}
      table={text !== '' && answer ? (of) => chosenSheet(of, answer) : undefined}
      about={{ form: formOfFind(view) ?? 'corrected' }}
    >
      <input
        type="search"
        className={page.input}
        aria-label="What to find in the picture"
        placeholder="cat, grass, a red car …"
        value={text}
        maxLength={200}
        onChange={(event) => setView({ find: event.target.value })}
      />
      {text === '' && labels.length > 0 && (
        <p className={styles.offered}>
          On it:{' '}
          {[...new Set(labels)].map((label) => (
            <button key={label} type="button" className="link" onClick={() => setView({ find: label })}>
              {label}
            </button>
          ))}
        </p>
      )}
      {found.status === 'loading' && <p role="status">Looking …</p>}
      {found.status === 'failed' && (
        <p role="alert" className={page.problem}>
          {found.message}
        </p>
      )}
      {text !== '' && found.status === 'ready' && <Found />}
    </Panel>
  );
}

function Found() {
  const view = useLens((state) => state.view);
  const found = useLens((state) => loadedValue(state.found));
  const map = found?.maps.get(view.findMap);
  const agreement = useAgreement(map, useTruth(found?.text));
  return (
    <>
      {map && (
        <p role="status" className={page.soft}>
          {view.findLook === 'compare' ? 'All maps at once; press one to see it large.' : inWords(map, view)}{' '}
          {agreement && view.findLook !== 'compare' && (
            <strong>
              <Explain id="iou">IoU</Explain> {percent(agreement.iou, 0)} ·{' '}
              <Explain id="averagePrecision">AP</Explain> {percent(agreement.precision, 0)} with where it
              truly is.
            </strong>
          )}
        </p>
      )}
      <FindControls />
      {map && found && (
        <div className={page.buttons}>
          <button
            type="button"
            className="button"
            onClick={() => saveMask(found.text, map.map, view.findCut)}
          >
            Save the mask (PNG)
          </button>
          {map.chosen.length > 0 && <FoundNeurons text={found.text} map={map} />}
        </div>
      )}
    </>
  );
}

/** The neurons that found the text, switched off together. */
function FoundNeurons({ text, map: { chosen } }: { readonly text: string; readonly map: FoundMap }) {
  const blocks = [...new Set(chosen.map(({ block }) => block))];
  return (
    <OffToggle
      part={{
        label: `${chosen.length} neurons for “${text}”`,
        chosen: blocks.map((block) => ({
          block,
          neurons: chosen.filter((one) => one.block === block).map(({ neuron }) => neuron),
        })),
      }}
    >
      Switch these neurons off
    </OffToggle>
  );
}
