import { Dialog, Heading, Modal } from 'react-aria-components';
import page from '../app/page.module.css';
import { Veil } from '../app/Veil.tsx';
import dialog from '../neuron/dialog.module.css';
import styles from './image.module.css';
import { useCamera } from './useCamera.ts';

interface Props {
  readonly onPicture: (file: File) => void;
  readonly onClose: () => void;
}

/** What the camera sees, until a picture of it is taken. */
export function CameraDialog({ onPicture, onClose }: Props) {
  return (
    <Veil onClose={onClose}>
      <Modal className={styles.camera!}>
        <Dialog className={dialog.dialog!}>
          <Heading slot="title">A picture from the camera</Heading>
          <Camera onPicture={onPicture} onClose={onClose} />
        </Dialog>
      </Modal>
    </Veil>
  );
}

function Camera({ onPicture, onClose }: Props) {
  const { video, state, again, take } = useCamera();
  return (
    <>
      <p className={page.soft}>
        What it shows stays in this tab. Nothing is recorded, stored or sent; one still is taken when you say
        so.
      </p>
      <div className={styles.viewfinder}>
        <video ref={video} muted playsInline data-on={state.status === 'showing' || undefined} />
        {state.status === 'asking' && (
          <p role="status">The browser asks whether this page may use the camera …</p>
        )}
        {state.status === 'failed' && <p role="alert">{state.message}</p>}
      </div>
      <div className={page.buttons}>
        {state.status === 'failed' ? (
          <button type="button" className="button" onClick={again}>
            Try again
          </button>
        ) : (
          <button
            type="button"
            className="button"
            data-main
            disabled={state.status !== 'showing'}
            onClick={() => void take().then(onPicture)}
          >
            Take the picture
          </button>
        )}
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </>
  );
}
