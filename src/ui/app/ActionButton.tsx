import { createContext, type ReactNode, useContext } from 'react';
import { type ActionPort, actionById, useLens } from '../../state/index.ts';

/** What only the shell can do; the default is for parts that are drawn without it. */
export const PortContext = createContext<ActionPort>({
  focusSearch() {},
  showHelp() {},
  copyLink() {},
});

interface Props {
  readonly id: string;
  readonly className?: string | undefined;
  /** Named by the action's own label where the content is no words. */
  readonly label?: string;
  /** The button that matters most where it stands. */
  readonly main?: boolean;
  readonly children: ReactNode;
}

/** A button for one of the actions: greyed while it is not possible, its key in the tooltip. */
export function ActionButton({ id, className, label, main, children }: Props) {
  const action = actionById(id);
  const port = useContext(PortContext);
  const enabled = useLens(action.enabled);
  return (
    <button
      type="button"
      className={className}
      disabled={!enabled}
      data-main={main || undefined}
      aria-label={label}
      title={`${label ?? action.label} (${action.keys[0]})`}
      onClick={() => action.perform(useLens.getState(), port)}
    >
      {children}
    </button>
  );
}
