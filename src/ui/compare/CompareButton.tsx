import { Button } from 'react-aria-components';
import { comparedOf, loadedValue, MOST_COMPARED, neuronPageOf, useLens } from '../../state/index.ts';

interface Props {
  readonly block: number;
  readonly neuron: number;
  readonly className: string;
}

/** Puts the neuron beside those that are being compared, or beside its nearest relative in direction. */
export function CompareButton({ block, neuron, className }: Props) {
  const open = (): void => {
    const state = useLens.getState();
    const place = { block, neuron };
    const there = comparedOf(state.view.neurons).filter(
      (other) => other.block !== block || other.neuron !== neuron,
    );
    const nearest = loadedValue(neuronPageOf(state, block, neuron).detail)?.neighbours[0];
    if (there.length > 0 && there.length < MOST_COMPARED) state.compare([...there, place]);
    else state.compare(nearest ? [place, { block, neuron: nearest.neuron }] : [place]);
  };
  return (
    <Button className={className} onPress={open}>
      Compare
    </Button>
  );
}
