import { useLens } from '../../state/index.ts';

interface Props {
  readonly block: number;
  readonly neuron: number;
  readonly className: string;
}

/** Puts the neuron beside others. */
export function CompareButton({ block, neuron, className }: Props) {
  return (
    <button
      type="button"
      className={className}
      onClick={() => useLens.getState().compareNeuron({ block, neuron })}
    >
      Compare
    </button>
  );
}
