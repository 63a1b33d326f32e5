import { useId } from 'react';
import {
  blocksOf,
  type ExperimentName,
  experimentOptions,
  firstOf,
  loadedValue,
  numbersOf,
  sampleOf,
  TERM_COUNTS,
  useLens,
} from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { Segmented } from '../neuron/Segmented.tsx';
import { WordListChoice } from '../neuron/WordListChoice.tsx';
import styles from './experiments.module.css';
import { NumberField } from './NumberField.tsx';
import { PairChoice } from './PairChoice.tsx';
import { Toggles } from './Toggles.tsx';

const FORM_CHOICES = [
  { value: 'corrected', label: 'corrected' },
  { value: 'as-released', label: 'as released' },
] as const;
const PART_CHOICES = [
  { value: 'all', label: 'both' },
  { value: 'trained', label: 'trained' },
  { value: 'held-out', label: 'held out' },
] as const;

/** Pictures a part that are offered; the address may name any number. */
const COUNTS: Record<ExperimentName, readonly number[]> = {
  ablation: [50, 200, 500],
  indirect: [8, 16, 32],
  segmentation: [40, 100, 160],
  adversarial: [20, 50, 100],
};

/** What of the experiment can be chosen; all of it is in the address. */
export function Options({ experiment }: { readonly experiment: ExperimentName }) {
  const form = useLens((state) => state.view.form);
  const part = useLens((state) => state.view.part);
  const first = useLens((state) => state.view.first);
  const styled = useLens((state) => (loadedValue(state.pictures)?.parts?.length ?? 0) > 1);
  const { setView } = useLens.getState();
  const chosen = first === '' ? String(firstOf(experiment)) : first;
  const counts = [...new Set([...COUNTS[experiment].map(String), chosen])]
    .filter((value) => value !== 'all')
    .sort((a, b) => Number(a) - Number(b));
  const label = experiment === 'adversarial' ? 'Pictures a way' : 'Pictures a part';
  return (
    <div className={styles.options}>
      {experiment === 'adversarial' && <PairChoice />}
      <Segmented
        label={label}
        value={chosen}
        onChange={(value) => setView({ first: value === String(firstOf(experiment)) ? '' : value })}
        choices={[...counts, ...(experiment === 'adversarial' ? [] : ['all'])].map((value) => ({
          value,
          label: value,
        }))}
      />
      {styled && experiment !== 'adversarial' && (
        <Segmented
          label="Drawing styles"
          value={part}
          onChange={(value) => setView({ part: value })}
          choices={PART_CHOICES}
        />
      )}
      {experiment !== 'indirect' && (
        <Segmented
          label="Form"
          value={form}
          onChange={(value) => setView({ form: value })}
          choices={FORM_CHOICES}
        />
      )}
      <details className={styles.more}>
        <summary>More options</summary>
        <div className={styles.options}>
          <Blocks />
          {(experiment === 'ablation' || experiment === 'adversarial') && <Words />}
          {experiment === 'ablation' && <Lengths />}
          <Numbers experiment={experiment} />
        </div>
      </details>
    </div>
  );
}

function Blocks() {
  const subject = useLens((state) => loadedValue(state.subject));
  const layers = useLens((state) => state.view.layers);
  const view = useLens((state) => state.view);
  const { setView } = useLens.getState();
  if (!subject) return null;
  const all = blocksOf(subject);
  const chosen = experimentOptions({ subject: { status: 'ready', value: subject }, view })?.layers ?? all;
  return (
    <Toggles
      label="Blocks"
      choices={all}
      chosen={layers === '' ? chosen : numbersOf(layers)}
      onChange={(next) => next.length > 0 && setView({ layers: next.join('.') })}
    />
  );
}

function Lengths() {
  const lengths = useLens((state) => state.view.lengths);
  const { setView } = useLens.getState();
  return (
    <Toggles
      label="Texts a neuron"
      choices={TERM_COUNTS}
      chosen={numbersOf(lengths)}
      onChange={(next) => setView({ lengths: next.join('.') })}
    />
  );
}

const Words = () => <WordListChoice />;

const SAMPLE_LABEL: Record<ExperimentName, string | undefined> = {
  ablation: undefined,
  indirect: 'Neurons drawn a block',
  segmentation: 'Neurons chosen for a text',
  adversarial: 'Neurons a block for words of indirect effects (0: without; they take long)',
};

function Numbers({ experiment }: { readonly experiment: ExperimentName }) {
  const topK = useLens((state) => state.view.topK);
  const usual = useLens((state) => loadedValue(state.subject)?.options.topK ?? 100);
  const images = useLens((state) => loadedValue(state.subject)?.set.count ?? 0);
  const seeds = useLens((state) => state.view.seeds);
  const sample = useLens((state) => state.view.sample);
  const { setView } = useLens.getState();
  const note = useId();
  const drawn = SAMPLE_LABEL[experiment];
  return (
    <>
      {drawn && (
        <NumberField
          label={drawn}
          value={Number(sample || sampleOf(experiment))}
          min={experiment === 'adversarial' ? 0 : 1}
          max={1000}
          onChange={(count) => setView({ sample: count === sampleOf(experiment) ? '' : String(count) })}
        />
      )}
      <NumberField
        label={
          <>
            <Explain id="significant">k</Explain>, strongest pictures a neuron
          </>
        }
        value={Number(topK || usual)}
        min={2}
        max={Math.max(2, images)}
        describedBy={note}
        onChange={(k) => setView({ topK: k === usual ? '' : String(k) })}
      />
      <p id={note} className={styles.soft}>
        {topK === '' || Number(topK) === usual
          ? `The numbers of the other pages have this k: ${((100 * usual) / Math.max(1, images)).toFixed(1)}% of the set.`
          : 'With another k than the other pages’, the blocks are analysed first, over the whole set.'}
      </p>
      <label className={styles.field}>
        <span>Seeds{experiment === 'indirect' ? ' (the first is used)' : ''}</span>
        <input
          type="text"
          inputMode="numeric"
          defaultValue={seeds.replaceAll('.', ', ')}
          key={seeds}
          onBlur={(event) => {
            const typed = event.target.value
              .split(/[^\d]+/)
              .filter(Boolean)
              .slice(0, 10);
            if (typed.length > 0) setView({ seeds: typed.join('.') });
          }}
        />
      </label>
    </>
  );
}
