import { useEffect, useState } from 'react';
import { loadedValue, type PatchReading, useLens } from '../../state/index.ts';
import { signed } from '../charts/format.ts';
import styles from './image.module.css';

interface Props {
  readonly patch: number;
  readonly side: number;
  readonly onPatch: (patch: number) => void;
}

/** Which neurons write at a patch; arrow buttons walk for those who cannot point. */
export function PatchNeurons({ patch, side, onPatch }: Props) {
  const id = useLens((state) => loadedValue(state.picture)?.reading.id);
  const [writers, setWriters] = useState<PatchReading>();
  useEffect(() => {
    let wanted = true;
    if (id === undefined) return;
    useLens
      .getState()
      .readPatch(patch)
      .then(
        (found) => wanted && setWriters(found),
        () => wanted && setWriters(undefined),
      );
    return () => {
      wanted = false;
    };
  }, [id, patch]);
  const row = Math.floor(patch / side);
  const column = patch % side;
  const { openNeuron, switchOff } = useLens.getState();
  return (
    <section className={styles.panel} aria-label={`Patch in row ${row + 1}, column ${column + 1}`}>
      <div className={styles.buttons}>
        <h2>
          Row {row + 1}, column {column + 1}
        </h2>
        <Walk label="left" to={patch - 1} enabled={column > 0} onPatch={onPatch} arrow="←" />
        <Walk label="up" to={patch - side} enabled={row > 0} onPatch={onPatch} arrow="↑" />
        <Walk label="down" to={patch + side} enabled={row < side - 1} onPatch={onPatch} arrow="↓" />
        <Walk label="right" to={patch + 1} enabled={column < side - 1} onPatch={onPatch} arrow="→" />
      </div>
      <button
        type="button"
        className="button"
        onClick={() => switchOff({ patch, label: `what is written in row ${row + 1}, column ${column + 1}` })}
      >
        Take away what is written here
      </button>
      <ul className={styles.acting}>
        {writers?.map(({ block, neuron, value }) => (
          <li key={`${block} ${neuron}`}>
            <button type="button" className={styles.link} onClick={() => openNeuron(neuron, block)}>
              block {block}, neuron {neuron}
            </button>
            <span>{signed(value)} from here</span>
            <button
              type="button"
              onClick={() =>
                switchOff({ block, neurons: [neuron], label: `neuron ${neuron} of block ${block}` })
              }
              aria-label={`Switch off neuron ${neuron} of block ${block}`}
            >
              off
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface WalkProps {
  readonly label: string;
  readonly arrow: string;
  readonly to: number;
  readonly enabled: boolean;
  readonly onPatch: (patch: number) => void;
}

function Walk({ label, arrow, to, enabled, onPatch }: WalkProps) {
  return (
    <button
      type="button"
      disabled={!enabled}
      onClick={() => onPatch(to)}
      aria-label={`Patch to the ${label}`}
    >
      {arrow}
    </button>
  );
}
