import type { ReactNode } from 'react';
import { Button, Dialog, Modal } from 'react-aria-components';
import { Veil } from '../app/Veil.tsx';
import { EnlargedContext } from './enlarged.ts';
import styles from './panel.module.css';

interface Props {
  readonly title: string;
  /** Takes all the height that there is. */
  readonly fills: boolean;
  readonly onClose: () => void;
  /** The panel, made for this place. */
  readonly children: ReactNode;
}

/** A panel with the window to itself. */
export function EnlargedPanel({ title, fills, onClose, children }: Props) {
  return (
    <Veil className={styles.wide} onClose={onClose}>
      <Modal className={styles.modal!} data-fills={fills || undefined}>
        <Dialog className={styles.enlarged!} aria-label={title}>
          <EnlargedContext value={true}>{children}</EnlargedContext>
          <Button className={`icon ${styles.close}`} onPress={onClose} aria-label="Close">
            ×
          </Button>
        </Dialog>
      </Modal>
    </Veil>
  );
}
