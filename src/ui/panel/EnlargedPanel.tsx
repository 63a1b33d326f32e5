import { Button, Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { EnlargedContext } from './enlarged.ts';
import { Panel, type PanelProps } from './Panel.tsx';
import styles from './panel.module.css';

interface Props extends PanelProps {
  readonly onClose: () => void;
}

/** The same panel, with the window to itself. */
export function EnlargedPanel({ onClose, area: _, plain: __, ...panel }: Props) {
  return (
    <ModalOverlay className={styles.veil!} isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={styles.modal!} data-fills={panel.fills || undefined}>
        <Dialog className={styles.enlarged!} aria-label={panel.title}>
          <EnlargedContext value={true}>
            <Panel {...panel} className={`${styles.large} ${panel.className ?? ''}`} />
          </EnlargedContext>
          <Button className={styles.close!} onPress={onClose} aria-label="Close">
            ×
          </Button>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
