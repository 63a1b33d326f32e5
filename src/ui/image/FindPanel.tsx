import { useId, useState } from 'react';
import { useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { percent } from '../charts/format.ts';
import { Segmented } from '../neuron/Segmented.tsx';
import styles from './image.module.css';
import { TrueMask } from './TrueMask.tsx';

/** Type a thing: the neurons that point to it show where it is. */
export function FindPanel() {
  const [text, setText] = useState('');
  const found = useLens((state) => state.found);
  const options = useLens((state) => state.findOptions);
  const readable = useLens((state) => state.picture.status === 'ready');
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
              ? 'The map is the same everywhere: these neurons do not say where it is.'
              : `By ${found.value.chosen.length} neurons that point to “${found.value.text}” or away from it.`}{' '}
            <TrueMask found={found.value} threshold={options.threshold} />
          </p>
          <div className={styles.controls}>
            <Segmented
              label="Map"
              value={options.map}
              onChange={(map) => setFindOptions({ map })}
              choices={[
                { value: 'second-order', label: 'second-order' },
                { value: 'activation', label: 'activation' },
              ]}
            />
            <Segmented
              label="Signs"
              value={options.signed ? 'signed' : 'unsigned'}
              onChange={(value) => setFindOptions({ signed: value === 'signed' })}
              choices={[
                { value: 'signed', label: 'signed' },
                { value: 'unsigned', label: 'as released' },
              ]}
            />
            <Segmented
              label="Neurons"
              value={String(options.neurons)}
              onChange={(value) => setFindOptions({ neurons: Number(value) })}
              choices={['20', '100', '200', '500'].map((value) => ({ value, label: value }))}
            />
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
          <button
            type="button"
            className="button"
            onClick={() => {
              const { chosen, text: words } = found.value;
              for (const block of new Set(chosen.map((one) => one.block))) {
                const neurons = chosen.filter((one) => one.block === block).map((one) => one.neuron);
                switchOff({ block, neurons, label: `${neurons.length} for “${words}” in block ${block}` });
              }
            }}
          >
            Switch these neurons off
          </button>
        </>
      )}
    </section>
  );
}
