import { useContext } from 'react';
import { actionById, useLens } from '../../state/index.ts';
import { PortContext } from './ActionButton.tsx';
import { keyShortcut, keyWords } from './keyWords.ts';
import styles from './menu.module.css';
import { PageLink } from './PageLink.tsx';
import type { PageEntry } from './pageLinks.ts';

interface PagesProps {
  readonly pages: readonly PageEntry[];
  readonly onDone: () => void;
}

/** Links to pages, in a menu. */
export function PageEntries({ pages, onDone }: PagesProps) {
  return (
    <nav aria-label="More pages">
      <ul className={styles.list}>
        {pages.map(({ page, name }) => (
          <li key={page}>
            <PageLink page={page} className={styles.entry} onGo={onDone}>
              {name}
            </PageLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface ActionsProps {
  /** Ids of actions, each with what it is called where there is little room. */
  readonly actions: Readonly<Record<string, string>>;
  readonly onDone: () => void;
}

/** Actions, in a menu. */
export function ActionEntries({ actions, onDone }: ActionsProps) {
  return (
    <ul className={styles.list}>
      {Object.entries(actions).map(([id, name]) => (
        <li key={id}>
          <ActionEntry id={id} name={name} onDone={onDone} />
        </li>
      ))}
    </ul>
  );
}

function ActionEntry({ id, name, onDone }: { id: string; name: string; onDone: () => void }) {
  const action = actionById(id);
  const port = useContext(PortContext);
  const enabled = useLens(action.enabled);
  const [key = ''] = action.keys;
  const perform = (): void => {
    onDone();
    action.perform(useLens.getState(), port);
  };
  return (
    <button
      type="button"
      className={styles.entry}
      disabled={!enabled}
      aria-label={name}
      aria-keyshortcuts={keyShortcut(key)}
      onClick={perform}
    >
      <span>{name}</span>
      <kbd>{keyWords(key)}</kbd>
    </button>
  );
}
