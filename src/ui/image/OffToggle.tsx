import type { ReactNode } from 'react';
import { isOff, type SwitchedOff, useLens } from '../../state/index.ts';
import styles from './image.module.css';

interface Props {
  readonly part: SwitchedOff;
  /** One of many in a list, which its neighbours explain. */
  readonly quiet?: boolean;
  readonly children: ReactNode;
}

/** Switches something off on the picture, and on again. */
export function OffToggle({ part, quiet, children }: Props) {
  const off = useLens((state) => isOff(state.off, part.label));
  return (
    <button
      type="button"
      className={quiet ? styles.toggle : 'button'}
      data-off={off || undefined}
      aria-pressed={off}
      aria-label={quiet ? `Switch off ${part.label}` : undefined}
      onClick={() => {
        const { switchOff, switchOn } = useLens.getState();
        if (off) switchOn(part.label);
        else switchOff(part);
      }}
    >
      {children}
    </button>
  );
}
