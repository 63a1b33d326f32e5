import type { MouseEvent } from 'react';
import { encodeView, useLens } from '../../state/index.ts';
import { signed } from '../charts/format.ts';

interface Props {
  readonly block: number;
  readonly neuron: number;
  /** What it adds to the word. */
  readonly part: number;
}

/** A real link to a neuron's page. */
export function NeuronLink({ block, neuron, part }: Props) {
  const href = useLens((state) => encodeView({ ...state.view, page: 'neuron', block, neuron }));
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    useLens.getState().openNeuron(neuron, block);
  };
  return (
    <a href={href} onClick={go} title={`adds ${signed(part, 2)}`}>
      {block}·{neuron}
      <span className="sr-only"> (block and neuron)</span>
    </a>
  );
}
