import { useEffect, useState } from 'react';
import { useLens } from '../../state/index.ts';
import { leavesBehind, permalink } from '../../state/share.ts';
import { BundlePart } from './BundlePart.tsx';
import { CopyField } from './CopyField.tsx';
import { previewHere } from './previews.ts';
import styles from './share.module.css';

/** Links to what is in view. */
export function LinkPart() {
  const view = useLens((state) => state.view);
  const own = useLens((state) => state.own.length);
  const preview = usePreview();
  return (
    <div className={styles.part}>
      <CopyField label="Link to this view" text={permalink(view, location.href)} rows={2}>
        <p className={styles.note}>
          Everything you see is in the link: page, neuron, order, heat maps, colours. It sends nobody anything
          of yours.
        </p>
      </CopyField>
      {leavesBehind(view) && (
        <p className={styles.warning}>
          This view needs pictures or an analysis that only this machine has. The link names a picture of
          yours by its hash, never by its pixels: whoever opens it sees the picture only if they have it too.
        </p>
      )}
      {own > 0 && <BundlePart pictures={own} />}
      {preview === 'looking' && <p className={styles.note}>Looking for a preview page …</p>}
      {preview === 'none' && view.page === 'neuron' && (
        <p className={styles.note}>This server has no preview page of this neuron for chats and feeds.</p>
      )}
      {preview !== 'looking' && preview !== 'none' && (
        <CopyField label="Link with a preview, for chats and feeds" text={preview} rows={2}>
          <p className={styles.note}>
            A small page with the neuron’s pictures that leads on to it. It always shows the neuron with the
            usual settings.
          </p>
        </CopyField>
      )}
    </div>
  );
}

function usePreview(): string {
  const view = useLens((state) => state.view);
  const [found, setFound] = useState('looking');
  useEffect(() => {
    const controller = new AbortController();
    void previewHere(view, controller.signal).then(
      (link) => !controller.signal.aborted && setFound(link ?? 'none'),
    );
    return () => controller.abort();
  }, [view]);
  return found;
}
