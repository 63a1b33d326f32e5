import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { CitePanel } from './CitePanel.tsx';
import cite from './cite.module.css';
import styles from './panel.module.css';

export function CiteDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <ModalOverlay className={styles.veil!} isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={styles.modal!}>
        <Dialog className={cite.dialog!}>
          <Heading slot="title">Cite this view</Heading>
          <CitePanel />
          <Button className={styles.close!} onPress={onClose} aria-label="Close">
            ×
          </Button>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
