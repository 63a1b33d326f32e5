import { useState } from 'react';
import { useLens } from '../../state/index.ts';
import { AddressForm } from '../app/AddressForm.tsx';
import page from '../app/page.module.css';
import { FileButton } from '../own/FileButton.tsx';
import { JobProgress } from '../own/JobProgress.tsx';
import { CameraDialog } from './CameraDialog.tsx';
import styles from './image.module.css';

interface Props {
  readonly onFiles: (files: readonly File[]) => void;
}

/** The ways for a person's own picture to come in. */
export function PictureSources({ onFiles }: Props) {
  const [open, setOpen] = useState<'camera' | 'address'>();
  const problem = useLens((state) => state.intakeProblem);
  const progress = useLens((state) => state.fetchingPicture);
  const { cancelFetch } = useLens.getState();
  return (
    <section className={styles.sources} aria-label="A picture of your own">
      <div className={page.buttons}>
        <span>Your own:</span>
        <FileButton label="File" accept="image/*" onFiles={onFiles} />
        <button type="button" className="button" onClick={() => setOpen('camera')}>
          Camera
        </button>
        <button
          type="button"
          className="button"
          aria-expanded={open === 'address'}
          onClick={() => setOpen(open === 'address' ? undefined : 'address')}
        >
          Address
        </button>
        <span>or drop, or paste one: Ctrl/⌘ V</span>
      </div>
      {open === 'address' && (
        <AddressForm
          label="Address of a picture. Its server is asked for that one file when you press Fetch, without cookies; it sees your machine’s address, as with any page."
          placeholder="https://…/picture.jpg"
          action="Fetch"
          problem={problem}
          onAddress={(address) => void useLens.getState().fetchPicture(address)}
        />
      )}
      {progress && <JobProgress progress={progress} onCancel={cancelFetch} />}
      {problem && open !== 'address' && (
        <p role="alert" className={page.problem}>
          {problem}
        </p>
      )}
      {open === 'camera' && (
        <CameraDialog
          onClose={() => setOpen(undefined)}
          onPicture={(file) => {
            setOpen(undefined);
            onFiles([file]);
          }}
        />
      )}
    </section>
  );
}
