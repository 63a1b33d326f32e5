import { useId, useState } from 'react';
import { type FindOptions, type FoundText, useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { percent } from '../charts/format.ts';
import { Segmented } from '../neuron/Segmented.tsx';
import styles from './image.module.css';
import { saveMask } from './saveMask.ts';
import { TrueMask } from './TrueMask.tsx';

const MAPS = [
  { value: 'second-order', label: 'second-order' },
  { value: 'activation', label: 'activation' },
  { value: 'heads', label: 'direct heads' },
  { value: 'attention', label: 'raw attention' },
] as const;
const FORMS = [
  { value: 'corrected', label: 'corrected' },
  { value: 'as-released', label: 'as released' },
] as const;
const COUNTS = ['20', '100', '200', '500'].map((value) => ({ value, label: value }));

function foundInWords({ chosen, text }: FoundText, { map, form }: FindOptions): string {
  if (map === 'attention') return 'Where the last block looks, whatever the words: the baseline.';
  if (map === 'heads') return `By what attention heads add directly towards “${text}”: no neurons in it.`;
  const which = form === 'corrected' ? `point to “${text}”` : `point to “${text}” or away from it`;
  return `By ${chosen.length} neurons that ${which}.`;
}

/** Type a thing: the neurons that point to it show where it is. */
export function FindPanel() {
  const [text, setText] = useState('');
  const found = useLens((state) => state.found);
  const options = useLens((state) => state.findOptions);
  const readable = useLens((state) => state.picture.status === 'ready');
  const byNeurons = options.map === 'activation' || options.map === 'second-order';
  const id = useId();
  const { findText, setFindOptions, switchOff } = useLens.getState();
  const type = (words: string): void => {
    setText(words);
    findText(words);
  };
  return (
    <section className={styles.panel} aria-labelledby={`${id} title`}>
      <h2 id={`${id} title`}>
        <Explain id="findText">Find by words</Explain>
      </h2>
      <label className={styles.field}>
        <span className="sr-only">What to find in the picture</span>
        <input
          type="search"
          placeholder="cat, grass, a red car …"
          value={text}
          disabled={!readable}
          onChange={(event) => type(event.target.value)}
        />
      </label>
      {found.status === 'loading' && <p role="status">Looking …</p>}
      {found.status === 'failed' && (
        <p role="alert" className={styles.problem}>
          {found.message}
        </p>
      )}
      {found.status === 'ready' && (
        <>
          <p role="status" className={styles.soft}>
            {found.value.flat
              ? 'The map is the same everywhere: it does not say where it is.'
              : foundInWords(found.value, options)}{' '}
            <TrueMask found={found.value} threshold={options.threshold} />
          </p>
          <div className={styles.controls}>
            <Segmented
              label="Map"
              value={options.map}
              onChange={(map) => setFindOptions({ map })}
              choices={MAPS}
            />
            {byNeurons && (
              <>
                <Segmented
                  label="Form"
                  value={options.form}
                  onChange={(form) => setFindOptions({ form })}
                  choices={FORMS}
                />
                <Segmented
                  label="Neurons"
                  value={String(options.neurons)}
                  onChange={(value) => setFindOptions({ neurons: Number(value) })}
                  choices={COUNTS}
                />
              </>
            )}
            <label className={styles.range}>
              Threshold {percent(options.threshold, 0)}
              <input
                type="range"
                min={0}
                max={1}
                step={0.01}
                value={options.threshold}
                onChange={(event) => setFindOptions({ threshold: Number(event.target.value) })}
              />
            </label>
          </div>
          <div className={styles.buttons}>
            <button type="button" className="button" onClick={() => saveMask(found.value, options.threshold)}>
              Save the mask (PNG)
            </button>
            {byNeurons && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  const { chosen, text: words } = found.value;
                  for (const block of new Set(chosen.map((one) => one.block))) {
                    const neurons = chosen.filter((one) => one.block === block).map((one) => one.neuron);
                    switchOff({
                      block,
                      neurons,
                      label: `${neurons.length} for “${words}” in block ${block}`,
                    });
                  }
                }}
              >
                Switch these neurons off
              </button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
