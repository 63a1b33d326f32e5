import { ToggleButton } from 'react-aria-components';
import { isPinned, pinPlace, useLens } from '../../state/index.ts';
import { PinMark } from './PinMark.tsx';
import styles from './pins.module.css';

interface Props {
  readonly block: number;
  readonly neuron: number;
  /** The sign alone, for lists; its name is then heard only. */
  readonly small?: boolean;
  /** How it looks with its word beside it. */
  readonly className?: string | undefined;
  readonly tabIndex?: number;
}

/** Sets a neuron aside, or takes it off again. */
export function PinButton({ block, neuron, small, className = 'button', tabIndex }: Props) {
  const pinned = useLens((state) => isPinned(state.pins, pinPlace(state.view, block, neuron)));
  const toggle = (): void => {
    const { togglePin, view } = useLens.getState();
    togglePin(pinPlace(view, block, neuron));
  };
  return (
    <ToggleButton
      className={small ? styles.small! : className}
      isSelected={pinned}
      onChange={toggle}
      excludeFromTabOrder={tabIndex === -1}
      {...(small && { 'aria-label': `Pin neuron ${neuron} of block ${block}` })}
    >
      <PinMark filled={pinned} /> {!small && (pinned ? 'Pinned' : 'Pin')}
    </ToggleButton>
  );
}
