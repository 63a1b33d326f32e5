import { useLens } from '../../state/index.ts';
import { saveFile } from '../panel/saveFile.ts';
import styles from './share.module.css';

/** The one way in which a person's pictures leave the page: a file that they save on purpose. */
export function BundlePart({ pictures }: { readonly pictures: number }) {
  const busy = useLens((state) => state.bundling);
  const save = async (): Promise<void> => {
    const bundle = await useLens.getState().saveBundle();
    if (bundle) saveFile(bundle.name, bundle.blob);
  };
  return (
    <div className={styles.copyField}>
      <span>With your {pictures === 1 ? 'picture' : `${pictures} pictures`} in it</span>
      <button type="button" className={`button ${styles.alone}`} disabled={busy} onClick={() => void save()}>
        Save as a file
      </button>
      <p className={styles.note}>
        A zip of this view, your pins and your pictures. Whoever opens it on the page Own pictures sees what
        you see.
      </p>
    </div>
  );
}
