import { Suspense } from 'react';
import { isShown } from '../../state/directions.ts';
import { useLens } from '../../state/index.ts';
import { NotOfDirections } from '../directions/NotOfDirections.tsx';
import { AskPack } from '../packs/AskPack.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { NewPage } from './NewPage.tsx';
import { PAGE_ROOMS } from './pages.tsx';
import styles from './shell.module.css';

/** The page in view, and the word that it changed. */
export function CurrentPage() {
  return (
    <>
      <NewPage />
      <Shown />
    </>
  );
}

/** The page itself, or why it cannot be. */
function Shown() {
  const page = useLens((state) => state.view.page);
  const packAsked = useLens((state) => state.packAsked);
  const shown = useLens((state) => isShown(state, page));
  if (packAsked && page !== 'models' && page !== 'about') return <AskPack host={packAsked} />;
  if (!shown) return <NotOfDirections />;
  const Room = PAGE_ROOMS[page];
  return (
    <ErrorBoundary key={page}>
      <Suspense fallback={<p className={styles.waiting}>Loading …</p>}>{Room && <Room />}</Suspense>
    </ErrorBoundary>
  );
}
