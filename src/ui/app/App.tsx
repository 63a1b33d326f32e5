import { Suspense, useRef } from 'react';
import { useLens } from '../../state/index.ts';
import { LearnDock } from '../learn/LearnDock.tsx';
import { PortContext } from './ActionButton.tsx';
import { CurrentPage } from './CurrentPage.tsx';
import { EmbedBar } from './EmbedBar.tsx';
import { Notices } from './Notices.tsx';
import { room } from './room.tsx';
import { ShellDialogs } from './ShellDialogs.tsx';
import { StatusBar } from './StatusBar.tsx';
import styles from './shell.module.css';
import { TopBar } from './TopBar.tsx';
import { useKeys } from './useKeys.ts';
import { usePort } from './usePort.ts';
import { useThemeOnPage } from './useTheme.ts';
import { useTitle } from './useTitle.ts';

const PresentBar = room(async () => (await import('../present/PresentBar.tsx')).PresentBar).View;

/** The page around the pages. */
export function App() {
  const search = useRef<HTMLInputElement>(null);
  const { port, dialog, closeDialog } = usePort(search);
  const embed = useLens((state) => state.view.embed);
  const present = useLens((state) => state.view.present);
  useKeys(port);
  useThemeOnPage();
  useTitle();
  const bare = embed || present;
  return (
    <PortContext value={port}>
      <div className={styles.app} data-bare={bare || undefined}>
        {!bare && (
          <>
            <SkipLink />
            <TopBar searchRef={search} />
          </>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so for the keyboard too */}
        <main id="main" className={styles.main} tabIndex={0}>
          <CurrentPage />
        </main>
        {!bare && <StatusBar />}
        {embed && <EmbedBar />}
        <Suspense>{present && <PresentBar />}</Suspense>
        <LearnDock />
        <Notices />
        <ShellDialogs open={dialog} port={port} onClose={closeDialog} />
      </div>
    </PortContext>
  );
}

function SkipLink() {
  return (
    <button type="button" className={styles.skip} onClick={() => document.getElementById('main')?.focus()}>
      Skip to the content
    </button>
  );
}
