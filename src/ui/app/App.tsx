import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { directionsOf, isShown } from '../../state/directions.ts';
import { type ActionPort, loadedValue, type Page, useLens } from '../../state/index.ts';
import { BlockPage } from '../block/BlockPage.tsx';
import { NotOfDirections } from '../directions/NotOfDirections.tsx';
import { AskPack } from '../packs/AskPack.tsx';
import { PortContext } from './ActionButton.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { Notices } from './Notices.tsx';
import { keepPreferences } from './preferences.ts';
import { StatusBar } from './StatusBar.tsx';
import styles from './shell.module.css';
import { TopBar } from './TopBar.tsx';
import { useKeys } from './useKeys.ts';
import { useThemeOnPage } from './useTheme.ts';

const NeuronPage = lazy(() =>
  import('../neuron/NeuronPage.tsx').then((room) => ({ default: room.NeuronPage })),
);
const ImagePage = lazy(() => import('../image/ImagePage.tsx').then((room) => ({ default: room.ImagePage })));
const OwnPage = lazy(() => import('../own/OwnPage.tsx').then((room) => ({ default: room.OwnPage })));
const ExperimentsPage = lazy(() =>
  import('../experiments/ExperimentsPage.tsx').then((room) => ({ default: room.ExperimentsPage })),
);
const ModelsPage = lazy(() =>
  import('../models/ModelsPage.tsx').then((room) => ({ default: room.ModelsPage })),
);
const AboutPage = lazy(() => import('../about/AboutPage.tsx').then((room) => ({ default: room.AboutPage })));

/** The page around the pages. */
export function App() {
  const search = useRef<HTMLInputElement>(null);
  const [help, setHelp] = useState(false);
  const port = useMemo<ActionPort>(
    () => ({
      focusSearch() {
        search.current?.focus();
        search.current?.select();
      },
      showHelp: () => setHelp(true),
      copyLink: () => void copyLink(),
    }),
    [],
  );
  useKeys(port);
  useThemeOnPage();
  useEffect(keepPreferences, []);
  useTitle();
  return (
    <PortContext value={port}>
      <div className={styles.app}>
        <button
          type="button"
          className={styles.skip}
          onClick={() => document.getElementById('main')?.focus()}
        >
          Skip to the content
        </button>
        <TopBar searchRef={search} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so for the keyboard too */}
        <main id="main" className={styles.main} tabIndex={0}>
          <CurrentPage />
        </main>
        <StatusBar />
        <Notices />
        <HelpDialog isOpen={help} onClose={() => setHelp(false)} port={port} />
      </div>
    </PortContext>
  );
}

function CurrentPage() {
  const page = useLens((state) => state.view.page);
  const packAsked = useLens((state) => state.packAsked);
  const shown = useLens((state) => isShown(state, page));
  if (packAsked && page !== 'models' && page !== 'about') return <AskPack host={packAsked} />;
  if (!shown) return <NotOfDirections />;
  return (
    <ErrorBoundary key={page}>
      <Suspense fallback={<p className={styles.waiting}>Loading …</p>}>{pageOf(page)}</Suspense>
    </ErrorBoundary>
  );
}

function pageOf(page: Page) {
  switch (page) {
    case 'block':
      return <BlockPage />;
    case 'neuron':
      return <NeuronPage />;
    case 'image':
      return <ImagePage />;
    case 'own':
      return <OwnPage />;
    case 'experiments':
      return <ExperimentsPage />;
    case 'models':
      return <ModelsPage />;
    case 'about':
      return <AboutPage />;
  }
}

async function copyLink(): Promise<void> {
  const { notify } = useLens.getState();
  try {
    await navigator.clipboard.writeText(location.href);
    notify('info', 'The link to this view is in the clipboard.');
  } catch {
    notify('error', `The browser did not let this page write to the clipboard; the link is ${location.href}`);
  }
}

function useTitle(): void {
  const title = useLens(({ view, subject }) => {
    const name = 'neuronlens';
    if (view.page === 'own') return `Own pictures · ${name}`;
    if (view.page === 'image') return `A picture taken apart · ${name}`;
    if (view.page === 'experiments') return `Experiments · ${name}`;
    if (view.page === 'models') return `Models · ${name}`;
    if (view.page === 'about') return `About · ${name}`;
    if (!loadedValue(subject)) return name;
    const given = directionsOf({ subject });
    if (given && view.page === 'neuron') return `Direction ${view.neuron} of ${given.name} · ${name}`;
    if (given) return `${given.name} · ${name}`;
    if (view.page === 'neuron') return `Neuron ${view.neuron} of block ${view.block} · ${name}`;
    return `Block ${view.block} · ${name}`;
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
