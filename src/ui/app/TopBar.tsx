import type { MouseEvent, ReactNode, Ref } from 'react';
import { isShown } from '../../state/directions.ts';
import { encodeView, type Page, useLens } from '../../state/index.ts';
import { ActionButton } from './ActionButton.tsx';
import { BlockSwitcher } from './BlockSwitcher.tsx';
import { Mark } from './Mark.tsx';
import { SearchBox } from './SearchBox.tsx';
import styles from './shell.module.css';
import { ThemeButton } from './ThemeButton.tsx';

interface Props {
  readonly searchRef: Ref<HTMLInputElement>;
}

/** What is there on every page: where one is, and the ways to elsewhere. */
export function TopBar({ searchRef }: Props) {
  return (
    <header className={styles.top}>
      <PageLink page="block" className={styles.brand!}>
        <Mark />
        <span>neuronlens</span>
      </PageLink>
      <BlockSwitcher />
      <SearchBox inputRef={searchRef} />
      <nav className={styles.nav} aria-label="Pages">
        <ActionButton id="random-neuron" className={styles.navItem}>
          Random
        </ActionButton>
        <PageLink page="image">Image</PageLink>
        <PageLink page="own">Own pictures</PageLink>
        <PageLink page="experiments">Experiments</PageLink>
        <PageLink page="models">Models</PageLink>
        <PageLink page="about">About</PageLink>
        <ThemeButton />
        <ActionButton id="help" className={`${styles.round} ${styles.help}`} label="Keys and actions">
          ?
        </ActionButton>
      </nav>
    </header>
  );
}

interface LinkProps {
  readonly page: Exclude<Page, 'neuron'>;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A real link, so that it opens in a new tab too. */
function PageLink({ page, className = styles.navItem!, children }: LinkProps) {
  const href = useLens((state) => encodeView({ ...state.view, page }));
  const here = useLens((state) => state.view.page === page);
  const shown = useLens((state) => isShown(state, page));
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const { openBlock, setView, view } = useLens.getState();
    if (page === 'block') openBlock(view.block);
    else setView({ page });
  };
  if (!shown) return null;
  return (
    <a
      className={className}
      href={href}
      onClick={go}
      aria-current={here && page !== 'block' ? 'page' : undefined}
    >
      {children}
    </a>
  );
}
