import { useEffect } from 'react';
import { loadedValue, useLens } from '../../state/index.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import { ActingPanel } from './ActingPanel.tsx';
import { ClassesPanel } from './ClassesPanel.tsx';
import { ConceptsPanel } from './ConceptsPanel.tsx';
import { FindPanel } from './FindPanel.tsx';
import styles from './image.module.css';
import { PictureChooser } from './PictureChooser.tsx';
import { Stage } from './Stage.tsx';

/** One picture: what the model says of it, which neurons say so, and what it would say without them. */
export function ImagePage() {
  const picture = useLens((state) => state.picture);
  const progress = useLens((state) => state.readingPicture);
  const classes = useLens((state) => loadedValue(state.pictures)?.classes);
  useEffect(() => {
    const { classes: chosen, setClasses } = useLens.getState();
    if (picture.status === 'ready' && classes && classes.length > 0 && chosen.length === 0)
      setClasses(classes);
  }, [picture.status, classes]);
  return (
    <div className={styles.page}>
      <section className={styles.left} aria-label="The picture">
        <PictureChooser />
        <Stage />
        <FindPanel />
      </section>
      <div className={styles.right}>
        {picture.status === 'failed' ? (
          <div role="alert" className={styles.failed}>
            <p>{picture.message}</p>
            <button type="button" className="button" onClick={() => void useLens.getState().readPicture()}>
              Try again
            </button>
          </div>
        ) : picture.status === 'ready' ? (
          <>
            <ClassesPanel />
            <ActingPanel />
            <ConceptsPanel />
          </>
        ) : (
          <JobProgress progress={progress} onCancel={() => useLens.getState().setView({ page: 'block' })} />
        )}
      </div>
    </div>
  );
}
