import { useCallback, useEffect } from 'react';
import { isBundle, isOfSet, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { FileButton } from '../own/FileButton.tsx';
import { sortFiles } from '../own/gatherFiles.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import { useDrop } from '../own/useDrop.ts';
import { usePastedFiles } from '../own/usePastedFiles.ts';
import { ActingPanel } from './ActingPanel.tsx';
import { ClassesPanel } from './ClassesPanel.tsx';
import { ConceptsPanel } from './ConceptsPanel.tsx';
import { FindPanel } from './FindPanel.tsx';
import styles from './image.module.css';
import { keepClasses } from './keepClasses.ts';
import { NearestPanel } from './NearestPanel.tsx';
import { OffBar } from './OffBar.tsx';
import { PictureChooser } from './PictureChooser.tsx';
import { PictureSources } from './PictureSources.tsx';
import { Stage } from './Stage.tsx';

/** One picture: what the model says of it, which neurons say so, and what it would say without them. */
export function ImagePage() {
  const status = useLens((state) => state.picture.status);
  const take = useCallback((files: readonly File[]) => {
    const { pictures } = sortFiles(files);
    const { takePictures, openBundle, notify } = useLens.getState();
    const bundle = files.find(isBundle);
    if (bundle) void openBundle(bundle);
    else if (pictures.length > 0) void takePictures(pictures);
    else if (files.length > 0) notify('error', 'There is no picture file among these.');
  }, []);
  const { over, handlers } = useDrop(take);
  usePastedFiles(take);
  useEffect(keepClasses, []);
  return (
    <div className={styles.page} data-over={over || undefined} {...handlers}>
      <section className={styles.column} aria-label="The picture">
        <PictureChooser />
        <Stage />
        <PictureSources onFiles={take} />
      </section>
      {status === 'ready' ? (
        <div className={styles.acts}>
          <OffBar />
          <div className={styles.columns}>
            <div className={styles.column}>
              <FindPanel />
              <ClassesPanel />
              <NearestPanel />
            </div>
            <div className={styles.column}>
              <ActingPanel />
              <ConceptsPanel />
            </div>
          </div>
        </div>
      ) : (
        <Waiting />
      )}
    </div>
  );
}

function Waiting() {
  const picture = useLens((state) => state.picture);
  const progress = useLens((state) => state.readingPicture);
  const isMissing = useLens(
    ({ view, own }) => !isOfSet(view.image) && !own.some(({ id }) => id.startsWith(view.image)),
  );
  if (picture.status === 'failed') {
    return (
      <div role="alert" className={styles.failed}>
        <p className={page.problem}>{picture.message}</p>
        {isMissing ? (
          <FileButton
            label="Open a bundle"
            accept=".zip,application/zip"
            onFiles={([file]) => void (file && useLens.getState().openBundle(file))}
          />
        ) : (
          <button type="button" className="button" onClick={() => void useLens.getState().readPicture()}>
            Try again
          </button>
        )}
      </div>
    );
  }
  return <JobProgress progress={progress} onCancel={() => useLens.getState().setView({ page: 'block' })} />;
}
