import type { ReactNode, Ref } from 'react';
import { useLens } from '../../state/index.ts';
import { ActionButton } from './ActionButton.tsx';
import { BlockSwitcher } from './BlockSwitcher.tsx';
import { CommandMark, MenuMark, ShareMark } from './icons.tsx';
import { Mark } from './Mark.tsx';
import { MenuButton, MoreMenu, PhoneMenu } from './MenuButton.tsx';
import { PageLink } from './PageLink.tsx';
import { MAIN_PAGES } from './pageLinks.ts';
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
      <PageLink page="block" className={styles.brand}>
        <Mark />
        <span>neuronlens</span>
      </PageLink>
      <Blocks>
        <BlockSwitcher />
      </Blocks>
      <SearchBox inputRef={searchRef} />
      <nav className={styles.nav} aria-label="Pages">
        {MAIN_PAGES.map(({ page, name }) => (
          <PageLink key={page} page={page} className={styles.navItem}>
            {name}
          </PageLink>
        ))}
        <MenuButton className={styles.navItem} menu={MoreMenu}>
          More
        </MenuButton>
      </nav>
      <div className={styles.tools}>
        <ActionButton id="palette" className={styles.round} label="Find a command">
          <CommandMark />
        </ActionButton>
        <ActionButton id="share" className={styles.round} label="Share this view">
          <ShareMark />
        </ActionButton>
        <ThemeButton />
      </div>
      <MenuButton className={`${styles.round} ${styles.menu}`} menu={PhoneMenu} label="Menu">
        <MenuMark />
      </MenuButton>
    </header>
  );
}

/** Where the blocks stand. Of the whole bar it alone is drawn anew when another page comes. */
function Blocks({ children }: { readonly children: ReactNode }) {
  const exploring = useLens((state) => state.view.page === 'block');
  return (
    <div className={styles.barBlocks} data-here={exploring || undefined}>
      {children}
    </div>
  );
}
