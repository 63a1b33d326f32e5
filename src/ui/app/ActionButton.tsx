import { createContext, type ReactNode, useContext } from 'react';
import { type ActionPort, actionById, useLens } from '../../state/index.ts';
import { keyShortcut, keyWords } from './keyWords.ts';

/** What only the shell can do; the default is for parts that are drawn without it. */
export const PortContext = createContext<ActionPort>({
  focusSearch() {},
  showHelp() {},
  showPalette() {},
  showShare() {},
  copyLink() {},
  toggleFullScreen() {},
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
  const [key = ''] = action.keys;
  return (
    <button
      type="button"
      className={className}
      disabled={!enabled}
      data-main={main || undefined}
      aria-label={label}
      aria-keyshortcuts={keyShortcut(key)}
      title={`${label ?? action.label} (${keyWords(key)})`}
      onClick={() => action.perform(useLens.getState(), port)}
    >
      {children}
    </button>
  );
}
