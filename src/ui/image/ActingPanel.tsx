import { useMemo } from 'react';
import { type ActingNeuron, actingNeurons, encodeView, loadedValue, useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { number, signed } from '../charts/format.ts';
import styles from './image.module.css';

const LISTED = 12;

/** The neurons that move this picture's answer most. */
export function ActingPanel() {
  const blocks = useLens((state) => loadedValue(state.picture)?.blocks);
  const picture = useLens((state) => state.picture);
  const { switchOff } = useLens.getState();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the blocks' thresholds were read with the picture
  const neurons = useMemo(() => actingNeurons(useLens.getState(), LISTED), [picture]);
  return (
    <section className={styles.panel} aria-labelledby="acting-title">
      <h2 id="acting-title">
        <Explain id="typicalNorm">Its most active neurons</Explain>
      </h2>
      <ul className={styles.acting}>
        {neurons.map((neuron) => (
          <Acting key={`${neuron.block} ${neuron.neuron}`} {...neuron} />
        ))}
      </ul>
      <div className={styles.buttons}>
        {blocks?.map((block) => (
          <button
            key={block}
            type="button"
            className="button"
            onClick={() => switchOff({ block, neurons: 'all', label: `all of block ${block}` })}
          >
            Block {block} off
          </button>
        ))}
      </div>
    </section>
  );
}

function Acting({ block, neuron, activation, norm, significant }: ActingNeuron) {
  const view = useLens((state) => state.view);
  const { openNeuron, switchOff } = useLens.getState();
  return (
    <li>
      <a
        href={encodeView({ ...view, page: 'neuron', block, neuron })}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          openNeuron(neuron, block);
        }}
      >
        block {block}, neuron {neuron}
      </a>
      <span>
        effect {number(norm)}, along it {signed(activation)}
        {significant ? '' : ' (not significant)'}
      </span>
      <button
        type="button"
        onClick={() => switchOff({ block, neurons: [neuron], label: `neuron ${neuron} of block ${block}` })}
        aria-label={`Switch off neuron ${neuron} of block ${block}`}
      >
        off
      </button>
    </li>
  );
}
