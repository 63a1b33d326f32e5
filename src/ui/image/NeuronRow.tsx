import type { ReactNode } from 'react';
import { encodeView, overviewOf, useLens } from '../../state/index.ts';
import { Thumbs } from '../app/Thumbs.tsx';
import styles from './image.module.css';
import { OffToggle } from './OffToggle.tsx';

/** Of the four strongest pictures that are known for every neuron. */
const THUMBS = 3;
const KNOWN = 4;

interface Props {
  readonly block: number;
  readonly neuron: number;
  /** What it does here, in a number. */
  readonly children: ReactNode;
}

/** A neuron in a list: where it is looked at, the pictures that move it most, and the way to switch it off. */
export function NeuronRow({ block, neuron, children }: Props) {
  const view = useLens((state) => state.view);
  const preview = useLens((state) => overviewOf(state, block)?.previewImages);
  const images = preview?.subarray(KNOWN * neuron, KNOWN * neuron + THUMBS) ?? [];
  return (
    <li className={styles.neuron}>
      <a
        href={encodeView({ ...view, page: 'neuron', block, neuron })}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          useLens.getState().openNeuron(neuron, block);
        }}
      >
        <Thumbs images={images} size={28} />
        <span>
          block {block} · {neuron}
        </span>
      </a>
      <span className={styles.figure}>{children}</span>
      <OffToggle
        part={{ label: `neuron ${neuron} of block ${block}`, chosen: [{ block, neurons: [neuron] }] }}
        quiet
      >
        off
      </OffToggle>
    </li>
  );
}
