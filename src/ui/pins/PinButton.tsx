import { isPinned, pinPlace, useLens } from '../../state/index.ts';
import { PinMark } from './PinMark.tsx';

interface Props {
  readonly block: number;
  readonly neuron: number;
  /** Whether the tab key comes by, in lists that it crosses in one step. */
  readonly reachable?: boolean;
}

/** Sets a neuron aside, or takes it off again. A button of the plainest kind: lists have one in every row. */
export function PinButton({ block, neuron, reachable = true }: Props) {
  const pinned = useLens((state) => isPinned(state.pins, pinPlace(state.view, block, neuron)));
  const toggle = (): void => {
    const { togglePin, view } = useLens.getState();
    togglePin(pinPlace(view, block, neuron));
  };
  return (
    <button
      type="button"
      className="icon"
      data-export="no"
      aria-pressed={pinned}
      onClick={toggle}
      tabIndex={reachable ? 0 : -1}
      aria-label={`Pin neuron ${neuron} of block ${block}`}
    >
      <PinMark filled={pinned} />
    </button>
  );
}
