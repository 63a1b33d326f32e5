import { Button, Dialog, Heading, Modal } from 'react-aria-components';
import { Veil } from '../app/Veil.tsx';
import { CitePanel } from './CitePanel.tsx';
import cite from './cite.module.css';
import styles from './panel.module.css';

export function CiteDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Veil className={styles.wide} onClose={onClose}>
      <Modal className={styles.modal!}>
        <Dialog className={cite.dialog!}>
          <Heading slot="title">Cite this view</Heading>
          <CitePanel />
          <Button className={`icon ${styles.close}`} onPress={onClose} aria-label="Close">
            ×
          </Button>
        </Dialog>
      </Modal>
    </Veil>
  );
}
