import { loadedValue, MOST_OWN, neuronsOf, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { BundlePanel } from './BundlePanel.tsx';
import { DropArea } from './DropArea.tsx';
import { JobProgress } from './JobProgress.tsx';
import { OwnResults } from './OwnResults.tsx';
import { RefusedList } from './RefusedList.tsx';
import { useIntake } from './useIntake.ts';

/** A person's own pictures: taking them in, and what the neurons of the block in view make of each. */
export function OwnPage() {
  const { take, refused, forget } = useIntake();
  const own = useLens((state) => state.own);
  const progress = useLens((state) => state.ownProgress);
  const block = useLens((state) => state.view.block);
  const subject = useLens((state) => loadedValue(state.subject));
  const { cancelOwn, clearOwn } = useLens.getState();
  return (
    <div className={page.page}>
      <header>
        <h1>Your own pictures</h1>
        <p className={page.lead}>
          Drop in photographs or drawings, up to {MOST_OWN} at a time. Each is measured along the directions
          of the{' '}
          {subject ? `${neuronsOf(subject, block)} neurons of block ${block}` : `neurons of block ${block}`}{' '}
          and laid beside the pictures of the set.
        </p>
      </header>
      <DropArea onFiles={take} />
      {progress && <JobProgress progress={progress} onCancel={cancelOwn} />}
      <RefusedList files={refused} />
      {own.length > 0 && (
        <OwnResults
          onClear={() => {
            clearOwn();
            forget();
          }}
        />
      )}
      <BundlePanel />
    </div>
  );
}
