import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import {
  blocksOfFind,
  FIND_FORMS,
  findBlocksOf,
  formOfFind,
  isOfNeurons,
  loadedValue,
  useLens,
} from '../../state/index.ts';
import { percent } from '../charts/format.ts';
import { Segmented } from '../neuron/Segmented.tsx';
import styles from './image.module.css';

const LOOKS = [
  { value: 'overlay', label: 'overlay' },
  { value: 'outline', label: 'outline' },
  { value: 'beside', label: 'side by side' },
  { value: 'compare', label: 'compare all' },
] as const;
const MAPS = [
  { value: 'second-order', label: 'second-order' },
  { value: 'activation', label: 'activation' },
  { value: 'heads', label: 'heads' },
  { value: 'attention', label: 'attention' },
] as const;
const FORMS = [
  { value: 'corrected', label: 'corrected' },
  { value: 'as-released', label: 'as released' },
] as const;
const TEXTS = [
  { value: 'contrast', label: 'less the classes’ mean' },
  { value: 'alone', label: 'alone' },
] as const;
const ORDERS = [
  { value: 'signed', label: 'most towards it' },
  { value: 'absolute', label: 'either way' },
  { value: 'random', label: 'random' },
] as const;
const SIGNS = [
  { value: 'signed', label: 'signed' },
  { value: 'unsigned', label: 'unsigned' },
] as const;
/** Stops of the slider for the number of neurons. */
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** How the text is looked for, and how what is found is shown; all of it in the address. */
export function FindControls() {
  const view = useLens((state) => state.view);
  const { setView } = useLens.getState();
  const comparing = view.findLook === 'compare';
  return (
    <div className={styles.controls}>
      <Segmented
        label="Show"
        value={view.findLook}
        onChange={(findLook) => setView({ findLook })}
        choices={LOOKS}
      />
      {!comparing && (
        <Segmented
          label="Map"
          value={view.findMap}
          onChange={(findMap) => setView({ findMap })}
          choices={MAPS}
        />
      )}
      <label className={styles.range}>
        <span>Threshold {percent(view.findCut, 0)}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={view.findCut}
          onChange={(event) => setView({ findCut: Number(event.target.value) })}
        />
      </label>
      {(comparing || isOfNeurons(view.findMap)) && <NeuronControls />}
    </div>
  );
}

function NeuronControls() {
  const view = useLens((state) => state.view);
  const there = useLens((state) => loadedValue(state.picture)?.blocks ?? NONE);
  const all = useLens(
    (state) =>
      loadedValue(state.picture)?.reading.blocks.reduce((sum, { norms }) => sum + norms.length, 0) ?? 0,
  );
  const { setView } = useLens.getState();
  const stops = COUNTS.filter((count) => count < all).concat(all);
  const stop = stops.findIndex((count) => count >= view.findCount);
  return (
    <>
      <label className={styles.range}>
        <span>
          {Math.min(view.findCount, all)} {view.findCount === 1 ? 'neuron' : 'neurons'}
        </span>
        <input
          type="range"
          min={0}
          max={stops.length - 1}
          step={1}
          value={stop < 0 ? stops.length - 1 : stop}
          aria-label="Number of neurons"
          aria-valuetext={`${Math.min(view.findCount, all)} of ${all}`}
          onChange={(event) => setView({ findCount: stops[Number(event.target.value)]! })}
        />
      </label>
      <Blocks there={there} />
      <Segmented
        label="Form"
        value={formOfFind(view) ?? ''}
        onChange={(form) => form !== '' && setView(FIND_FORMS[form])}
        choices={FORMS}
      />
      <details className={styles.names}>
        <summary>How neurons are chosen</summary>
        <div className={styles.controls}>
          <Segmented
            label="Text"
            value={view.findText}
            onChange={(findText) => setView({ findText })}
            choices={TEXTS}
          />
          <Segmented
            label="Order"
            value={view.findOrder}
            onChange={(findOrder) => setView({ findOrder })}
            choices={ORDERS}
          />
          <Segmented
            label="Signs of activations"
            value={view.findSigns}
            onChange={(findSigns) => setView({ findSigns })}
            choices={SIGNS}
          />
        </div>
      </details>
    </>
  );
}

const NONE: readonly number[] = [];

function Blocks({ there }: { readonly there: readonly number[] }) {
  const findBlocks = useLens((state) => state.view.findBlocks);
  if (there.length < 2) return null;
  const chosen = blocksOfFind(findBlocks, there);
  return (
    <div className={styles.blockChoice}>
      <span>Blocks</span>
      <ToggleButtonGroup
        aria-label="Blocks to choose neurons from"
        selectionMode="multiple"
        disallowEmptySelection
        selectedKeys={chosen.map(String)}
        onSelectionChange={(keys) => {
          const wanted = there.filter((block) => keys.has(String(block)));
          useLens.getState().setView({ findBlocks: findBlocksOf(wanted, there) });
        }}
      >
        {there.map((block) => (
          <ToggleButton key={block} id={String(block)} aria-label={`Neurons of block ${block}`}>
            {block}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
